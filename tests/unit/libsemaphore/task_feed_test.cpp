// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/semaphore/task_feed.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include <chatrixcd/base/timeout.hpp>

#include "scripted_server.hpp"

namespace base = chatrixcd::base;
namespace semaphore = chatrixcd::semaphore;
namespace test = chatrixcd::test;
using strings = std::vector<std::string>;

namespace {

constexpr char const* last_of_1 = "GET /api/project/1/tasks/last?limit=200";
semaphore::project_id const web{1};

std::string tasks(std::initializer_list<std::pair<int, std::string>> all) {
    std::string list = "[";
    for (auto const& [id, status] : all) {
        list += (list.size() > 1 ? "," : "") + std::string("{\"id\":") + std::to_string(id) + ",\"project_id\":1,\"status\":\"" + status +
                "\"}";
    }
    return list + "]";
}

class feed_fixture : public test::semaphore_fixture {
public:
    feed_fixture() : client(make()), feed(client, time) { feed.add_project(web); }

    // "7 running"
    std::string next() {
        auto const news = run(feed.next());
        return news ? news->id.str() + " " + news->raw_status : std::string(to_string(news.error().kind()));
    }
    std::string next_within(base::duration span) {
        auto const news = run(base::with_timeout(time, feed.next(), span));
        return news && *news ? (**news).id.str() + " " + (**news).raw_status : "nothing";
    }
    // How often the project was asked about.
    auto rounds() const { return std::ranges::count(server.asked(), last_of_1); }

    semaphore::client client;
    semaphore::task_feed feed;
};

}  // namespace

