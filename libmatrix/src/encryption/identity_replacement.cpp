// SPDX-License-Identifier: Apache-2.0
#include "encryption/identity_replacement.hpp"

#include <utility>

#include <chatrixcd/base/json_reader.hpp>

#include "crypto/keys/own_device.hpp"
#include "http/retry.hpp"

namespace chatrixcd::matrix::detail {

namespace asio = boost::asio;
namespace json = boost::json;

struct identity_replacement::plan {
    explicit plan(crypto::own_identity which) : identity(std::move(which)) {}
    crypto::own_identity identity;
    bool is_new = false;
    std::optional<crypto::own_identity> before;  // what the store held instead of it
    std::optional<json::object> keys;            // to be published
    std::optional<json::object> signature;       // likewise
    std::string fingerprint;
};

identity_replacement::identity_replacement(services& with, api& homeserver, session const& who, crypto::driver& olm,
                                           identification::confirmed_request confirmed, recovery_key const& fresh,
                                           std::optional<recovery_key> const& given)
    : api_(&homeserver),
      session_(&who),
      random_(&with.random),
      machine_(with, who, olm),
      confirmed_(std::move(confirmed)),
      fresh_(homeserver, who, with.random, fresh),
      log_(with.log.named("identity")) {
    if (given) given_.emplace(homeserver, who, with.random, *given);
}

// What this device holds already is kept: a replacement that was interrupted once it was published is that.
asio::awaitable<identity_replacement::plan> identity_replacement::prepare(shown_identity shown) {
    auto work = [shown = std::move(shown), fresh = crypto::own_identity::make(*random_)](crypto::context const& with) {
        auto const held = crypto::own_identity::load(with);
        bool const is_kept = held && shown.exists() && shown.fits(*held);
        plan made(is_kept ? *held : fresh);
        crypto::own_device device(with);
        made.fingerprint = device.ed25519();
        if (!is_kept) {
            made.is_new = true;
            made.before = held;
            made.identity.save(with);
        }
        if (made.is_new || !shown.is_whole()) made.keys = made.identity.upload_body(with, device);
        if (made.keys || !shown.has_signed(with)) made.signature = made.identity.signature_body(with, device);
        return made;
    };
    co_return co_await machine_.run(std::move(work));
}

// Whether it is under the fresh key.
asio::awaitable<result<bool>> identity_replacement::keep(crypto::own_identity identity) {
    if (given_) {
        auto const kept = co_await given_->keep(identity);
        if (kept) co_return false;
        if (kept.error().kind() != error_kind::conflict) co_return kept.error();
    }
    auto const prepared = co_await fresh_.prepare(std::move(identity));
    if (!prepared) co_return prepared.error();
    co_return true;
}

// It was certainly not published.
asio::awaitable<void> identity_replacement::undo(plan what) {
    auto work = [what = std::move(what)](crypto::context const& with) {
        if (!what.is_new) return;
        if (what.before) return what.before->save(with);
        crypto::own_identity::forget(with);
    };
    co_await machine_.run(std::move(work));
}

asio::awaitable<result<void>> identity_replacement::publish(json::object keys) {
    auto upload = call::post(client_path({"keys", "device_signing", "upload"})).again().named("replacing the account's identity");
    co_return co_await confirmed_(std::move(upload), std::move(keys));
}

asio::awaitable<result<void>> identity_replacement::sign(json::object signature) {
    auto request = call::post(client_path({"keys", "signatures", "upload"})).body(signature).again().named("signing this device");
    auto const done = co_await api_->request(std::move(request));
    if (!done) co_return done.error();
    auto const* failures = base::find_object(*done, "failures");
    if (failures == nullptr || failures->empty()) co_return result<void>();
    co_return error(error_kind::protocol, "the homeserver does not take the signature of this device");
}

asio::awaitable<result<identity_replacement::outcome>> identity_replacement::run() {
    auto const shown = co_await ask_shown_identity(*api_, *session_);
    if (!shown) co_return shown.error();
    outcome found;
    found.state.device = session_->device();
    auto const next = co_await prepare(*shown);
    found.seen.master_key = next.identity.master();
    found.seen.was_replaced = next.is_new;
    auto const is_fresh = co_await keep(next.identity);
    if (!is_fresh) {
        co_await undo(next);
        co_return is_fresh.error();
    }
    if (next.keys) {
        auto const published = co_await publish(*next.keys);
        bool const is_refused = !published && !may_repeat(published.error(), true);
        if (is_refused) co_await undo(next);
        if (!published) co_return published.error();
    }
    if (next.signature) {
        auto const is_signed = co_await sign(*next.signature);
        if (!is_signed) co_return is_signed.error();
    }
    if (*is_fresh) {
        auto const chosen = co_await fresh_.choose();
        if (!chosen) co_return chosen.error();
    }
    found.seen.has_fresh_key = *is_fresh;
    found.state.fingerprint = next.fingerprint;
    found.state.is_cross_signed = true;
    found.state.is_recoverable = true;
    if (next.is_new) log_.warning("the account has another identity by now", {{"identity", found.seen.master_key}});
    co_return found;
}

}  // namespace chatrixcd::matrix::detail
