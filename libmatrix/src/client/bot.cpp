// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/matrix/bot.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdio>

#include <chatrixcd/base/environment.hpp>
#include <chatrixcd/base/http_proxy.hpp>
#include <chatrixcd/base/notifier.hpp>
#include <chatrixcd/base/signals.hpp>
#include <chatrixcd/base/task_group.hpp>

#include "state/failure.hpp"

namespace chatrixcd::matrix {

namespace asio = boost::asio;
using detail::words_of;

namespace {

// What the tasks of a program share.
class program {
public:
    program(asio::any_io_executor executor, options how, std::function<asio::awaitable<void>(client&)> bot)
        : bot_(std::move(bot)),
          client_(executor, std::move(how)),
          changed_(executor),
          tasks_(executor, [this](std::exception_ptr e) { note(words_of(e)); }) {}

    // Until the bot has returned, gracefully if a signal came.
    asio::awaitable<void> run() {
        auto const executor = co_await asio::this_coro::executor;
        tasks_.spawn(live());
        tasks_.spawn(listen(executor));
        while (!ended_) co_await changed_.wait();
        tasks_.cancel();
        co_await tasks_.join();
        co_await client_.stop();
        if (auto const why = client_.failure()) note(why->describe());
    }
    std::string const& failure() const noexcept { return failure_; }

private:
    // The first failure is the one to tell.
    void note(std::string words) {
        if (failure_.empty()) failure_ = std::move(words);
    }
    void end() {
        ended_ = true;
        changed_.notify_all();
    }

    asio::awaitable<void> live() {
        try {
            co_await bot_(client_);
        } catch (...) {
            // A cancelled bot has not failed.
            if (!stopping_) note(words_of(std::current_exception()));
        }
        end();
    }

    asio::awaitable<void> listen(asio::any_io_executor executor) {
        co_await base::wait_for_stop_signal(executor);
        stopping_ = true;
        if (client_.is_running()) {
            client_.request_stop();
            // A bot that does not wait in run() is not asked again.
            co_await client_.stop();
        }
        end();
    }

    std::function<asio::awaitable<void>(client&)> bot_;
    client client_;
    base::notifier changed_;
    bool stopping_ = false;
    bool ended_ = false;
    std::string failure_;
    base::task_group tasks_;
};

// A bot reaches its homeserver as the other programs of its machine would.
options with_proxy_of_environment(options how) {
    if (how.all().transport == nullptr && !how.all().proxy)
        how.proxy(base::http::proxy_settings::from_environment(base::environment_variable).value());
    return how;
}

int tell(std::string const& failure) {
    std::fprintf(stderr, "error: %s\n", failure.c_str());
    return 1;
}

}  // namespace

int run_bot(std::function<options()> how, std::function<asio::awaitable<void>(client&)> bot) {
    try {
        asio::io_context loop(1);
        program running(loop.get_executor(), with_proxy_of_environment(how()), std::move(bot));
        std::exception_ptr failure;
        asio::co_spawn(loop, running.run(), [&failure](std::exception_ptr e) { failure = e; });
        loop.run();
        if (failure) std::rethrow_exception(failure);
        return running.failure().empty() ? 0 : tell(running.failure());
    } catch (...) {
        return tell(words_of(std::current_exception()));
    }
}

int run_bot(options how, std::function<asio::awaitable<void>(client&)> bot) {
    return run_bot([how = std::move(how)] { return how; }, std::move(bot));
}

}  // namespace chatrixcd::matrix
