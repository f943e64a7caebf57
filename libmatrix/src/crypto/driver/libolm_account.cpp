// SPDX-License-Identifier: Apache-2.0
#include "crypto/driver/libolm_account.hpp"

#include <boost/json/object.hpp>

#include <chatrixcd/base/json_reader.hpp>

#include "crypto/driver/curve25519.hpp"
#include "crypto/driver/libolm_session.hpp"

namespace chatrixcd::matrix::crypto {

using base::error;
using base::error_kind;

namespace {

// libolm gives keys as JSON of its own making.
boost::json::object object_in(std::string const& text) {
    auto parsed = base::parse_json_object(text);
    if (!parsed) throw std::logic_error("libolm gave no JSON");
    return std::move(*parsed);
}

std::vector<one_time_key> keys_in(std::string const& text) {
    std::vector<one_time_key> keys;
    auto const all = object_in(text);
    auto const* curve = base::find_object(all, "curve25519");
    if (curve == nullptr) return keys;
    for (auto const& each : *curve) {
        keys.push_back({std::string(each.key()), base::find_string(*curve, each.key()).value_or(std::string())});
    }
    return keys;
}

}  // namespace

libolm_account::libolm_account(account_object object, base::random& randomness) : object_(std::move(object)), randomness_(randomness) {
    auto* const me = object_.get();
    auto const keys = object_in(written(sure(olm_account_identity_keys_length(me)),
                                        [me](void* to, std::size_t length) { return olm_account_identity_keys(me, to, length); }));
    curve25519_ = base::find_string(keys, "curve25519").value_or(std::string());
    ed25519_ = base::find_string(keys, "ed25519").value_or(std::string());
}

std::string libolm_account::sign(std::string_view message) {
    auto* const me = object_.get();
    return written(sure(olm_account_signature_length(me)),
                   [&](void* to, std::size_t length) { return olm_account_sign(me, message.data(), message.size(), to, length); });
}

std::size_t libolm_account::most_one_time_keys() const { return olm_account_max_number_of_one_time_keys(object_.get()); }

void libolm_account::make_one_time_keys(std::size_t number) {
    auto* const me = object_.get();
    auto random = random_bytes(randomness_, sure(olm_account_generate_one_time_keys_random_length(me, number)));
    sure(olm_account_generate_one_time_keys(me, number, random.data(), random.size()));
}

std::vector<one_time_key> libolm_account::unpublished_keys() const {
    auto* const me = object_.get();
    return keys_in(written(sure(olm_account_one_time_keys_length(me)),
                           [me](void* to, std::size_t length) { return olm_account_one_time_keys(me, to, length); }));
}

void libolm_account::make_fallback_key() {
    auto* const me = object_.get();
    auto random = random_bytes(randomness_, sure(olm_account_generate_fallback_key_random_length(me)));
    sure(olm_account_generate_fallback_key(me, random.data(), random.size()));
}

std::vector<one_time_key> libolm_account::unpublished_fallback_key() const {
    auto* const me = object_.get();
    return keys_in(written(sure(olm_account_unpublished_fallback_key_length(me)),
                           [me](void* to, std::size_t length) { return olm_account_unpublished_fallback_key(me, to, length); }));
}

void libolm_account::mark_as_published() { sure(olm_account_mark_keys_as_published(object_.get())); }
void libolm_account::forget_old_fallback_key() { olm_account_forget_old_fallback_key(object_.get()); }

result<std::unique_ptr<olm_session>> libolm_account::begin_session(std::string_view their_identity_key,
                                                                   std::string_view their_one_time_key) {
    auto const identity = checked_curve25519(their_identity_key);
    auto const one_time = checked_curve25519(their_one_time_key);
    if (!identity || !one_time) return error(error_kind::invalid, "a key that is no usable Curve25519 key");
    session_object object;
    auto random = random_bytes(randomness_, sure(olm_create_outbound_session_random_length(object.get())));
    sure(olm_create_outbound_session(object.get(), object_.get(), identity->data(), identity->size(), one_time->data(), one_time->size(),
                                     random.data(), random.size()));
    return std::make_unique<libolm_session>(std::move(object), randomness_);
}

result<begun_session> libolm_account::accept_session(std::string_view their_identity_key, olm_message const& first) {
    auto const identity = checked_curve25519(their_identity_key);
    if (!identity) return error(error_kind::invalid, "a key that is no usable Curve25519 key");
    auto body = checked_body(first);
    if (!body) return body.error();
    session_object object;
    auto* const me = object_.get();
    if (olm_create_inbound_session_from(object.get(), me, identity->data(), identity->size(), body->data(), body->size()) == olm_error()) {
        return error(error_kind::invalid, "an Olm message that begins no session").with_server_text(olm_session_last_error(object.get()));
    }
    begun_session begun;
    begun.session = std::make_unique<libolm_session>(std::move(object), randomness_);
    auto said = begun.session->decrypt(first);
    if (!said) return said.error();
    begun.plaintext = std::move(*said);
    return begun;
}

void libolm_account::forget_one_time_key(olm_session& used_by) {
    // A fallback key is not forgotten so, and there is none then.
    (void)olm_remove_one_time_keys(object_.get(), static_cast<libolm_session&>(used_by).get());
}

base::secret libolm_account::pickle() { return pickled<OlmAccount, olm_pickle_account_length, olm_pickle_account>(object_.get()); }

}  // namespace chatrixcd::matrix::crypto
