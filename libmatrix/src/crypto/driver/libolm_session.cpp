// SPDX-License-Identifier: Apache-2.0
#include "crypto/driver/libolm_session.hpp"

#include <chatrixcd/protocol/base64.hpp>

#include "crypto/driver/curve25519.hpp"
#include "crypto/driver/wire_format.hpp"

namespace chatrixcd::matrix::crypto {

using base::error;
using base::error_kind;

namespace {

constexpr std::int64_t pre_key = 0;
constexpr std::int64_t normal = 1;

// libolm may write a block past what it says.
constexpr std::size_t spare_block = 32;

}  // namespace

result<std::string> checked_body(olm_message const& message) {
    if (message.type != pre_key && message.type != normal) return error(error_kind::invalid, "an Olm message of an unknown type");
    auto const bytes = protocol::decode_base64(message.body);
    if (!bytes) return error(error_kind::invalid, "an Olm message that is no Base64");
    if (message.type == normal && !is_olm_message(*bytes)) return error(error_kind::invalid, "a malformed Olm message");
    if (message.type == pre_key && !is_pre_key_message(*bytes)) return error(error_kind::invalid, "a malformed Olm pre-key message");
    return protocol::encode_base64(*bytes);
}

std::string libolm_session::id() const {
    return written(sure(olm_session_id_length(get())), [this](void* to, std::size_t length) { return olm_session_id(get(), to, length); });
}

olm_message libolm_session::encrypt(std::string_view plaintext) {
    olm_message message;
    message.type = static_cast<std::int64_t>(sure(olm_encrypt_message_type(get())));
    auto random = random_bytes(randomness_, sure(olm_encrypt_random_length(get())));
    auto const length = sure(olm_encrypt_message_length(get(), plaintext.size()));
    message.body = written(length, [&](void* to, std::size_t size) {
        return olm_encrypt(get(), plaintext.data(), plaintext.size(), random.data(), random.size(), to, size);
    });
    return message;
}

result<std::string> libolm_session::decrypt(olm_message const& message) {
    auto const body = checked_body(message);
    if (!body) return body.error();
    auto const type = static_cast<std::size_t>(message.type);
    // Each call takes its copy to pieces.
    auto copy = *body;
    auto const most = olm_decrypt_max_plaintext_length(get(), type, copy.data(), copy.size());
    if (most == olm_error()) return error(error_kind::invalid, "an Olm message that cannot be read");
    copy = *body;
    std::string plaintext(most + spare_block, '\0');
    auto const length = olm_decrypt(get(), type, copy.data(), copy.size(), plaintext.data(), plaintext.size());
    if (length == olm_error()) {
        return error(error_kind::invalid, "an Olm message that cannot be decrypted").with_server_text(olm_session_last_error(get()));
    }
    plaintext.resize(length);
    return plaintext;
}

bool libolm_session::began_with(std::string_view their_identity_key, olm_message const& first) {
    auto const key = checked_curve25519(their_identity_key);
    if (!key || first.type != pre_key) return false;
    auto body = checked_body(first);
    return body && olm_matches_inbound_session_from(get(), key->data(), key->size(), body->data(), body->size()) == 1;
}

base::secret libolm_session::pickle() { return pickled<OlmSession, olm_pickle_session_length, olm_pickle_session>(get()); }

}  // namespace chatrixcd::matrix::crypto
