// SPDX-License-Identifier: Apache-2.0
#include "store/profiles.hpp"

#include <boost/json/serialize.hpp>

#include <chatrixcd/base/json_reader.hpp>

#include "store/accounts.hpp"
#include "store/sealed_columns.hpp"

namespace chatrixcd::homeserver {

namespace json = boost::json;

std::optional<json::object> find_profile(base::transaction& db, std::string const& user) {
    auto const known = find_account(db, user);
    if (!known) return std::nullopt;
    json::object profile;
    if (known->displayname) profile["displayname"] = *known->displayname;
    if (known->avatar_url) profile["avatar_url"] = *known->avatar_url;
    for (auto const& row : db.query("SELECT name, value FROM profile_fields WHERE user_id = ?1 ORDER BY name", {user})) {
        // As deep as the body that it came in.
        profile[row.text(0)] = base::parse_json(db.unseal(sealed_in::profile, row.bytes(1)).value(), 128).value();
    }
    return profile;
}

void put_profile_field(base::transaction& db, std::string const& user, std::string const& name, json::value const& value) {
    db.run(
        "INSERT INTO profile_fields (user_id, name, value) VALUES (?1, ?2, ?3)"
        " ON CONFLICT (user_id, name) DO UPDATE SET value = excluded.value",
        {user, name, db.seal(sealed_in::profile, json::serialize(value))});
}

void delete_profile_field(base::transaction& db, std::string const& user, std::string const& name) {
    db.run("DELETE FROM profile_fields WHERE user_id = ?1 AND name = ?2", {user, name});
}

}  // namespace chatrixcd::homeserver
