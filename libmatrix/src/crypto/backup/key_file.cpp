// SPDX-License-Identifier: Apache-2.0
#include "crypto/backup/key_file.hpp"

#include <algorithm>
#include <cassert>
#include <optional>
#include <span>

#include <chatrixcd/base/text.hpp>
#include <chatrixcd/protocol/base64.hpp>

#include "crypto/primitives/aes_ctr.hpp"
#include "crypto/primitives/hashes.hpp"

namespace chatrixcd::matrix::crypto {

namespace {

using base::error;
using base::error_kind;

constexpr std::string_view first_line = "-----BEGIN MEGOLM SESSION DATA-----";
constexpr std::string_view last_line = "-----END MEGOLM SESSION DATA-----";
constexpr std::string_view blanks = " \t\r\n";
constexpr std::size_t line_length = 96;

// The version, salt, iv, rounds, the ciphertext, and the MAC of all before it.
constexpr char version = 0x01;
constexpr std::size_t salt_size = 16;
constexpr std::size_t salt_at = 1;
constexpr std::size_t iv_at = salt_at + salt_size;
constexpr std::size_t rounds_at = iv_at + aes_ctr_iv_size;
constexpr std::size_t rounds_size = 4;
constexpr std::size_t text_at = rounds_at + rounds_size;
constexpr std::size_t mac_size = 32;
constexpr std::size_t key_size = 32;

// Two keys: the first for the text, the second for its MAC.
class file_keys {
public:
    file_keys(base::secret const& passphrase, std::string_view salt, std::uint32_t rounds)
        : both_(pbkdf2_sha512(passphrase, salt, rounds, 2 * key_size)) {}
    std::string_view cipher() const { return std::string_view(both_.reveal()).substr(0, key_size); }
    std::string_view mac() const { return std::string_view(both_.reveal()).substr(key_size); }

private:
    base::secret both_;
};

std::uint32_t number_in(std::string_view four_bytes) {
    std::uint32_t number = 0;
    for (char const c : four_bytes) number = number << 8U | static_cast<unsigned char>(c);
    return number;
}

std::string in_four_bytes(std::uint32_t number) {
    std::string bytes;
    for (unsigned shift = 24;; shift -= 8) {
        bytes += static_cast<char>(static_cast<unsigned char>(number >> shift & 0xFFU));
        if (shift == 0) return bytes;
    }
}

// What stands between the two lines. Nothing: it is no such file.
std::optional<std::string> unwrapped(std::string_view file) {
    auto body = base::text::trimmed(file, blanks);
    if (body.size() < first_line.size() + last_line.size() || !body.starts_with(first_line) || !body.ends_with(last_line)) {
        return std::nullopt;
    }
    body.remove_prefix(first_line.size());
    body.remove_suffix(last_line.size());
    std::string text(body);
    std::erase_if(text, [](char c) { return blanks.find(c) != std::string_view::npos; });
    auto const bytes = protocol::decode_base64(text);
    if (!bytes || bytes->size() < text_at + mac_size) return std::nullopt;
    return std::string(reinterpret_cast<char const*>(bytes->data()), bytes->size());
}

}  // namespace

std::string seal_key_file(std::string_view fresh, base::secret const& passphrase, base::secret const& sessions, std::uint32_t rounds) {
    assert(fresh.size() == salt_size + aes_ctr_iv_size);
    std::string const salt(fresh.substr(0, salt_size));
    std::string iv(fresh.substr(salt_size));
    clear_bit_63(iv);
    file_keys const keys(passphrase, salt, rounds);
    auto bytes = version + salt + iv + in_four_bytes(rounds) + aes_256_ctr(keys.cipher(), iv, sessions.reveal());
    bytes += hmac_sha256(keys.mac(), bytes);
    auto text = protocol::encode_base64(std::as_bytes(std::span<char const>(bytes)));
    // There are readers that want it whole.
    text.resize((text.size() + 3) / 4 * 4, '=');
    std::string file(first_line);
    for (std::size_t i = 0; i < text.size(); i += line_length) file += '\n' + text.substr(i, line_length);
    return file + '\n' + std::string(last_line) + '\n';
}

base::result<base::secret> open_key_file(base::secret const& passphrase, std::string_view file, std::uint32_t most_rounds) {
    if (file.size() > most_key_file_bytes) return error(error_kind::too_large, "a file of room keys is larger than 64 MiB");
    auto const bytes = unwrapped(file);
    if (!bytes || bytes->front() != version) return error(error_kind::invalid, "this is no file of exported room keys");
    std::string_view const all = *bytes;
    auto const rounds = number_in(all.substr(rounds_at, rounds_size));
    if (rounds == 0 || rounds > most_rounds) {
        return error(error_kind::invalid, "a file of room keys asks for " + std::to_string(rounds) + " rounds of its passphrase");
    }
    file_keys const keys(passphrase, all.substr(salt_at, salt_size), rounds);
    auto const covered = all.substr(0, all.size() - mac_size);
    if (!base::equal_constant_time(hmac_sha256(keys.mac(), covered), all.substr(covered.size()))) {
        return error(error_kind::forbidden, "the passphrase is not that of this file, or the file was changed");
    }
    auto plain = aes_256_ctr(keys.cipher(), all.substr(iv_at, aes_ctr_iv_size), covered.substr(text_at));
    base::secret kept(plain);
    base::wipe(plain);
    return kept;
}

}  // namespace chatrixcd::matrix::crypto
