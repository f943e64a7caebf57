// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/base/task_group.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>
#include <cassert>
#include <list>
#include <utility>
#include <vector>

#include <chatrixcd/base/notifier.hpp>

namespace chatrixcd::base {

namespace asio = boost::asio;

struct task_group::state {
    using signals = std::list<std::shared_ptr<asio::cancellation_signal>>;

    state(asio::any_io_executor on, on_failure handler) : executor(std::move(on)), failed(std::move(handler)), changed(executor) {}

    static asio::awaitable<void> run(std::shared_ptr<state> self, asio::awaitable<void> work);
    void finished(signals::iterator place, std::exception_ptr failure);

    asio::any_io_executor executor;
    on_failure failed;
    notifier changed;
    signals running;  // one a task
    bool cancelled = false;
};

namespace {

bool is_cancellation(std::exception_ptr const& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (boost::system::system_error const& e) {
        return e.code() == asio::error::operation_aborted;
    } catch (...) {
        return false;
    }
}

}  // namespace

// Two traps of co_spawn in Boost 1.81: a cancellation before the first step of a coroutine is forgotten, and the completion of one
// that ends cancelled without ever having been suspended is lost, since its last co_await throws outside of everything.
asio::awaitable<void> task_group::state::run(std::shared_ptr<state> self, asio::awaitable<void> work) {
    if (self->cancelled) co_return;
    std::exception_ptr failure;
    try {
        co_await std::move(work);
    } catch (...) {
        failure = std::current_exception();
    }
    co_await asio::this_coro::throw_if_cancelled(false);
    if (failure) std::rethrow_exception(failure);
}

void task_group::state::finished(signals::iterator place, std::exception_ptr failure) {
    running.erase(place);
    bool const expected = !failure || (cancelled && is_cancellation(failure));
    if (!expected && failed) failed(std::move(failure));
    if (running.empty()) changed.notify_all();
}

task_group::task_group(asio::any_io_executor executor, on_failure failed)
    : state_(std::make_shared<state>(std::move(executor), std::move(failed))) {}

task_group::~task_group() { assert(state_->running.empty() && "a task_group must be joined before it is destroyed"); }

void task_group::spawn(asio::awaitable<void> work) {
    if (state_->cancelled) return;
    auto const signal = std::make_shared<asio::cancellation_signal>();
    auto const place = state_->running.insert(state_->running.end(), signal);
    auto finished = [self = state_, place](std::exception_ptr failure) { self->finished(place, std::move(failure)); };
    asio::co_spawn(state_->executor, state::run(state_, std::move(work)),
                   asio::bind_cancellation_slot(signal->slot(), std::move(finished)));
}

void task_group::cancel() {
    state_->cancelled = true;
    // A task may end, or spawn, while it is being told: the copy keeps every signal alive until its emit() has returned.
    std::vector<std::shared_ptr<asio::cancellation_signal>> const told(state_->running.begin(), state_->running.end());
    for (auto const& signal : told) signal->emit(asio::cancellation_type::terminal);
}

asio::awaitable<void> task_group::join() {
    auto const self = state_;
    auto const throws = co_await asio::this_coro::throw_if_cancelled();
    co_await asio::this_coro::throw_if_cancelled(false);
    while (!self->running.empty()) co_await self->changed.wait_to_the_end();
    co_await asio::this_coro::throw_if_cancelled(throws);
}

std::size_t task_group::size() const noexcept { return state_->running.size(); }

}  // namespace chatrixcd::base
