// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/semaphore/live.hpp>

#include <doctest/doctest.h>

#include <algorithm>

#include <chatrixcd/base/task_group.hpp>
#include <chatrixcd/base/timeout.hpp>
#include <chatrixcd/semaphore/task_feed.hpp>
#include <chatrixcd/semaphore/testing/double.hpp>

#include "scripted_dialer.hpp"
#include "scripted_server.hpp"

namespace base = chatrixcd::base;
namespace http = chatrixcd::base::http;
namespace semaphore = chatrixcd::semaphore;
namespace test = chatrixcd::test;
using semaphore::read_live_message;
using strings = std::vector<std::string>;
using namespace std::chrono_literals;

namespace {

template <class T>
T read(std::string const& text) {
    auto const message = read_live_message(text);
    REQUIRE(std::holds_alternative<T>(message));
    return std::get<T>(message);
}

semaphore::project_id const web{1};

// A feed that listens to a double and asks it.
class double_fixture {
public:
    explicit double_fixture(semaphore::testing::flavour as = semaphore::testing::flavour::v2_16_sql())
        : server(time, std::move(as)), client(make()), feed(client, time) {
        server.add_project("Web");
        semaphore::testing::script slow;
        slow.prints = {"one", "two"};
        slow.lasts = 10s;
        deploy = server.add_template(web, "Deploy", slow);
        listening.spawn(feed.listen(*dialer, *random));
    }
    ~double_fixture() {
        listening.cancel();
        test::run_virtual(loop, time, listening.join());
    }
    semaphore::client make() {
        semaphore::client_options how("https://ci.example.org", semaphore::credentials::token(base::secret(server.token)));
        return semaphore::client::make(*network, time, *random, std::move(how)).value();
    }
    template <class T>
    T run(boost::asio::awaitable<T> work) {
        return test::run_virtual(loop, time, std::move(work));
    }
    semaphore::task_id start() {
        auto const made = run(client.start(web, semaphore::new_task(deploy))).value();
        feed.follow(web, made.id);
        return made.id;
    }
    // What becomes of the task until it has ended, or nothing is told for an hour.
    strings story() {
        strings seen;
        for (;;) {
            auto const news = run(base::with_timeout(time, feed.next(), 1h));
            if (!news) return seen;
            seen.push_back(*news ? (*news)->raw_status : std::string(to_string(news->error().kind())));
        }
    }
    void wait(base::duration span) { run(time.sleep(span)); }

    boost::asio::io_context loop;
    base::virtual_clock time;
    std::unique_ptr<base::random> random = base::make_seeded_random(1);
    semaphore::testing::server server;
    std::unique_ptr<http::transport> network = server.transport();
    std::unique_ptr<http::websocket_dialer> dialer = server.dialer();
    semaphore::client client;
    semaphore::task_feed feed;
    semaphore::template_id deploy;
    base::task_group listening{loop.get_executor(), nullptr};
};

}  // namespace

