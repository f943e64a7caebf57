// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/base/notifier.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <cstdint>
#include <utility>

namespace chatrixcd::base {

namespace asio = boost::asio;

// A timer that never fires: notify_all() cancels the waits on it. The round tells a notification from a cancellation, since both
// arrive as operation_aborted.
struct notifier::state {
    explicit state(asio::any_io_executor executor) : never(std::move(executor), asio::steady_timer::time_point::max()) {}
    asio::steady_timer never;
    std::uint64_t round = 0;
};

notifier::notifier(asio::any_io_executor executor) : state_(std::make_shared<state>(std::move(executor))) {}
notifier::~notifier() = default;

void notifier::notify_all() {
    ++state_->round;
    state_->never.cancel();
}

asio::awaitable<void> notifier::wait() {
    auto const self = state_;
    auto const round = self->round;
    boost::system::error_code ended;
    co_await self->never.async_wait(asio::redirect_error(asio::use_awaitable, ended));
    // A wait that was notified and cancelled at once counts as notified: the cancellation shows at the next co_await.
    if (self->round == round) throw boost::system::system_error(asio::error::operation_aborted);
}

asio::awaitable<void> notifier::wait_to_the_end() {
    auto const self = state_;
    boost::system::error_code ended;
    // An empty slot hides the coroutine's own from the timer.
    auto unheard = asio::bind_cancellation_slot(asio::cancellation_slot(), asio::redirect_error(asio::use_awaitable, ended));
    co_await self->never.async_wait(unheard);
}

}  // namespace chatrixcd::base
