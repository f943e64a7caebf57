// SPDX-License-Identifier: Apache-2.0
#include "encryption/identification.hpp"

#include <utility>
#include <vector>

#include <chatrixcd/base/json_reader.hpp>

#include "crypto/devices/device_lists.hpp"
#include "crypto/keys/cross_signing_keys.hpp"
#include "crypto/keys/device_keys.hpp"
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

namespace {

constexpr std::size_t most_bytes = 1U << 20U;

json::object const* own_part(json::object const& answer, std::string_view member, user_id const& me) {
    auto const* all = base::find_object(answer, member);
    return all == nullptr ? nullptr : base::find_object(*all, me.str());
}

crypto::user_keys published_keys(json::object const& answer, user_id const& me) {
    return crypto::read_user_keys(own_part(answer, "master_keys", me), own_part(answer, "self_signing_keys", me),
                                  own_part(answer, "user_signing_keys", me), me);
}

bool is_complete(json::object const& answer) {
    auto const* failures = base::find_object(answer, "failures");
    return base::find_object(answer, "device_keys") != nullptr && (failures == nullptr || failures->empty());
}

// What is there and cannot be read is somebody's all the same.
bool has_identity(json::object const& answer, user_id const& me) { return own_part(answer, "master_keys", me) != nullptr; }

bool fits(crypto::own_identity const& held, crypto::user_keys const& there) {
    auto const keys = held.public_keys();
    auto const is_same = [](std::string const& ours, std::string const& theirs) { return theirs.empty() || theirs == ours; };
    return keys.master == there.master && is_same(keys.self_signing, there.self_signing) && is_same(keys.user_signing, there.user_signing);
}

bool is_signed_by(json::object const& answer, crypto::context const& with, crypto::user_keys const& by) {
    auto const* devices = own_part(answer, "device_keys", with.me);
    auto const* here = devices == nullptr ? nullptr : base::find_object(*devices, with.device.str());
    if (here == nullptr) return false;
    auto const read = crypto::read_device_keys(*here, with.me, with.device);
    return read && crypto::is_cross_signed(*read, by);
}

error unanswered() { return error(error_kind::unavailable, "the homeserver does not say which identity the account has"); }

}  // namespace

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

void identification::conclude(own_identity_state found) {
    if (found.is_cross_signed) {
        log_.info("this device belongs to the account's identity", {{"device", found.device.str()}, {"fingerprint", found.fingerprint}});
    }
    if (!found.problem.empty()) log_.warning(found.problem);
    state_ = std::move(found);
}

asio::awaitable<result<json::object>> identification::ask() {
    std::vector<crypto::query_entry> me;
    me.push_back({session_->user(), 0});
    auto request = call::post(client_path({"keys", "query"})).body(crypto::query_body(me)).again().max_response(most_bytes);
    auto answer = co_await api_->request(std::move(request).named("asking for our own identity"));
    if (answer && !is_complete(*answer)) co_return unanswered();
    co_return answer;
}

asio::awaitable<result<identification::plan>> identification::look(json::object answer) {
    auto work = [answer = std::move(answer), fresh = crypto::own_identity::make(with_->random)](crypto::context const& with) {
        plan made;
        auto const there = published_keys(answer, with.me);
        crypto::own_device device(with);
        made.fingerprint = device.keys().ed25519();
        made.identity = crypto::own_identity::load(with);
        made.is_foreign = has_identity(answer, with.me) && (!made.identity || !fits(*made.identity, there));
        if (made.is_foreign) return made;
        if (!made.identity) {
            fresh.save(with);
            made.identity = fresh;
        }
        if (there.master.empty() || there.self_signing.empty() || there.user_signing.empty()) {
            made.keys = made.identity->upload_body(with, device);
        }
        if (made.keys || !is_signed_by(answer, with, there)) made.signature = made.identity->signature_body(with, device);
        return made;
    };
    co_return co_await machine_.run(std::move(work));
}

asio::awaitable<result<void>> identification::identify(own_identity_state& found) {
    auto const answer = co_await ask();
    if (!answer) co_return answer.error();
    auto next = co_await look(*answer);
    if (!next) co_return next.error();
    found.fingerprint = next->fingerprint;
    // An identity that lies in the secret storage is the account's, though it was never published.
    bool const is_unpublished = next->keys.has_value() && !has_identity(*answer, session_->user());
    if (next->is_foreign || (is_unpublished && vault_)) {
        auto const restored = co_await restore(*answer);
        if (!restored && may_repeat(restored.error(), true)) co_return restored.error();
        if (!restored && next->is_foreign) {
            found.problem =
                "the account has an identity that this device does not hold, so that others see a device that nobody vouches for: " +
                restored.error().describe();
            co_return result<void>();
        }
        if (restored) next = co_await look(*answer);
        if (!next) co_return next.error();
        if (next->is_foreign) co_return unanswered();
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
asio::awaitable<result<void>> identification::restore(json::object answer) {
    if (!vault_)
        co_return error(error_kind::not_found, "no recovery key was given").with_hint("Give the client the account's recovery key");
    auto const fetched = co_await vault_->fetch();
    if (!fetched) co_return fetched.error();
    auto const there = published_keys(answer, session_->user());
    if (has_identity(answer, session_->user()) && !fits(*fetched, there)) {
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
    auto const answer = co_await ask();
    if (!answer) co_return answer.error();
    auto const there = published_keys(*answer, session_->user());
    bool const is_anothers = has_identity(*answer, session_->user()) && there.master != identity.master();
    bool const is_whole = !there.self_signing.empty() && !there.user_signing.empty();
    if (is_anothers || is_whole) co_return error(error_kind::unavailable, "the account has got an identity meanwhile");
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