TEST_SUITE("semaphore::live") {
    TEST_CASE("an update names a task and its status") {
        auto const update = read<semaphore::task_update>(
            R"({"end":null,"project_id":1,"start":"2024-10-25T00:05:14+00:00","status":"running","task_id":12,"template_id":3,"type":"update","version":"1.4"})");
        CHECK(update.project == web);
        CHECK(update.task == semaphore::task_id(12));
        CHECK(update.of == semaphore::template_id(3));
        CHECK(update.raw_status == "running");
        CHECK(update.start.has_value());
        CHECK_FALSE(update.end.has_value());
        CHECK(update.version == "1.4");
    }

    TEST_CASE("a line names a task and what it printed") {
        auto const line =
            read<semaphore::task_line>(R"({"output":"Hello","project_id":1,"task_id":12,"time":"2024-10-25T00:05:14Z","type":"log"})");
        CHECK(line.task == semaphore::task_id(12));
        CHECK(line.text == "Hello");
    }

    TEST_CASE("what is of another kind, or says too little, is no error") {
        CHECK(read<semaphore::other_message>(R"({"type":"weather"})").type == "weather");
        CHECK(read<semaphore::other_message>(R"({"type":"update","status":"running"})").type == "update");
        CHECK(read<semaphore::other_message>("<html>").type.empty());
        CHECK(read<semaphore::other_message>("[1]").type.empty());
    }

    TEST_CASE_FIXTURE(test::semaphore_fixture, "a connection shows the token, and a refusal says why") {
        auto client = make();
        test::scripted_dialer dialer(loop.get_executor());
        CHECK(run(connect_live(client, dialer)));
        CHECK(dialer.requests.front().url == "https://ci.example.org/api/ws");
        CHECK(dialer.requests.front().headers.get("Authorization") == "Bearer t0ken");
        auto const refused_by = [&](unsigned status, std::string body) {
            dialer.refuse(http::response(status, std::move(body), "text/plain; charset=utf-8"));
            return run(connect_live(client, dialer)).error().kind();
        };
        CHECK(refused_by(401, "") == base::error_kind::unauthorized);
        CHECK(refused_by(404, "Not Found\n") == base::error_kind::unsupported);
        CHECK(refused_by(400, "Bad Request\n") == base::error_kind::unsupported);
        CHECK(refused_by(404, "") == base::error_kind::unsupported);
        CHECK(refused_by(502, "") == base::error_kind::timeout_unknown);
        CHECK(refused_by(200, "<html>") == base::error_kind::unsupported);
    }

    TEST_CASE_FIXTURE(test::semaphore_fixture, "who has a password logs in first, and again when the cookie has expired") {
        server.on("POST /api/auth/login", 204).with_cookie("POST /api/auth/login", "semaphore=first; Path=/");
        server.on("POST /api/auth/login", 204).with_cookie("POST /api/auth/login", "semaphore=second; Path=/");
        auto client = make(semaphore::credentials::password("bot", base::secret("pa55")));
        test::scripted_dialer dialer(loop.get_executor());
        CHECK(run(connect_live(client, dialer)));
        CHECK(dialer.requests.back().headers.get("Cookie") == "semaphore=first");
        dialer.refuse(http::response(401));
        CHECK(run(connect_live(client, dialer)));
        CHECK(dialer.requests.back().headers.get("Cookie") == "semaphore=second");
        CHECK(dialer.requests.size() == 3);
    }
}

