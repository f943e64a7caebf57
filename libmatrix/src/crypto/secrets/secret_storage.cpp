// SPDX-License-Identifier: Apache-2.0
#include "crypto/secrets/secret_storage.hpp"

#include <span>
#include <string_view>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/protocol/base64.hpp>

#include "crypto/secrets/aes_hmac.hpp"

namespace chatrixcd::matrix::crypto {

namespace json = boost::json;

namespace {

constexpr char const* algorithm = "m.secret_storage.v1.aes-hmac-sha2";
// What is encrypted for the check of a key.
constexpr std::size_t check_size = 32;

std::string encoded(std::string_view bytes) {
    return protocol::encode_base64(std::as_bytes(std::span<char const>(bytes.data(), bytes.size())));
}

// Nothing: it is missing or no Base64.
std::optional<std::string> decoded(json::object const& from, std::string_view member) {
    auto const text = base::find_string(from, member);
    if (!text) return std::nullopt;
    auto const bytes = protocol::decode_base64(*text);
    if (!bytes) return std::nullopt;
    return std::string(reinterpret_cast<char const*>(bytes->data()), bytes->size());
}

}  // namespace

json::object secret_storage_key::describe(base::random& randomness) const {
    aes_hmac const keys(key_, std::string_view());
    auto const made = keys.encrypt(randomness, std::string(check_size, '\0'));
    json::object description;
    description["algorithm"] = algorithm;
    description["iv"] = encoded(made.iv);
    description["mac"] = encoded(made.mac);
    return description;
}

bool secret_storage_key::fits(json::object const& description) const {
    if (base::find_string(description, "algorithm") != algorithm) return false;
    if (!description.contains("iv") && !description.contains("mac")) return true;
    auto const iv = decoded(description, "iv");
    auto const mac = decoded(description, "mac");
    if (!iv || !mac || iv->size() != aes_hmac::iv_size) return false;
    aes_hmac const keys(key_, std::string_view());
    return base::equal_constant_time(keys.mac_of(keys.apply(*iv, std::string(check_size, '\0'))), *mac);
}

json::object secret_storage_key::seal(base::random& randomness, std::string const& name, secret const& what) const {
    aes_hmac const keys(key_, name);
    auto const made = keys.encrypt(randomness, what.reveal());
    json::object entry;
    entry["iv"] = encoded(made.iv);
    entry["ciphertext"] = encoded(made.ciphertext);
    entry["mac"] = encoded(made.mac);
    return entry;
}

std::optional<secret> secret_storage_key::open(std::string const& name, json::object const& entry) const {
    auto const iv = decoded(entry, "iv");
    auto const ciphertext = decoded(entry, "ciphertext");
    auto const mac = decoded(entry, "mac");
    if (!iv || !ciphertext || !mac || iv->size() != aes_hmac::iv_size) return std::nullopt;
    aes_hmac const keys(key_, name);
    if (!base::equal_constant_time(keys.mac_of(*ciphertext), *mac)) return std::nullopt;
    return secret(keys.apply(*iv, *ciphertext));
}

}  // namespace chatrixcd::matrix::crypto
