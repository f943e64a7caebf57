// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/semaphore/testing/listener.hpp>

#include <doctest/doctest.h>
#include <boost/asio/io_context.hpp>

#include <algorithm>

#include <chatrixcd/base/http_client.hpp>
#include <chatrixcd/base/random.hpp>
#include <chatrixcd/semaphore/live.hpp>

#include "support/run_coroutine.hpp"

namespace base = chatrixcd::base;
namespace semaphore = chatrixcd::semaphore;
namespace testing = chatrixcd::semaphore::testing;
namespace test = chatrixcd::test;
using boost::asio::awaitable;
using strings = std::vector<std::string>;

namespace {

testing::script program(strings argv) {
    testing::script does;
    does.program = std::move(argv);
    return does;
}

testing::flavour quick() {
    auto as = testing::flavour::v2_16_sql();
    as.queue_tick = as.log_lags = base::duration(0);
    return as;
}

// A double on a port, and a client of it.
class listening {
public:
    listening() : server(*time, quick()), web(server.add_project("web")) {
        server.set_token("a token of this test");
        on = testing::listener::open(loop.get_executor(), server).value();
    }
    ~listening() { wait(on->stop()); }

    template <class T>
    T wait(awaitable<T> work) {
        return test::run_coroutine(loop, std::move(work));
    }
    semaphore::client client(std::string const& token = "a token of this test") {
        semaphore::client_options how("http://127.0.0.1:" + std::to_string(on->port()), semaphore::credentials::token(base::secret(token)));
        return semaphore::client::make(*network, *time, *random, std::move(how)).value();
    }
    // The statuses that are told of the task until its end, and what it printed.
    awaitable<std::string> story(semaphore::client& of, semaphore::template_id what, strings& lines, bool stops) {
        auto live = co_await semaphore::connect_live(of, *dialer);
        semaphore::new_task wanted(what);
        wanted.variables = {{"version", "1 $(id)"}};
        auto const started = co_await of.start(web, std::move(wanted));
        std::string told;
        for (;;) {
            auto message = co_await live->next();
            if (!message) co_return "no end: " + message.error().describe();
            if (auto const* line = std::get_if<semaphore::task_line>(&*message)) lines.push_back(line->text);
            auto const* update = std::get_if<semaphore::task_update>(&*message);
            if (update == nullptr) continue;
            told += update->raw_status + " ";
            if (update->end) co_return told;
            if (stops && update->raw_status == "running") (void)co_await of.stop(web, started->id, /*force=*/false);
        }
    }

    boost::asio::io_context loop{1};
    std::unique_ptr<base::clock> time = base::make_system_clock();
    std::unique_ptr<base::random> random = base::make_seeded_random(1);
    std::unique_ptr<base::http::transport> network = base::http::make_client(loop.get_executor());
    std::unique_ptr<base::http::websocket_dialer> dialer = base::http::make_websocket_dialer(loop.get_executor(), *time);
    testing::server server;
    semaphore::project_id web;
    std::unique_ptr<testing::listener> on;
};

}  // namespace

TEST_SUITE("semaphore::testing::listener") {
    TEST_CASE("a task's program really runs, gets its variables as arguments, and its lines and end are told as they come") {
        listening world;
        auto const job =
            world.server.add_template(world.web, "hello", program({"/bin/sh", "-c", R"(echo "got $1"; printf unended)", "hello"}));
        auto client = world.client();
        strings lines;
        auto const told = world.wait(world.story(client, job, lines, /*stops=*/false));
        CHECK(told.ends_with("success success "));
        auto const has = [&](std::string const& line) { return std::ranges::find(lines, line) != lines.end(); };
        CHECK(has("got version=1 $(id)"));
        CHECK(has("unended"));
    }

    TEST_CASE("a program that fails, or is none, is an error of its task") {
        listening world;
        auto client = world.client();
        for (auto const& argv : {strings{"/bin/sh", "-c", "exit 3"}, strings{"/no/such/program"}}) {
            auto const job = world.server.add_template(world.web, "fails", program(argv));
            strings lines;
            CHECK(world.wait(world.story(client, job, lines, /*stops=*/false)).ends_with("error error "));
        }
    }

    TEST_CASE("a stop ends the program, though it would run for an hour") {
        listening world;
        auto client = world.client();
        auto const job = world.server.add_template(world.web, "slow", program({"/bin/sleep", "3600"}));
        strings lines;
        CHECK(world.wait(world.story(client, job, lines, /*stops=*/true)).ends_with("stopped stopped "));
    }

    TEST_CASE("a stop that comes before the program, and one that is forced on a program that does not listen, end the task") {
        listening world;
        auto client = world.client();
        auto const at_once = [&](semaphore::template_id what, bool force) -> awaitable<std::string> {
            auto live = co_await semaphore::connect_live(client, *world.dialer);
            auto const started = co_await client.start(world.web, semaphore::new_task(what));
            if (!force) (void)co_await client.stop(world.web, started->id, force);
            for (;;) {
                auto message = co_await live->next();
                if (!message) co_return "no end";
                auto const* line = std::get_if<semaphore::task_line>(&*message);
                if (force && line != nullptr && line->text == "deaf") (void)co_await client.stop(world.web, started->id, force);
                auto const* update = std::get_if<semaphore::task_update>(&*message);
                if (update != nullptr && update->end) co_return update->raw_status;
            }
        };
        auto const slow = world.server.add_template(world.web, "slow", program({"/bin/sleep", "3600"}));
        CHECK(world.wait(at_once(slow, /*force=*/false)) == "stopped");
        auto const deaf = world.server.add_template(world.web, "deaf", program({"/bin/sh", "-c", "trap '' TERM; echo deaf; sleep 3600"}));
        CHECK(world.wait(at_once(deaf, /*force=*/true)) == "stopped");
    }

    TEST_CASE("requests and answers can be lost on their way, and what was done is found") {
        listening world;
        auto client = world.client();
        auto const job = world.server.add_template(world.web, "hello", program({"/bin/true"}));
        auto const start = [&] { return world.wait(client.start(world.web, semaphore::new_task(job))); };
        auto const count = [&] { return world.wait(client.tasks(world.web)).value().size(); };
        world.server.lose_next_answer();
        CHECK(start().error().kind() == base::error_kind::timeout_unknown);
        CHECK(count() == 1);
        world.server.deliver_next_start_after(base::duration(0));
        CHECK(start().error().kind() == base::error_kind::timeout_unknown);
        CHECK(count() == 2);
        // What only reads is asked again by the client itself.
        world.server.drop_next_request();
        CHECK(count() == 2);
        CHECK(start().has_value());
    }

    TEST_CASE("a token that is not the server's is refused, by calls and by live connections") {
        listening world;
        auto stranger = world.client("another");
        CHECK(world.wait(stranger.projects()).error().kind() == base::error_kind::unauthorized);
        auto const connecting = [&]() -> awaitable<base::result<void>> {
            auto const opened = co_await semaphore::connect_live(stranger, *world.dialer);
            if (!opened) co_return opened.error();
            co_return base::result<void>();
        };
        CHECK(world.wait(connecting()).error().kind() == base::error_kind::unauthorized);
    }
}
