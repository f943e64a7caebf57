// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chatrixcd/base/signals.hpp>
#include <support/run_coroutine.hpp>

namespace asio = boost::asio;
namespace base = chatrixcd::base;
namespace test = chatrixcd::test;

namespace {

asio::awaitable<void> raise_it(asio::io_context& loop, int number) {
    co_await asio::post(loop, asio::use_awaitable);
    ::raise(number);
}

// In a process of its own: the number that the wait returned, then, if `again`, a second signal while nobody waits.
int exit_status(int number, bool again) {
    pid_t const child = ::fork();
    if (child == 0) {
        asio::io_context loop(1);
        asio::co_spawn(loop, raise_it(loop, number), [](std::exception_ptr) {});
        int const got = test::run_coroutine(loop, base::wait_for_stop_signal(loop.get_executor()));
        if (again) ::raise(number);
        ::_exit(got);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

TEST_SUITE("base::wait_for_stop_signal") {
    TEST_CASE("the first signal is returned, the second ends the process at once") {
        CHECK(exit_status(SIGTERM, /*again=*/false) == SIGTERM);
        CHECK(exit_status(SIGINT, /*again=*/false) == SIGINT);
        CHECK(exit_status(SIGHUP, /*again=*/false) == SIGHUP);
        CHECK(exit_status(SIGTERM, /*again=*/true) == 128 + SIGTERM);
        CHECK(exit_status(SIGINT, /*again=*/true) == 128 + SIGINT);
    }

    TEST_CASE("a signal that whoever started the program has it ignore stays ignored") {
        ::signal(SIGHUP, SIG_IGN);
        pid_t const child = ::fork();
        if (child == 0) {
            asio::io_context loop(1);
            asio::co_spawn(loop, raise_it(loop, SIGHUP), [](std::exception_ptr) {});
            asio::co_spawn(loop, raise_it(loop, SIGTERM), [](std::exception_ptr) {});
            ::_exit(test::run_coroutine(loop, base::wait_for_stop_signal(loop.get_executor())));
        }
        ::signal(SIGHUP, SIG_DFL);
        int status = 0;
        ::waitpid(child, &status, 0);
        CHECK(WEXITSTATUS(status) == SIGTERM);
    }
}
