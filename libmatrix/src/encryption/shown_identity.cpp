// SPDX-License-Identifier: Apache-2.0
#include "encryption/shown_identity.hpp"

#include <utility>
#include <vector>

#include <chatrixcd/base/json_reader.hpp>

#include "crypto/devices/device_lists.hpp"
#include "crypto/keys/device_keys.hpp"

namespace chatrixcd::matrix::detail {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

constexpr std::size_t most_bytes = 1U << 20U;

json::object const* own_part(json::object const& answer, std::string_view member, user_id const& me) {
    auto const* all = base::find_object(answer, member);
    return all == nullptr ? nullptr : base::find_object(*all, me.str());
}

bool is_complete(json::object const& answer) {
    auto const* failures = base::find_object(answer, "failures");
    return base::find_object(answer, "device_keys") != nullptr && (failures == nullptr || failures->empty());
}

}  // namespace

shown_identity::shown_identity(json::object answer, user_id const& me)
    : answer_(std::move(answer)),
      exists_(own_part(answer_, "master_keys", me) != nullptr),
      keys_(crypto::read_user_keys(own_part(answer_, "master_keys", me), own_part(answer_, "self_signing_keys", me),
                                   own_part(answer_, "user_signing_keys", me), me)) {}

bool shown_identity::is_whole() const noexcept {
    return !keys_.master.empty() && !keys_.self_signing.empty() && !keys_.user_signing.empty();
}

bool shown_identity::fits(crypto::own_identity const& held) const {
    auto const ours = held.public_keys();
    auto const is_same = [](std::string const& own, std::string const& theirs) { return theirs.empty() || theirs == own; };
    return ours.master == keys_.master && is_same(ours.self_signing, keys_.self_signing) && is_same(ours.user_signing, keys_.user_signing);
}

bool shown_identity::has_signed(crypto::context const& device) const {
    auto const* devices = own_part(answer_, "device_keys", device.me);
    auto const* here = devices == nullptr ? nullptr : base::find_object(*devices, device.device.str());
    if (here == nullptr) return false;
    auto const read = crypto::read_device_keys(*here, device.me, device.device);
    return read && crypto::is_cross_signed(*read, keys_);
}

error identity_unanswered() { return error(error_kind::unavailable, "the homeserver does not say which identity the account has"); }

asio::awaitable<result<shown_identity>> ask_shown_identity(api& homeserver, session const& who) {
    std::vector<crypto::query_entry> me;
    me.push_back({who.user(), 0});
    auto request = call::post(client_path({"keys", "query"})).body(crypto::query_body(me)).again().max_response(most_bytes);
    auto answer = co_await homeserver.request(std::move(request).named("asking for our own identity"));
    if (!answer) co_return answer.error();
    if (!is_complete(*answer)) co_return identity_unanswered();
    co_return shown_identity(std::move(*answer), who.user());
}

}  // namespace chatrixcd::matrix::detail
