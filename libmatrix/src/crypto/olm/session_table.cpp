// SPDX-License-Identifier: Apache-2.0
#include "crypto/olm/session_table.hpp"

#include <chatrixcd/base/digest.hpp>
#include <chatrixcd/protocol/base64.hpp>

#include "crypto/devices/device_table.hpp"
#include "crypto/pickles.hpp"
#include "crypto/strangers.hpp"

namespace chatrixcd::matrix::crypto {

namespace {

constexpr std::int64_t most_sessions = 8;
constexpr std::int64_t bound_every = 256;

// Of what it says, however its Base64 is spelled.
std::string fingerprint_of(std::string const& their_key, olm_message const& message) {
    auto const bytes = protocol::decode_base64(message.body);
    return base::sha256_hex(their_key + "|" + (bytes ? protocol::encode_base64(*bytes) : message.body));
}

}  // namespace

std::vector<session_row> sessions_with(context const& with, std::string const& their_key) {
    std::vector<session_row> rows;
    for (auto const& found : with.t.query("SELECT session_id, pickle, copied FROM olm_session WHERE account = ?1 AND their_key = ?2"
                                          " ORDER BY copied, used DESC, rowid DESC LIMIT ?3",
                                          {with.account, their_key, most_sessions})) {
        auto session = loaded(with.olm.load_session(unsealed(with.t, sealed_in::olm_session, found, 1)));
        rows.push_back({found.text(0), found.integer(2) != 0, std::move(session)});
    }
    return rows;
}

bool has_session(context const& with, std::string const& their_key) {
    return with.t.first("SELECT 1 FROM olm_session WHERE account = ?1 AND their_key = ?2 AND copied = 0 LIMIT 1", {with.account, their_key})
        .has_value();
}

void add_session(context const& with, std::string const& their_key, olm_session& session) {
    with.t.run("INSERT INTO olm_session (account, their_key, session_id, pickle, used) VALUES (?1, ?2, ?3, ?4, ?5)",
               {with.account, their_key, session.id(), sealed(with.t, sealed_in::olm_session, session.pickle()), with.milliseconds()});
    with.t.run(
        "DELETE FROM olm_session WHERE account = ?1 AND their_key = ?2 AND session_id <> ?4 AND session_id NOT IN"
        " (SELECT session_id FROM olm_session WHERE account = ?1 AND their_key = ?2 ORDER BY used DESC, rowid DESC LIMIT ?3)",
        {with.account, their_key, most_sessions, session.id()});
    forget_told_no_olm(with, their_key);
    bound_sessions_of(with, their_key);
}

void save_session(context const& with, std::string const& their_key, olm_session& session, bool read_one) {
    with.t.run(
        "UPDATE olm_session SET pickle = ?4, used = CASE WHEN ?5 THEN ?6 ELSE used END"
        " WHERE account = ?1 AND their_key = ?2 AND session_id = ?3",
        {with.account, their_key, session.id(), sealed(with.t, sealed_in::olm_session, session.pickle()), std::int64_t{read_one},
         with.milliseconds()});
}

bool note_seen(context const& with, std::string const& their_key, olm_message const& message) {
    auto const made = with.t.first("INSERT INTO olm_seen (account, hash, seen) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING RETURNING rowid",
                                   {with.account, fingerprint_of(their_key, message), with.milliseconds()});
    if (made && made->integer(0) % bound_every == 0) bound_seen(with);
    return made.has_value();
}

bool was_seen(context const& with, std::string const& their_key, olm_message const& message) {
    return with.t.first("SELECT 1 FROM olm_seen WHERE account = ?1 AND hash = ?2", {with.account, fingerprint_of(their_key, message)})
        .has_value();
}

void forget_seen(context const& with, base::time_point before) {
    with.t.run("DELETE FROM olm_seen WHERE account = ?1 AND seen < ?2", {with.account, std::int64_t{before.time_since_epoch().count()}});
}

std::optional<base::time_point> last_unwedged(context const& with, std::string const& their_key) {
    auto const found = with.t.first("SELECT at FROM olm_unwedged WHERE account = ?1 AND their_key = ?2", {with.account, their_key});
    if (!found) return std::nullopt;
    return base::time_point(std::chrono::milliseconds(found->integer(0)));
}

void note_unwedged(context const& with, std::string const& their_key) {
    with.t.run(
        "INSERT INTO olm_unwedged (account, their_key, at) VALUES (?1, ?2, ?3) ON CONFLICT (account, their_key) DO UPDATE SET at = ?3",
        {with.account, their_key, with.milliseconds()});
}

}  // namespace chatrixcd::matrix::crypto