TEST_SUITE("semaphore::task_feed that listens") {
    TEST_CASE_FIXTURE(double_fixture, "each status is told once, as it comes, and hardly anything is asked") {
        wait(1s);
        REQUIRE(feed.is_listening());
        auto const before = server.requests();
        start();
        CHECK(story() == strings{"waiting", "running", "success"});
        // The start, a look because of it, and after the end nobody asks about a project that was not added.
        CHECK(server.requests() - before <= 3);
    }

    TEST_CASE_FIXTURE(double_fixture, "what happened while nobody listened is asked for") {
        wait(1s);
        start();
        CHECK(run(feed.next()).value().raw_status == "waiting");
        server.cut_live(/*and_refuse=*/true);
        wait(1s);
        CHECK_FALSE(feed.is_listening());
        CHECK(story() == strings{"running", "success"});
        server.allow_live();
        wait(2min);
        CHECK(feed.is_listening());
        CHECK(server.live_connections() == 1);
        start();
        CHECK(story() == strings{"waiting", "running", "success"});
    }

    TEST_CASE_FIXTURE(double_fixture, "an end in a short gap is told as soon as the feed has asked") {
        wait(1s);
        start();
        CHECK(run(feed.next()).value().raw_status == "waiting");
        CHECK(run(feed.next()).value().raw_status == "running");
        // The task ends ten seconds after it began to run; just before, the server spoke of it.
        wait(9s);
        server.cut_live(/*and_refuse=*/true);
        wait(2s);
        server.allow_live();
        auto const before = time.uptime();
        CHECK(run(feed.next()).value().raw_status == "success");
        CHECK(time.uptime() - before < 6s);
    }

    TEST_CASE_FIXTURE(test::semaphore_fixture, "what a list may have known too early is asked for again when that is over") {
        constexpr char const* last_of_1 = "GET /api/project/1/tasks/last?limit=200";
        server.on(last_of_1, 200, R"([{"id":7,"project_id":1,"status":"waiting"}])")
            .on(last_of_1, 200, R"([{"id":7,"project_id":1,"status":"success"}])");
        auto client = make();
        test::scripted_dialer dialer(loop.get_executor());
        semaphore::task_feed feed(client, time);
        base::task_group listening(loop.get_executor(), nullptr);
        listening.spawn(feed.listen(dialer, *random));
        feed.follow(web, semaphore::task_id(7));
        CHECK(run(feed.next()).value().raw_status == "waiting");
        dialer.say(R"({"type":"update","project_id":1,"task_id":7,"template_id":3,"status":"running"})");
        CHECK(run(feed.next()).value().raw_status == "running");
        // Its end is never said. Another task makes the feed ask, too early to believe what it hears.
        dialer.say(R"({"type":"update","project_id":1,"task_id":8,"template_id":3,"status":"waiting"})");
        auto const before = time.uptime();
        CHECK(run(feed.next()).value().raw_status == "success");
        CHECK(time.uptime() - before < 7s);
        listening.cancel();
        run(listening.join());
    }

    TEST_CASE_FIXTURE(double_fixture, "a connection that is cut again and again is opened ever more seldom") {
        std::size_t cuts = 0;
        auto const begin = time.uptime();
        for (; time.uptime() - begin < 30min; ++cuts) {
            while (server.live_connections() == 0) wait(100ms);
            server.cut_live();
            wait(200ms);
        }
        // The pauses are drawn from up to a minute.
        CHECK(cuts < 200);
        start();
        CHECK(story() == strings{"waiting", "running", "success"});
    }

    TEST_CASE("a feed that asks and listens tells the same of older servers") {
        double_fixture old(semaphore::testing::flavour::v2_10_bolt());
        old.start();
        CHECK(old.story() == strings{"waiting", "running", "success"});
    }

    TEST_CASE_FIXTURE(test::semaphore_fixture, "a list that is older than what the server has said takes nothing back") {
        constexpr char const* last_of_1 = "GET /api/project/1/tasks/last?limit=200";
        server.on(last_of_1, 200, R"([{"id":7,"project_id":1,"status":"waiting"}])");
        auto client = make();
        test::scripted_dialer dialer(loop.get_executor());
        semaphore::task_feed feed(client, time);
        base::task_group listening(loop.get_executor(), nullptr);
        listening.spawn(feed.listen(dialer, *random));
        feed.follow(web, semaphore::task_id(7));
        CHECK(run(feed.next()).value().raw_status == "waiting");
        auto const say = [&](std::string const& status) {
            dialer.say(R"({"type":"update","project_id":1,"task_id":7,"template_id":3,"status":")" + status + R"("})");
        };
        say("running");
        CHECK(run(feed.next()).value().raw_status == "running");
        // Another task makes the feed ask: the list still says "waiting".
        dialer.say(R"({"type":"update","project_id":1,"task_id":8,"template_id":3,"status":"waiting"})");
        CHECK_FALSE(run(base::with_timeout(time, feed.next(), 4s)));
        say("success");
        say("success");
        CHECK(run(feed.next()).value().raw_status == "success");
        CHECK_FALSE(run(base::with_timeout(time, feed.next(), 4s)));
        listening.cancel();
        run(listening.join());
    }

    TEST_CASE_FIXTURE(test::semaphore_fixture, "a proxy that passes no WebSockets on costs nothing but the try") {
        auto client = make();
        test::scripted_dialer dialer(loop.get_executor());
        for (int i = 0; i < 1000; ++i) dialer.refuse(http::response(400, "Bad Request\n", "text/plain"));
        semaphore::task_feed feed(client, time);
        base::task_group listening(loop.get_executor(), nullptr);
        listening.spawn(feed.listen(dialer, *random));
        run(time.sleep(1h));
        CHECK_FALSE(feed.is_listening());
        CHECK(dialer.requests.size() < 200);
        listening.cancel();
        run(listening.join());
    }
}
