// SPDX-License-Identifier: Apache-2.0
// POST /keys/query: what users published, their devices' keys and their cross-signing keys. Anybody may ask for anybody's.
#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <string>
#include <utility>

#include <chatrixcd/base/json_reader.hpp>

#include "api/endpoints.hpp"
#include "api/refusal.hpp"
#include "api/remote_users.hpp"
#include "keys/cross_signing_keys.hpp"
#include "keys/signatures.hpp"
#include "store/accounts.hpp"
#include "store/cross_signing.hpp"
#include "store/device_keys.hpp"

namespace chatrixcd::homeserver {

namespace json = boost::json;
using base::http::method;

namespace {

struct question {
    std::string const& reader;
    std::string const& user;
};

void add_later_signatures(step& s, question const& q, std::string const& target, json::object& key) {
    for (auto const& one : signatures_on(s.db, q.user, target)) add_signature(key, one);
    hide_signatures(key, q.user, q.reader);
}

// `wanted`: ids of devices; none of them means all.
json::object devices(step& s, question const& q, json::array const& wanted) {
    json::object found;
    for (auto& one : device_keys_of(s.db, q.user)) {
        if (!wanted.empty() && std::ranges::find(wanted, json::value(one.device)) == wanted.end()) continue;
        add_later_signatures(s, q, one.device, one.body);
        auto& extra = one.body["unsigned"].emplace_object();
        if (one.display_name) extra["device_display_name"] = *one.display_name;
        found[one.device] = std::move(one.body);
    }
    return found;
}

void add_cross_signing_key(step& s, question const& q, std::string const& usage, json::object& into) {
    auto key = find_cross_signing_key(s.db, q.user, usage);
    if (!key) return;
    add_later_signatures(s, q, key->public_key, key->body);
    into[q.user] = std::move(key->body);
}

result<answer> query(step& s, call& c) {
    auto const* asked = base::find_object(c.body, "device_keys");
    if (asked == nullptr) return missing_param("device_keys is missing, or no object");
    json::object body;
    for (auto const* member : {"device_keys", "failures", "master_keys", "self_signing_keys", "user_signing_keys"}) {
        body[member].emplace_object();
    }
    for (auto const& [name, wanted] : *asked) {
        std::string const user(name);
        if (!wanted.is_array()) return bad_json("device_keys: whose keys are wanted comes with an array of devices");
        auto const ours = is_ours(s, user, body["failures"].get_object());
        if (!ours) return ours.error();
        if (!ours.value() || !account_exists(s.db, user)) continue;
        question const q{c.user.str(), user};
        body["device_keys"].get_object()[user] = devices(s, q, wanted.get_array());
        add_cross_signing_key(s, q, key_usage::master, body["master_keys"].get_object());
        add_cross_signing_key(s, q, key_usage::self_signing, body["self_signing_keys"].get_object());
        // Whom they verify is nobody else's business.
        if (user == c.user.str()) add_cross_signing_key(s, q, key_usage::user_signing, body["user_signing_keys"].get_object());
    }
    return answer(std::move(body));
}

}  // namespace

void add_keys_query(service& to) { to.add(method::post, "/keys/query", access::user, body_rule::required, query); }

}  // namespace chatrixcd::homeserver
