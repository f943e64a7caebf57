// SPDX-License-Identifier: Apache-2.0
#include "crypto/backup/backup_key.hpp"

#include <openssl/evp.h>

#include <memory>
#include <span>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/protocol/base64.hpp>

#include "crypto/primitives/checked.hpp"
#include "crypto/primitives/hashes.hpp"

namespace chatrixcd::matrix::crypto {

namespace json = boost::json;

namespace {

constexpr std::size_t aes_key_size = 32;
constexpr std::size_t mac_key_size = 32;
constexpr std::size_t iv_size = 16;
constexpr std::size_t block_size = 16;
constexpr std::size_t mac_size = 8;
// A session's key has some 700 bytes.
constexpr std::size_t longest_ciphertext = 64U << 10U;

std::string encoded(std::string_view bytes) {
    return protocol::encode_base64(std::as_bytes(std::span<char const>(bytes.data(), bytes.size())));
}

std::optional<std::string> decoded(json::object const& from, std::string_view member) {
    auto const text = base::find_string(from, member);
    if (!text || text->size() > 2 * longest_ciphertext) return std::nullopt;
    auto const bytes = protocol::decode_base64(*text);
    if (!bytes) return std::nullopt;
    return std::string(reinterpret_cast<char const*>(bytes->data()), bytes->size());
}

// What the shared secret is stretched to.
class message_keys {
public:
    explicit message_keys(base::secret const& shared) : bytes_(hkdf_sha256(shared, "", aes_key_size + mac_key_size + iv_size)) {}

    // libolm took the MAC of nothing, and all others take the same since.
    std::string mac() const { return hmac_sha256(part(aes_key_size, mac_key_size), "").substr(0, mac_size); }

    std::string encrypt(std::string_view plain) const {
        cipher const with(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
        check(with && EVP_EncryptInit_ex(with.get(), EVP_aes_256_cbc(), nullptr, bytes_of(key()), bytes_of(iv())) == 1);
        std::string made(plain.size() + block_size, '\0');
        int first = 0;
        int rest = 0;
        check(EVP_EncryptUpdate(with.get(), bytes_of(made), &first, bytes_of(plain), static_cast<int>(plain.size())) == 1);
        check(EVP_EncryptFinal_ex(with.get(), bytes_of(made) + first, &rest) == 1);
        made.resize(static_cast<std::size_t>(first) + static_cast<std::size_t>(rest));
        return made;
    }

    // Nothing: its padding is wrong.
    std::optional<base::secret> decrypt(std::string_view ciphertext) const {
        cipher const with(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
        check(with && EVP_DecryptInit_ex(with.get(), EVP_aes_256_cbc(), nullptr, bytes_of(key()), bytes_of(iv())) == 1);
        std::string made(ciphertext.size() + block_size, '\0');
        int first = 0;
        int rest = 0;
        check(EVP_DecryptUpdate(with.get(), bytes_of(made), &first, bytes_of(ciphertext), static_cast<int>(ciphertext.size())) == 1);
        bool const is_padded = EVP_DecryptFinal_ex(with.get(), bytes_of(made) + first, &rest) == 1;
        auto const length = static_cast<std::size_t>(first) + static_cast<std::size_t>(rest);
        auto plain = is_padded ? std::optional(base::secret(made.substr(0, length))) : std::nullopt;
        base::wipe(made);
        return plain;
    }

private:
    using cipher = std::unique_ptr<EVP_CIPHER_CTX, void (*)(EVP_CIPHER_CTX*)>;

    std::string_view part(std::size_t from, std::size_t length) const { return std::string_view(bytes_.reveal()).substr(from, length); }
    std::string_view key() const { return part(0, aes_key_size); }
    std::string_view iv() const { return part(aes_key_size + mac_key_size, iv_size); }

    base::secret bytes_;
};

}  // namespace

std::optional<json::object> seal_for_backup(base::random& randomness, std::string_view public_key, std::string_view plain) {
    auto const ephemeral = x25519_key::make(randomness);
    auto const shared = ephemeral.agree(public_key);
    if (!shared) return std::nullopt;
    message_keys const keys(*shared);
    json::object made;
    made["ephemeral"] = ephemeral.public_key();
    made["ciphertext"] = encoded(keys.encrypt(plain));
    made["mac"] = encoded(keys.mac());
    return made;
}

std::optional<backup_key> backup_key::parse(base::secret const& text) {
    auto bytes = protocol::decode_base64(text.reveal());
    if (!bytes) return std::nullopt;
    std::string raw(reinterpret_cast<char const*>(bytes->data()), bytes->size());
    auto key = x25519_key::from_bytes(base::secret(raw));
    base::wipe(raw);
    for (auto& byte : *bytes) {
        std::byte volatile& place = byte;
        place = std::byte{0};
    }
    if (!key) return std::nullopt;
    return backup_key(std::move(*key));
}

base::secret backup_key::text() const { return base::secret(encoded(key_.bytes().reveal())); }

std::optional<base::secret> backup_key::open(json::object const& session_data) const {
    auto const ciphertext = decoded(session_data, "ciphertext");
    auto const mac = decoded(session_data, "mac");
    auto const ephemeral = base::find_string(session_data, "ephemeral");
    if (!ciphertext || !mac || !ephemeral || mac->size() != mac_size) return std::nullopt;
    if (ciphertext->empty() || ciphertext->size() % block_size != 0 || ciphertext->size() > longest_ciphertext) return std::nullopt;
    auto const shared = key_.agree(*ephemeral);
    if (!shared) return std::nullopt;
    message_keys const keys(*shared);
    if (!base::equal_constant_time(keys.mac(), *mac)) return std::nullopt;
    return keys.decrypt(*ciphertext);
}

}  // namespace chatrixcd::matrix::crypto
