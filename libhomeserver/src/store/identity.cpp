// SPDX-License-Identifier: Apache-2.0
#include "store/identity.hpp"

#include <optional>
#include <string>
#include <string_view>

#include <chatrixcd/base/secret.hpp>

#include "store/sealed_columns.hpp"

namespace chatrixcd::homeserver {

using base::error;
using base::error_kind;
using base::result;

namespace {

std::optional<std::string> find(base::transaction& db, std::string_view name) {
    auto const row = db.first("SELECT value FROM server WHERE name = ?1", {std::string(name)});
    if (!row) return std::nullopt;
    return db.unseal(sealed_in::server, row->bytes(0)).value();
}

void put(base::transaction& db, std::string_view name, std::string const& value) {
    db.run("INSERT INTO server (name, value) VALUES (?1, ?2)", {std::string(name), db.seal(sealed_in::server, value)});
}

}  // namespace

result<protocol::signing_key> establish_identity(base::transaction& db, protocol::server_name const& name,
                                                 protocol::signing_key const& fresh) {
    constexpr std::string_view algorithm = "ed25519:";
    auto const known = find(db, "server_name");
    if (!known) {
        put(db, "server_name", name.str());
        put(db, "key_version", fresh.key_id().substr(algorithm.size()));
        put(db, "key_seed", fresh.seed().reveal());
        return fresh;
    }
    if (*known != name.str()) {
        return error(error_kind::environment, "the homeserver's store belongs to the server name " + *known + ", not " + name.str())
            .with_hint("set the server name to " + *known + ", or use another store");
    }
    return protocol::signing_key::from_seed(base::secret(find(db, "key_seed").value()), find(db, "key_version").value());
}

}  // namespace chatrixcd::homeserver
