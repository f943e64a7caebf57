// SPDX-License-Identifier: Apache-2.0
#include "encryption/identification.hpp"

#include <utility>

#include <chatrixcd/base/json_reader.hpp>

#include "crypto/keys/own_device.hpp"
#include "http/retry.hpp"

namespace chatrixcd::matrix::detail {

namespace asio = boost::asio;
namespace json = boost::json;

// What is missing between this device and the account's identity.
struct identification::plan {
    bool is_unanswered = false;
    bool is_foreign = false;                // somebody else made one
    std::optional<json::object> keys;       // to be published
    std::optional<json::object> signature;  // likewise
    std::optional<crypto::own_identity> identity;
    std::string fingerprint;
};

identification::identification(services& with, api& homeserver, session const& who, crypto::driver& olm, confirmed_request confirmed,
                               std::optional<recovery_key> recovery)
    : with_(&with),
      api_(&homeserver),
      session_(&who),
      machine_(with, who, olm),
      confirmed_(std::move(confirmed)),
      log_(with.log.named("identity")) {
    if (recovery) vault_.emplace(homeserver, who, with.random, *recovery);
}

std::optional<own_identity_state> identification::state() const {
    if (state_ && state_->device == session_->device()) return state_;
    return std::nullopt;
}

asio::awaitable<result<void>> identification::run() {
    if (state()) co_return result<void>();
    own_identity_state found;
    found.device = session_->device();
    auto const done = co_await identify(found);
    if (!done) co_return done.error();
    if (found.device != session_->device()) co_return error(error_kind::unavailable, "this device became another one meanwhile");
    conclude(std::move(found));
    co_return result<void>();
}

void identification::adopt(own_identity_state found, std::optional<recovery_key> const& key) {
    if (key) vault_.emplace(*api_, *session_, with_->random, *key);
    conclude(std::move(found));
}

void identification::conclude(own_identity_state found) {
    if (found.is_cross_signed) {
        log_.info("this device belongs to the account's identity", {{"device", found.device.str()}, {"fingerprint", found.fingerprint}});
    }
    if (!found.problem.empty()) log_.warning(found.problem);
    state_ = std::move(found);
}

asio::awaitable<result<identification::plan>> identification::look(shown_identity shown) {
    auto work = [shown = std::move(shown), fresh = crypto::own_identity::make(with_->random)](crypto::context const& with) {
        plan made;
        crypto::own_device device(with);
        made.fingerprint = device.ed25519();
        made.identity = crypto::own_identity::load(with);
        made.is_foreign = shown.exists() && (!made.identity || !shown.fits(*made.identity));
        if (made.is_foreign) return made;
        if (!made.identity) {
            fresh.save(with);
            made.identity = fresh;
        }
        if (!shown.is_whole()) made.keys = made.identity->upload_body(with, device);
        if (made.keys || !shown.has_signed(with)) made.signature = made.identity->signature_body(with, device);
        return made;
    };
    co_return co_await machine_.run(std::move(work));
}

asio::awaitable<result<void>> identification::identify(own_identity_state& found) {
    auto const shown = co_await ask_shown_identity(*api_, *session_);
    if (!shown) co_return shown.error();
    auto next = co_await look(*shown);
    if (!next) co_return next.error();
    found.fingerprint = next->fingerprint;
    // An identity that lies in the secret storage is the account's, though it was never published.
    bool const is_unpublished = next->keys.has_value() && !shown->exists();
    if (next->is_foreign || (is_unpublished && vault_)) {
        auto const restored = co_await restore(*shown);
        if (!restored && may_repeat(restored.error(), true)) co_return restored.error();
        if (!restored && next->is_foreign) {
            found.problem =
                "the account has an identity that this device does not hold, so that others see a device that nobody vouches for: " +
                restored.error().describe();
            co_return result<void>();
        }
        if (restored) next = co_await look(*shown);
        if (!next) co_return next.error();
        if (next->is_foreign) co_return identity_unanswered();
    }
    if (vault_) {
        auto const kept = co_await vault_->keep(*next->identity);
        if (!kept && may_repeat(kept.error(), true)) co_return kept.error();
        found.is_recoverable = kept.has_value();
        if (!kept) found.problem = "the account's identity is in this store alone: " + kept.error().describe();
        // What others see shall be recoverable first.
        if (!kept && next->keys) {
            found.problem =
                "the account gets no identity, so that others see a device that nobody vouches for, because it would be in this "
                "store alone: " +
                kept.error().describe();
            co_return result<void>();
        }
    }
    if (next->keys) {
        auto const done = co_await publish(*next->identity, std::move(*next->keys));
        if (!done && may_repeat(done.error(), true)) co_return done.error();
        if (!done) {
            found.problem = "the account gets no identity, so that others see a device that nobody vouches for: " + done.error().describe();
            co_return result<void>();
        }
    }
    found.is_cross_signed = true;
    if (next->signature) co_return co_await sign(std::move(*next->signature), found);
    co_return result<void>();
}

// Takes the identity that the homeserver shows, or the one that nobody has published yet, from the secret storage.
asio::awaitable<result<void>> identification::restore(shown_identity shown) {
    if (!vault_)
        co_return error(error_kind::not_found, "no recovery key was given").with_hint("Give the client the account's recovery key");
    auto const fetched = co_await vault_->fetch();
    if (!fetched) co_return fetched.error();
    if (shown.exists() && !shown.fits(*fetched)) {
        co_return error(error_kind::conflict, "the identity in the account's secret storage is another than the homeserver shows");
    }
    auto save = [identity = *fetched](crypto::context const& with) { identity.save(with); };
    co_await machine_.run(std::move(save));
    log_.info("the account's identity was taken from its secret storage");
    co_return result<void>();
}

// Without a confirmation it is taken as the first alone (MSC3967). Before it is confirmed we look again: another client may have published
// its own meanwhile, which would be replaced.
asio::awaitable<result<void>> identification::publish(crypto::own_identity identity, json::object keys) {
    auto upload = call::post(client_path({"keys", "device_signing", "upload"})).again().named("publishing the account's identity");
    auto const plain = co_await api_->request(call(upload).body(keys));
    if (plain) co_return result<void>();
    if (may_repeat(plain.error(), true)) co_return plain.error();
    auto const shown = co_await ask_shown_identity(*api_, *session_);
    if (!shown) co_return shown.error();
    bool const is_anothers = shown->exists() && shown->keys().master != identity.master();
    bool const has_others = !shown->keys().self_signing.empty() && !shown->keys().user_signing.empty();
    if (is_anothers || has_others) co_return error(error_kind::unavailable, "the account has got an identity meanwhile");
    co_return co_await confirmed_(std::move(upload), std::move(keys));
}

asio::awaitable<result<void>> identification::sign(json::object signature, own_identity_state& found) {
    auto request = call::post(client_path({"keys", "signatures", "upload"})).body(signature).again().named("signing this device");
    auto const done = co_await api_->request(std::move(request));
    if (!done && !is_refusal(done.error())) co_return done.error();
    auto const* failures = done ? base::find_object(*done, "failures") : nullptr;
    found.is_cross_signed = done && (failures == nullptr || failures->empty());
    if (!found.is_cross_signed) {
        found.problem = "the homeserver does not take the signature of this device, which others see as one that nobody vouches for";
    }
    co_return result<void>();
}

}  // namespace chatrixcd::matrix::detail
