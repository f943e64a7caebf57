// SPDX-License-Identifier: Apache-2.0
#include "crypto/driver/libolm_group.hpp"

#include <olm/inbound_group_session.h>
#include <olm/outbound_group_session.h>

#include <chatrixcd/protocol/base64.hpp>

#include "crypto/driver/wire_format.hpp"

namespace chatrixcd::matrix::crypto {

using base::error;
using base::error_kind;

namespace {

// libolm may write a block past what it says.
constexpr std::size_t spare_block = 32;

std::uint8_t* raw(std::string& text) { return reinterpret_cast<std::uint8_t*>(text.data()); }
std::uint8_t* raw(void* bytes) { return static_cast<std::uint8_t*>(bytes); }

error damaged() { return error(error_kind::environment, "a stored Megolm session is damaged"); }

}  // namespace

outbound_object new_outbound(base::random& randomness) {
    outbound_object object;
    auto random = random_bytes(randomness, sure(olm_init_outbound_group_session_random_length(object.get())));
    sure(olm_init_outbound_group_session(object.get(), reinterpret_cast<std::uint8_t*>(random.data()), random.size()));
    return object;
}

result<inbound_object> inbound_from_key(base::secret const& session_key) {
    auto const bytes = protocol::decode_base64(session_key.reveal());
    if (!bytes || !signer_of_session_key(*bytes)) return error(error_kind::invalid, "a malformed Megolm session key");
    auto text = protocol::encode_base64(*bytes);
    inbound_object object;
    bool const done = olm_init_inbound_group_session(object.get(), raw(text), text.size()) != olm_error();
    base::wipe(text);
    if (!done) return error(error_kind::invalid, "a Megolm session key that cannot be read");
    return object;
}

result<inbound_object> inbound_from_export(base::secret const& exported) {
    auto const bytes = protocol::decode_base64(exported.reveal());
    if (!bytes || !is_exported_session(*bytes)) return error(error_kind::invalid, "a malformed exported Megolm session");
    auto text = protocol::encode_base64(*bytes);
    inbound_object object;
    bool const done = olm_import_inbound_group_session(object.get(), raw(text), text.size()) != olm_error();
    base::wipe(text);
    if (!done) return error(error_kind::invalid, "an exported Megolm session that cannot be read");
    return object;
}

result<outbound_object> outbound_from_pickle(base::secret const& pickle) {
    outbound_object object;
    if (!unpickle<OlmOutboundGroupSession, olm_unpickle_outbound_group_session>(object.get(), pickle)) return damaged();
    return object;
}

result<inbound_object> inbound_from_pickle(base::secret const& pickle) {
    inbound_object object;
    if (!unpickle<OlmInboundGroupSession, olm_unpickle_inbound_group_session>(object.get(), pickle)) return damaged();
    return object;
}

std::string libolm_outbound::id() const {
    auto* const me = object_.get();
    return written(sure(olm_outbound_group_session_id_length(me)),
                   [me](void* to, std::size_t length) { return olm_outbound_group_session_id(me, raw(to), length); });
}

base::secret libolm_outbound::session_key() const {
    auto* const me = object_.get();
    return base::secret(written(sure(olm_outbound_group_session_key_length(me)),
                                [me](void* to, std::size_t length) { return olm_outbound_group_session_key(me, raw(to), length); }));
}

std::string libolm_outbound::encrypt(std::string_view plaintext) {
    auto* const me = object_.get();
    auto const* const text = reinterpret_cast<std::uint8_t const*>(plaintext.data());
    return written(sure(olm_group_encrypt_message_length(me, plaintext.size())),
                   [&](void* to, std::size_t length) { return olm_group_encrypt(me, text, plaintext.size(), raw(to), length); });
}

base::secret libolm_outbound::pickle() {
    return pickled<OlmOutboundGroupSession, olm_pickle_outbound_group_session_length, olm_pickle_outbound_group_session>(object_.get());
}

std::string libolm_inbound::id() const {
    auto* const me = object_.get();
    return written(sure(olm_inbound_group_session_id_length(me)),
                   [me](void* to, std::size_t length) { return olm_inbound_group_session_id(me, raw(to), length); });
}

namespace {

error_kind kind_of(OlmErrorCode refusal) {
    if (refusal == OLM_UNKNOWN_MESSAGE_INDEX) return error_kind::not_found;
    // The signature is looked at before.
    return refusal == OLM_BAD_MESSAGE_MAC ? error_kind::conflict : error_kind::invalid;
}

}  // namespace

result<group_plaintext> libolm_inbound::decrypt(std::string_view ciphertext) {
    auto const bytes = protocol::decode_base64(ciphertext);
    if (!bytes || !is_group_message(*bytes)) return error(error_kind::invalid, "a malformed Megolm message");
    auto* const me = object_.get();
    auto const text = protocol::encode_base64(*bytes);
    // Each call takes its copy to pieces.
    auto copy = text;
    auto const most = olm_group_decrypt_max_plaintext_length(me, raw(copy), copy.size());
    if (most == olm_error()) return error(error_kind::invalid, "a Megolm message that cannot be read");
    copy = text;
    group_plaintext said;
    said.text.resize(most + spare_block);
    auto const length = olm_group_decrypt(me, raw(copy), copy.size(), raw(said.text), said.text.size(), &said.index);
    if (length == olm_error()) {
        return error(kind_of(olm_inbound_group_session_last_error_code(me)), "a Megolm message that cannot be decrypted")
            .with_server_text(olm_inbound_group_session_last_error(me));
    }
    said.text.resize(length);
    return said;
}

result<base::secret> libolm_inbound::export_at(std::uint32_t index) {
    auto* const me = object_.get();
    if (index < first_index()) return error(error_kind::not_found, "the Megolm session is not known from so early on");
    return base::secret(written(sure(olm_export_inbound_group_session_length(me)), [&](void* to, std::size_t length) {
        return olm_export_inbound_group_session(me, raw(to), length, index);
    }));
}

base::secret libolm_inbound::pickle() {
    return pickled<OlmInboundGroupSession, olm_pickle_inbound_group_session_length, olm_pickle_inbound_group_session>(object_.get());
}

}  // namespace chatrixcd::matrix::crypto
