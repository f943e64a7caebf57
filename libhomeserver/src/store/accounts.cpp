// SPDX-License-Identifier: Apache-2.0
#include "store/accounts.hpp"

#include <openssl/evp.h>

#include <array>
#include <span>
#include <stdexcept>

#include <chatrixcd/base/sealed.hpp>
#include <chatrixcd/protocol/base64.hpp>

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

base::sql_value nullable(std::optional<std::string> const& text) {
    if (!text) return std::monostate();
    return *text;
}

}  // namespace

bool insert_account(base::transaction& db, std::string const& user, std::string const& password, std::int64_t now) {
    return db.run("INSERT INTO users (user_id, password, created_at) VALUES (?1, ?2, ?3) ON CONFLICT (user_id) DO NOTHING",
                  {user, base::seal(password), now}) == 1;
}

std::optional<account> find_account(base::transaction& db, std::string const& user) {
    auto const row = db.first("SELECT password, displayname, avatar_url FROM users WHERE user_id = ?1", {user});
    if (!row) return std::nullopt;
    return account{user, base::unseal(row->bytes(0)).value(), row->optional_text(1), row->optional_text(2)};
}

bool account_exists(base::transaction& db, std::string const& user) {
    return db.first("SELECT 1 FROM users WHERE user_id = ?1", {user}).has_value();
}

void set_profile(base::transaction& db, std::string const& user, profile_field field, std::optional<std::string> const& value) {
    auto const* sql = field == profile_field::displayname ? "UPDATE users SET displayname = ?2 WHERE user_id = ?1"
                                                          : "UPDATE users SET avatar_url = ?2 WHERE user_id = ?1";
    db.run(sql, {user, nullable(value)});
}

std::vector<device> devices_of(base::transaction& db, std::string const& user) {
    std::vector<device> devices;
    auto const rows =
        db.query("SELECT device_id, display_name, created_at FROM devices WHERE user_id = ?1 ORDER BY created_at, device_id", {user});
    for (auto const& row : rows) devices.push_back({row.text(0), row.optional_text(1), row.integer(2)});
    return devices;
}

void open_session(base::transaction& db, std::string const& user, device const& on, std::string const& token) {
    db.run(
        "INSERT INTO devices (user_id, device_id, display_name, created_at) VALUES (?1, ?2, ?3, ?4)"
        " ON CONFLICT (user_id, device_id) DO NOTHING",
        {user, on.id, nullable(on.display_name), on.created_at});
    db.run("DELETE FROM access_tokens WHERE user_id = ?1 AND device_id = ?2", {user, on.id});
    db.run("INSERT INTO access_tokens (token_hash, user_id, device_id) VALUES (?1, ?2, ?3)", {hash_of(token), user, on.id});
}

std::optional<session> find_session(base::transaction& db, std::string const& token) {
    auto const row = db.first("SELECT user_id, device_id FROM access_tokens WHERE token_hash = ?1", {hash_of(token)});
    if (!row) return std::nullopt;
    return session{row->text(0), row->text(1)};
}

void delete_device(base::transaction& db, std::string const& user, std::string const& device_id) {
    db.run("DELETE FROM access_tokens WHERE user_id = ?1 AND device_id = ?2", {user, device_id});
    db.run("DELETE FROM devices WHERE user_id = ?1 AND device_id = ?2", {user, device_id});
}

void delete_devices(base::transaction& db, std::string const& user) {
    db.run("DELETE FROM access_tokens WHERE user_id = ?1", {user});
    db.run("DELETE FROM devices WHERE user_id = ?1", {user});
}

}  // namespace chatrixcd::homeserver
