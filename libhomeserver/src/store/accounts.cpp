// SPDX-License-Identifier: Apache-2.0
#include "store/accounts.hpp"

#include <openssl/evp.h>

#include <array>
#include <span>
#include <stdexcept>

#include <chatrixcd/protocol/base64.hpp>

#include "store/device_keys.hpp"
#include "store/sealed_columns.hpp"

namespace chatrixcd::homeserver {

namespace {

// The token has 190 random bits: it needs neither salt nor a slow hash.
std::string hash_of(std::string const& token) {
    std::array<std::byte, 32> digest{};
    auto* out = reinterpret_cast<unsigned char*>(digest.data());
    if (EVP_Digest(token.data(), token.size(), out, nullptr, EVP_sha256(), nullptr) != 1)
        throw std::runtime_error("SHA-256 is not available");
    return protocol::encode_base64(digest);
}

void end_tokens(base::transaction& db, std::string const& user, std::string const& device) {
    db.run("DELETE FROM access_tokens WHERE user_id = ?1 AND device_id = ?2", {user, device});
    db.run("DELETE FROM refresh_tokens WHERE user_id = ?1 AND device_id = ?2", {user, device});
}

// `supersedes`: the hash of the refresh token that they take the place of.
void insert_tokens(base::transaction& db, std::string const& user, std::string const& device, session_tokens const& tokens,
                   std::optional<std::string> const& supersedes) {
    auto const access = hash_of(tokens.access);
    base::sql_value expiry;
    if (tokens.expires_at) expiry = *tokens.expires_at;
    db.run("INSERT INTO access_tokens (token_hash, user_id, device_id, expires_at, supersedes) VALUES (?1, ?2, ?3, ?4, ?5)",
           {access, user, device, expiry, supersedes});
    if (!tokens.refresh) return;
    db.run("INSERT INTO refresh_tokens (token_hash, user_id, device_id, access_hash, supersedes) VALUES (?1, ?2, ?3, ?4, ?5)",
           {hash_of(*tokens.refresh), user, device, access, supersedes});
}

}  // namespace

bool insert_account(base::transaction& db, std::string const& user, std::string const& password, std::int64_t now) {
    return db.run("INSERT INTO users (user_id, password, created_at) VALUES (?1, ?2, ?3) ON CONFLICT (user_id) DO NOTHING",
                  {user, db.seal(sealed_in::password, password), now}) == 1;
}

std::optional<account> find_account(base::transaction& db, std::string const& user) {
    auto const row = db.first("SELECT password, displayname, avatar_url FROM users WHERE user_id = ?1", {user});
    if (!row) return std::nullopt;
    return account{user, db.unseal(sealed_in::password, row->bytes(0)).value(), row->optional_text(1), row->optional_text(2)};
}

bool account_exists(base::transaction& db, std::string const& user) {
    return db.first("SELECT 1 FROM users WHERE user_id = ?1", {user}).has_value();
}

std::vector<account> active_accounts(base::transaction& db) {
    std::vector<account> all;
    auto const rows = db.query("SELECT user_id, displayname, avatar_url FROM users WHERE deactivated = 0 ORDER BY user_id");
    for (auto const& row : rows) all.push_back({row.text(0), std::string(), row.optional_text(1), row.optional_text(2)});
    return all;
}

void deactivate_account(base::transaction& db, std::string const& user) {
    db.run("UPDATE users SET deactivated = 1, password = ?2, displayname = NULL, avatar_url = NULL WHERE user_id = ?1",
           {user, db.seal(sealed_in::password, "")});
    db.run("DELETE FROM profile_fields WHERE user_id = ?1", {user});
}

void set_profile(base::transaction& db, std::string const& user, profile_field field, std::optional<std::string> const& value) {
    auto const* sql = field == profile_field::displayname ? "UPDATE users SET displayname = ?2 WHERE user_id = ?1"
                                                          : "UPDATE users SET avatar_url = ?2 WHERE user_id = ?1";
    db.run(sql, {user, value});
}

std::vector<device> devices_of(base::transaction& db, std::string const& user) {
    std::vector<device> devices;
    auto const rows =
        db.query("SELECT device_id, display_name, created_at FROM devices WHERE user_id = ?1 ORDER BY created_at, device_id", {user});
    for (auto const& row : rows) devices.push_back({row.text(0), row.optional_text(1), row.integer(2)});
    return devices;
}

bool rename_device(base::transaction& db, std::string const& user, std::string const& device_id, std::string const& name) {
    return db.run("UPDATE devices SET display_name = ?3 WHERE user_id = ?1 AND device_id = ?2", {user, device_id, name}) == 1;
}

void open_session(base::transaction& db, std::string const& user, device const& on, session_tokens const& tokens) {
    db.run(
        "INSERT INTO devices (user_id, device_id, display_name, created_at) VALUES (?1, ?2, ?3, ?4)"
        " ON CONFLICT (user_id, device_id) DO NOTHING",
        {user, on.id, on.display_name, on.created_at});
    end_tokens(db, user, on.id);
    insert_tokens(db, user, on.id, tokens, std::nullopt);
}

std::optional<session> find_session(base::transaction& db, std::string const& token) {
    auto const row =
        db.first("SELECT user_id, device_id, expires_at, supersedes FROM access_tokens WHERE token_hash = ?1", {hash_of(token)});
    if (!row) return std::nullopt;
    return session{row->text(0), row->text(1), row->optional_integer(2), row->optional_text(3)};
}

std::optional<session> refresh_session(base::transaction& db, std::string const& refresh_token, session_tokens const& fresh) {
    auto const old = hash_of(refresh_token);
    auto const row = db.first("SELECT user_id, device_id, supersedes FROM refresh_tokens WHERE token_hash = ?1", {old});
    if (!row) return std::nullopt;
    if (auto const superseded = row->optional_text(2)) confirm_refresh(db, *superseded);
    // Of an answer that was lost: never used, and now never to be.
    db.run("DELETE FROM access_tokens WHERE supersedes = ?1", {old});
    db.run("DELETE FROM refresh_tokens WHERE supersedes = ?1", {old});
    insert_tokens(db, row->text(0), row->text(1), fresh, old);
    return session{row->text(0), row->text(1), fresh.expires_at, old};
}

void confirm_refresh(base::transaction& db, std::string const& superseded) {
    db.run("DELETE FROM access_tokens WHERE token_hash = (SELECT access_hash FROM refresh_tokens WHERE token_hash = ?1)", {superseded});
    db.run("DELETE FROM refresh_tokens WHERE token_hash = ?1", {superseded});
    db.run("UPDATE access_tokens SET supersedes = NULL WHERE supersedes = ?1", {superseded});
    db.run("UPDATE refresh_tokens SET supersedes = NULL WHERE supersedes = ?1", {superseded});
}

void set_password(base::transaction& db, std::string const& user, std::string const& password) {
    db.run("UPDATE users SET password = ?2 WHERE user_id = ?1", {user, db.seal(sealed_in::password, password)});
}

bool delete_device(base::transaction& db, std::string const& user, std::string const& device_id) {
    end_tokens(db, user, device_id);
    db.run("DELETE FROM to_device WHERE user_id = ?1 AND device_id = ?2", {user, device_id});
    bool const had_keys = delete_keys_of_device(db, user, device_id);
    db.run("DELETE FROM devices WHERE user_id = ?1 AND device_id = ?2", {user, device_id});
    return had_keys;
}

}  // namespace chatrixcd::homeserver
