// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/base/virtual_clock.hpp>

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <map>
#include <utility>

namespace chatrixcd::base {

namespace asio = boost::asio;

namespace {

// A century: later sleepers than that never wake.
constexpr duration longest_sleep = std::chrono::hours(24 * 365 * 100);

struct sleeper {
    asio::steady_timer never;
    bool woken = false;
};

}  // namespace

// Equal keys of a multimap stay in the order of their insertion: who slept first, wakes first.
struct virtual_clock::state {
    using sleepers = std::multimap<duration, sleeper*>;

    // Keeps a sleeper in the list for as long as its coroutine waits, however that ends.
    class bed {
    public:
        bed(std::shared_ptr<state> owner, duration deadline, sleeper& who)
            : owner_(std::move(owner)), who_(who), place_(owner_->asleep.emplace(deadline, &who)) {}
        bed(bed const&) = delete;
        bed& operator=(bed const&) = delete;
        ~bed() {
            if (!who_.woken) owner_->asleep.erase(place_);
        }

    private:
        std::shared_ptr<state> owner_;
        sleeper& who_;
        sleepers::iterator place_;
    };

    duration elapsed{0};
    time_point wall;
    sleepers asleep;
};

virtual_clock::virtual_clock(time_point start) : state_(std::make_shared<state>()) { state_->wall = start; }
virtual_clock::~virtual_clock() = default;

time_point virtual_clock::now() const { return state_->wall; }
duration virtual_clock::uptime() const { return state_->elapsed; }

asio::awaitable<bool> virtual_clock::wait(duration span) {
    if (span <= duration::zero()) co_return true;
    auto const executor = co_await asio::this_coro::executor;
    sleeper me{asio::steady_timer(executor, asio::steady_timer::time_point::max())};
    state::bed const bed(state_, state_->elapsed + std::min(span, longest_sleep), me);
    boost::system::error_code ended;
    co_await me.never.async_wait(asio::redirect_error(asio::use_awaitable, ended));
    co_return me.woken;
}

void virtual_clock::skew(duration by) { state_->wall += by; }

bool virtual_clock::advance() {
    auto& asleep = state_->asleep;
    if (asleep.empty()) return false;
    auto const first = asleep.begin();
    auto const deadline = first->first;
    auto& who = *first->second;
    state_->wall += deadline - state_->elapsed;
    state_->elapsed = deadline;
    asleep.erase(first);
    who.woken = true;
    who.never.cancel();
    return true;
}

bool virtual_clock::run_until(asio::io_context& loop, std::function<bool()> const& done, duration limit) {
    auto const end = state_->elapsed + std::min(limit, longest_sleep);
    while (true) {
        loop.restart();
        while (loop.poll() > 0) loop.restart();
        if (done()) return true;
        if (state_->asleep.empty() || state_->asleep.begin()->first > end) return false;
        advance();
    }
}

}  // namespace chatrixcd::base
