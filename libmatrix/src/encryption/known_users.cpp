// SPDX-License-Identifier: Apache-2.0
// What encryption knows of others, for people who ask for it; and the keys by which they know others themselves.
#include <utility>

#include "crypto/devices/device_table.hpp"
#include "crypto/devices/trusted_keys.hpp"
#include "crypto/figures.hpp"
#include "crypto/olm/wedged.hpp"
#include "crypto/verification/verified_table.hpp"
#include "encryption/encryption.hpp"

namespace chatrixcd::matrix::detail {

namespace asio = boost::asio;

namespace {

user_identity identity_in(crypto::context const& with, user_id const& user) {
    user_identity found;
    found.user = user;
    found.is_current = crypto::is_current(with, user);
    if (auto const identity = crypto::find_identity(with, user)) {
        found.master_key = identity->keys.master;
        found.has_changed = identity->changed;
        found.is_verified = crypto::is_verified(with, user, identity->keys.master);
    }
    for (auto const& row : crypto::devices_of(with, user)) {
        known_device device;
        device.id = row.device;
        device.name = row.name;
        device.fingerprint = row.ed25519;
        device.is_cross_signed = row.is_cross_signed;
        device.is_trusted = row.is_cross_signed && crypto::is_trusted_device(with, user, row.ed25519);
        found.devices.push_back(std::move(device));
    }
    return found;
}

}  // namespace

asio::awaitable<void> encryption::trust(std::vector<trusted_key> keys) {
    auto work = [keys = std::move(keys)](crypto::context const& with) { crypto::set_trusted_keys(with, keys); };
    co_await machine_.run(std::move(work));
}

asio::awaitable<result<user_identity>> encryption::identity_of(user_id user) {
    auto const learned = co_await learn(user);
    if (!learned) co_return learned.error();
    auto look = [user](crypto::context const& with) { return identity_in(with, user); };
    co_return co_await machine_.run(std::move(look));
}

asio::awaitable<result<void>> encryption::renew_session(user_id user, device_id device) {
    if (user == session_->user() && device == session_->device()) co_return error(error_kind::invalid, "that is this device itself");
    auto const learned = co_await learn(user);
    if (!learned) co_return learned.error();
    auto note = [user, device](crypto::context const& with) {
        std::pair<std::optional<crypto::device_row>, base::duration> found;
        found.first = crypto::find_device(with, user, device);
        if (found.first) found.second = crypto::note_wedged(with, user, found.first->curve25519);
        return found;
    };
    auto const noted = co_await machine_.run(std::move(note));
    auto const too_early = noted.second;
    if (!noted.first) co_return error(error_kind::not_found, user.str() + " has no device " + device.str());
    if (too_early > base::duration::zero()) {
        co_return error(error_kind::rate_limited, "a session with that device was begun anew less than an hour ago")
            .with_retry_after(too_early);
    }
    while (busy_) co_await changed_.wait();
    turn const mine(*this);
    std::vector<crypto::device_row> only{*noted.first};
    auto const without = co_await begin_anew(std::move(only));
    if (!without) {
        wake();
        co_return without.error();
    }
    if (!without->empty()) co_return error(error_kind::unavailable, "the device has no keys left with which a session could begin");
    auto const sent = co_await flush();
    if (!sent) wake();
    co_return sent;
}

asio::awaitable<result<encryption_figures>> encryption::figures() { co_return co_await machine_.run(crypto::count_all); }

}  // namespace chatrixcd::matrix::detail