TEST_SUITE("semaphore::task_feed") {
    TEST_CASE_FIXTURE(feed_fixture, "a hint makes the project be asked at once, and hints in a row not more than every half second") {
        server.on(last_of_1, 200, tasks({{7, "running"}})).on(last_of_1, 200, tasks({{7, "running"}}));
        server.on(last_of_1, 200, tasks({{7, "success"}}));
        CHECK(next_within(std::chrono::seconds(1)) == "nothing");
        feed.hint(web);
        feed.hint(web);
        CHECK(next_within(std::chrono::milliseconds(100)) == "nothing");
        CHECK(rounds() == 2);
        feed.hint(web);
        CHECK(next_within(std::chrono::milliseconds(500)) == "7 success");
        CHECK(rounds() == 3);
        feed.hint(semaphore::project_id(99));
        CHECK(next_within(std::chrono::seconds(5)) == "nothing");
        CHECK(rounds() == 3);
    }

    TEST_CASE_FIXTURE(feed_fixture, "what the first list shows is known, and what changes in it is told") {
        server.on(last_of_1, 200, tasks({{7, "running"}, {6, "success"}}))
            .on(last_of_1, 200, tasks({{7, "running"}, {6, "success"}}))
            .on(last_of_1, 200, tasks({{8, "waiting"}, {7, "success"}, {6, "success"}}));
        CHECK(next() == "8 waiting");
        CHECK(next() == "7 success");
        CHECK(rounds() == 3);
        CHECK(time.uptime() == std::chrono::seconds(60));
    }

    TEST_CASE_FIXTURE(feed_fixture, "a task that is followed is told in whatever state it is, and asked about often until it ends") {
        server.on(last_of_1, 200, tasks({{7, "waiting"}}))
            .on(last_of_1, 200, tasks({{7, "running"}}))
            .on(last_of_1, 200, tasks({{7, "running"}}))
            .on(last_of_1, 200, tasks({{7, "success"}}))
            .on(last_of_1, 200, tasks({{7, "success"}}))
            .on(last_of_1, 200, tasks({{9, "waiting"}}));
        feed.follow(web, semaphore::task_id(7));
        CHECK(next() == "7 waiting");
        CHECK(next() == "7 running");
        CHECK(next() == "7 success");
        CHECK(time.uptime() == std::chrono::seconds(6));
        CHECK(next() == "9 waiting");
        CHECK(time.uptime() == std::chrono::seconds(66));
    }

    TEST_CASE_FIXTURE(feed_fixture, "an end without a last status is a change, and the last word") {
        server.on(last_of_1, 200, tasks({{7, "confirmed"}}))
            .on(last_of_1, 200, R"([{"id":7,"status":"confirmed","end":"2024-10-25T00:05:20Z"}])")
            .on(last_of_1, 200, tasks({{8, "waiting"}}));
        feed.follow(web, semaphore::task_id(7));
        CHECK(next() == "7 confirmed");
        CHECK(next() == "7 confirmed");
        CHECK(next() == "8 waiting");
    }

    TEST_CASE_FIXTURE(feed_fixture, "a followed task that is not in the list is asked for by itself") {
        server.on(last_of_1, 200, tasks({{300, "success"}}));
        server.on("GET /api/project/1/tasks/7", 200, R"({"id":7,"status":"running"})")
            .on("GET /api/project/1/tasks/7", 200, R"({"id":7,"status":"error"})");
        feed.follow(web, semaphore::task_id(7));
        CHECK(next() == "7 running");
        CHECK(next() == "7 error");
    }

    TEST_CASE_FIXTURE(test::semaphore_fixture, "of many that left the list each has its turn, also behind one that cannot be asked for") {
        server.on(last_of_1, 200, tasks({{300, "success"}}));
        auto client = make();
        semaphore::feed_options few;
        few.most_single_requests = 2;
        semaphore::task_feed feed(client, time, few);
        for (int id = 1; id <= 5; ++id) {
            server.on("GET /api/project/1/tasks/" + std::to_string(id), id == 1 ? 403 : 200,
                      id == 1 ? "" : "{\"id\":" + std::to_string(id) + ",\"status\":\"success\"}");
            feed.follow(web, semaphore::task_id(id));
        }
        std::set<std::int64_t> told;
        for (int i = 0; i < 12 && told.size() < 4; ++i) {
            if (auto const news = run(feed.next())) told.insert(news->id.value());
        }
        CHECK(told == std::set<std::int64_t>{2, 3, 4, 5});
    }

    TEST_CASE_FIXTURE(test::semaphore_fixture, "a project that does not show itself any more is let go") {
        server.on(last_of_1, 404);
        auto client = make();
        semaphore::task_feed feed(client, time);
        feed.follow(web, semaphore::task_id(7));
        CHECK(run(feed.next()).error().kind() == base::error_kind::not_found);
        CHECK_FALSE(run(base::with_timeout(time, feed.next(), std::chrono::hours(1))));
        CHECK(server.requests.size() == 1);
    }

    TEST_CASE_FIXTURE(feed_fixture, "a first list that did not come makes no news of what the second shows") {
        server.on(last_of_1, 401).on(last_of_1, 200, tasks({{7, "running"}})).on(last_of_1, 200, tasks({{7, "success"}}));
        CHECK(next() == "unauthorized");
        CHECK(next() == "7 success");
    }

    TEST_CASE_FIXTURE(feed_fixture, "a task that is followed again is not told again") {
        server.on(last_of_1, 200, tasks({{7, "running"}}))
            .on(last_of_1, 200, tasks({{7, "running"}}))
            .on(last_of_1, 200, tasks({{7, "success"}}));
        feed.follow(web, semaphore::task_id(7));
        CHECK(next() == "7 running");
        feed.follow(web, semaphore::task_id(7));
        CHECK(next() == "7 success");
    }

    TEST_CASE_FIXTURE(feed_fixture, "hundreds of tasks cost one request a round") {
        server.on(last_of_1, 200, tasks({{1, "running"}, {2, "running"}, {3, "running"}}))
            .on(last_of_1, 200, tasks({{1, "success"}, {2, "success"}, {3, "success"}}));
        for (int id : {1, 2, 3}) feed.follow(web, semaphore::task_id(id));
        for (int i = 0; i < 6; ++i) next();
        CHECK(server.requests.size() == 2);
    }

    TEST_CASE_FIXTURE(feed_fixture, "a server that fails is told once a round, and nothing is missed") {
        server.on(last_of_1, 200, tasks({{7, "running"}})).on(last_of_1, 401).on(last_of_1, 200, tasks({{7, "success"}}));
        feed.follow(web, semaphore::task_id(7));
        CHECK(next() == "7 running");
        CHECK(next() == "unauthorized");
        CHECK(next() == "7 success");
    }

    TEST_CASE_FIXTURE(test::semaphore_fixture, "a project that was not added is asked about only while something is followed in it") {
        server.on(last_of_1, 200, tasks({{7, "success"}}));
        auto client = make();
        semaphore::task_feed feed(client, time);
        feed.follow(web, semaphore::task_id(7));
        CHECK(run(feed.next()).value().raw_status == "success");
        CHECK_FALSE(run(base::with_timeout(time, feed.next(), std::chrono::hours(1))));
        CHECK(server.requests.size() == 1);
    }

    TEST_CASE_FIXTURE(feed_fixture, "following a task ends a long pause") {
        server.on(last_of_1, 200, tasks({{7, "waiting"}}));
        auto later = [&]() -> boost::asio::awaitable<void> {
            co_await time.sleep(std::chrono::seconds(10));
            feed.follow(web, semaphore::task_id(7));
        };
        boost::asio::co_spawn(loop, later(), [](std::exception_ptr) {});
        CHECK(next() == "7 waiting");
        CHECK(time.uptime() < std::chrono::seconds(15));
    }
}
