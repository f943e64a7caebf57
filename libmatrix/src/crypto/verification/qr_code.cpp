// SPDX-License-Identifier: Apache-2.0
#include "crypto/verification/qr_code.hpp"

#include <utility>

#include <chatrixcd/protocol/base64.hpp>

namespace chatrixcd::matrix::crypto {

namespace {

constexpr std::string_view header = "MATRIX";
constexpr char version = 0x02;
constexpr std::size_t length_size = 2;
constexpr std::size_t longest_id = 0xFFFF;
// Of version 40 with the lowest error correction, in the byte mode (ISO/IEC 18004, table 7).
constexpr std::size_t longest_code = 2953;

base::error no_code(char const* why) { return base::error(base::error_kind::invalid, std::string("a QR code that ") + why); }

// A key of 32 bytes. Nothing: there is none.
std::optional<std::string> key_bytes(std::string_view base64) {
    auto const bytes = protocol::decode_base64(base64);
    if (!bytes || bytes->size() != qr_key_size) return std::nullopt;
    return std::string(reinterpret_cast<char const*>(bytes->data()), bytes->size());
}

bool is_key(std::string_view bytes, std::string_view base64) { return key_bytes(base64) == bytes; }

bool is_mode(char byte) {
    return byte == static_cast<char>(qr_mode::other_user) || byte == static_cast<char>(qr_mode::trusts_identity) ||
           byte == static_cast<char>(qr_mode::learns_identity);
}

qr_mode mode_of(verified_party const& who, verified_party const& whom) {
    if (who.user != whom.user) return qr_mode::other_user;
    return who.master.empty() ? qr_mode::learns_identity : qr_mode::trusts_identity;
}

// Takes so many bytes off the front. Nothing: there are not so many.
std::optional<std::string_view> take(std::string_view& from, std::size_t size) {
    if (from.size() < size) return std::nullopt;
    auto const taken = from.substr(0, size);
    from.remove_prefix(size);
    return taken;
}

}  // namespace

base::result<base::secret> encode_qr_code(qr_code const& code) {
    auto const& [mode, first, second] = code.keys;
    if (first.size() != qr_key_size || second.size() != qr_key_size) return no_code("has keys of another size");
    if (code.id.empty() || code.id.size() > longest_id) return no_code("names no verification");
    if (code.secret.reveal().size() < shortest_qr_secret) return no_code("has too short a secret");
    std::string made(header);
    made += version;
    made += static_cast<char>(mode);
    made += static_cast<char>(static_cast<unsigned char>(code.id.size() >> 8U));
    made += static_cast<char>(static_cast<unsigned char>(code.id.size() & 0xFFU));
    made += code.id + first + second + code.secret.reveal();
    if (made.size() > longest_code) return no_code("is too long");
    return base::secret(std::move(made));
}

base::result<qr_code> decode_qr_code(std::string_view bytes) {
    if (bytes.size() > longest_code) return no_code("is too long");
    if (take(bytes, header.size()) != header) return no_code("is none of Matrix");
    auto const kind = take(bytes, 2);
    if (!kind || kind->front() != version) return no_code("is of an unknown version");
    if (!is_mode(kind->back())) return no_code("is of an unknown mode");
    auto const length = take(bytes, length_size);
    if (!length) return no_code("is cut off");
    auto const at = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>((*length)[i])); };
    auto const id = take(bytes, at(0) << 8U | at(1));
    auto const first = take(bytes, qr_key_size);
    auto const second = take(bytes, qr_key_size);
    if (!id || !first || !second) return no_code("is cut off");
    if (id->empty()) return no_code("names no verification");
    if (bytes.size() < shortest_qr_secret) return no_code("has too short a secret");
    qr_code found;
    found.keys = {static_cast<qr_mode>(kind->back()), std::string(*first), std::string(*second)};
    found.id = std::string(*id);
    found.secret = base::secret(std::string(bytes));
    return found;
}

std::optional<qr_keys> qr_keys_of(verified_party const& who, verified_party const& whom) {
    auto const mode = mode_of(who, whom);
    auto first = key_bytes(mode == qr_mode::learns_identity ? who.ed25519 : who.master);
    auto second = key_bytes(mode == qr_mode::trusts_identity ? whom.ed25519 : whom.master);
    if (!first || !second) return std::nullopt;
    return qr_keys{mode, std::move(*first), std::move(*second)};
}

qr_proof proof_of_shown(qr_mode mode) {
    // Whoever has scanned the code has its second key, or trusts it.
    return {mode == qr_mode::trusts_identity, mode != qr_mode::trusts_identity};
}

std::optional<qr_proof> proof_of_scanned(qr_keys const& code, verified_party const& us, verified_party const& them) {
    bool const is_other_user = us.user != them.user;
    if (is_other_user != (code.mode == qr_mode::other_user)) return std::nullopt;
    switch (code.mode) {
        case qr_mode::other_user:
            if (!is_key(code.first, them.master) || !is_key(code.second, us.master)) return std::nullopt;
            return qr_proof{false, true};
        case qr_mode::trusts_identity:
            // The identity of our user is what the homeserver says unless we have it ourselves.
            if (!is_key(code.first, us.master.empty() ? them.master : us.master) || !is_key(code.second, us.ed25519)) return std::nullopt;
            return qr_proof{false, true};
        case qr_mode::learns_identity:
            // They will trust what we confirm: without an identity that we trust there is nothing to confirm.
            if (!is_key(code.first, them.ed25519) || !is_key(code.second, us.master)) return std::nullopt;
            return qr_proof{true, false};
    }
    return std::nullopt;
}

}  // namespace chatrixcd::matrix::crypto
