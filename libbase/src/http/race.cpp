// SPDX-License-Identifier: Apache-2.0
#include "http/race.hpp"

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <exception>
#include <optional>

#include <chatrixcd/base/notifier.hpp>
#include <chatrixcd/base/task_group.hpp>
#include <chatrixcd/base/timeout.hpp>

namespace chatrixcd::base::http {

namespace {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;

constexpr duration head_start{250};  // RFC 8305, 5: recommended
constexpr std::size_t most_addresses = 16;
constexpr std::size_t most_shown = 6;

std::string shown(tcp::endpoint const& where) {
    auto const address = where.address();
    return address.is_v6() ? "[" + address.to_string() + "]" : address.to_string();
}

// One race. The runners share it; it lives in the frame of race(), which joins them.
class runners {
public:
    runners(asio::any_io_executor const& executor, clock& time, endpoints addresses, dial connect, tried_addresses& tried)
        : time_(time),
          addresses_(std::move(addresses)),
          connect_(std::move(connect)),
          tried_(tried),
          changed_(executor),
          tasks_(executor, [this](std::exception_ptr why) {
              broken_ = std::move(why);
              call_on();
          }) {}

    // Until one has won, or all have failed.
    asio::awaitable<void> run() {
        for (auto const& where : addresses_) {
            called_on_ = false;
            tasks_.spawn(try_one(where));
            co_await detail::wait_until_done(time_, changed_, called_on_, head_start);
            if (decided()) co_return;
        }
        while (!decided()) co_await changed_.wait();
    }
    asio::awaitable<void> end() {
        tasks_.cancel();
        co_await tasks_.join();
    }
    void rethrow_if_broken() const {
        if (broken_) std::rethrow_exception(broken_);
    }
    std::optional<tcp::socket>& winner() noexcept { return winner_; }

private:
    bool decided() const { return winner_ || broken_ || failed_ == addresses_.size(); }

    asio::awaitable<void> try_one(tcp::endpoint where) {
        tried_.begins(where);
        auto connected = co_await connect_(where);
        if (!connected) {
            ++failed_;
            tried_.failed(where, connected.error().message());
        } else if (!winner_) {
            winner_.emplace(std::move(*connected));
        }
        call_on();
    }
    void call_on() {
        called_on_ = true;
        changed_.notify_all();
    }

    clock& time_;
    endpoints addresses_;
    dial connect_;
    tried_addresses& tried_;
    notifier changed_;
    bool called_on_ = false;  // somebody has won or failed: the head start is over
    std::size_t failed_ = 0;
    std::optional<tcp::socket> winner_;
    std::exception_ptr broken_;
    task_group tasks_;
};

}  // namespace

endpoints in_turns(endpoints const& found) {
    endpoints first;
    endpoints second;
    for (auto const& where : found) {
        auto& family = first.empty() || first.front().protocol() == where.protocol() ? first : second;
        if (std::find(family.begin(), family.end(), where) == family.end()) family.push_back(where);
    }
    endpoints ordered;
    for (std::size_t i = 0; i < std::max(first.size(), second.size()); ++i) {
        if (i < first.size()) ordered.push_back(first[i]);
        if (i < second.size()) ordered.push_back(second[i]);
    }
    if (ordered.size() > most_addresses) ordered.resize(most_addresses);
    return ordered;
}

void tried_addresses::begins(tcp::endpoint const& address) { entries_.emplace_back(address, "no answer"); }

void tried_addresses::failed(tcp::endpoint const& address, std::string why) {
    for (auto& [where, outcome] : entries_) {
        if (where != address) continue;
        outcome = std::move(why);
        return;
    }
}

std::string tried_addresses::text() const {
    std::string words;
    for (std::size_t i = 0; i < entries_.size() && i < most_shown; ++i) {
        if (i > 0) words += ", ";
        words += shown(entries_[i].first) + ": " + entries_[i].second;
    }
    if (entries_.size() > most_shown) words += ", and " + std::to_string(entries_.size() - most_shown) + " more";
    return words;
}

asio::awaitable<result<tcp::socket>> race(clock& time, endpoints addresses, dial connect, tried_addresses& tried) {
    auto const executor = co_await asio::this_coro::executor;
    auto const throws = co_await asio::this_coro::throw_if_cancelled();
    runners all(executor, time, std::move(addresses), std::move(connect), tried);
    std::exception_ptr interrupted;
    try {
        co_await all.run();
    } catch (...) {
        interrupted = std::current_exception();
    }
    // Without this, Asio would refuse a cancelled caller the join.
    co_await asio::this_coro::throw_if_cancelled(false);
    co_await all.end();
    co_await asio::this_coro::throw_if_cancelled(throws);
    if (interrupted) std::rethrow_exception(interrupted);
    all.rethrow_if_broken();
    if (all.winner()) co_return std::move(*all.winner());
    co_return error(error_kind::unavailable, tried.text());
}

}  // namespace chatrixcd::base::http
