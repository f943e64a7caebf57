// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <future>
#include <stdexcept>

#include "store/fixture.hpp"

namespace asio = boost::asio;
namespace base = chatrixcd::base;
namespace test = chatrixcd::test;
using namespace std::chrono_literals;
using test::insert_and_tell;

TEST_SUITE("base::store") {
    TEST_CASE_FIXTURE(test::store_fixture,
                      "closures that queued up share one transaction, and are answered after its COMMIT in their order") {
        std::vector<std::string> outcomes(3);
        hooks.before_commit = [&] { CHECK(outcomes == std::vector<std::string>(3)); };
        auto const store = open_manual();
        base::task_group tasks(loop.get_executor(), nullptr);
        for (std::int64_t i = 0; i < 3; ++i)
            tasks.spawn(insert_and_tell(*store, i, std::to_string(i), outcomes[static_cast<std::size_t>(i)]));
        settle();
        test::manual_runner::run(*jobs);
        CHECK(outcomes == std::vector<std::string>(3));  // answers leave through the loop
        test::run_virtual(loop, time, tasks.join());
        CHECK(outcomes == std::vector<std::string>(3, "ok"));
        CHECK(store->commits() == 1);
    }

    TEST_CASE_FIXTURE(test::store_fixture, "a closure that throws is rolled back alone") {
        auto const store = open_manual();
        std::vector<std::string> outcomes(3);
        std::string broken;
        base::task_group tasks(loop.get_executor(), nullptr);
        auto half = [&]() -> asio::awaitable<void> {
            auto work = [](base::transaction& t) {
                test::insert(t, 10, "half");
                throw std::runtime_error("broken");
            };
            try {
                co_await store->write(std::move(work));
            } catch (std::runtime_error const& e) {
                broken = e.what();
            }
        };
        tasks.spawn(insert_and_tell(*store, 1, "a", outcomes[0]));
        tasks.spawn(half());
        tasks.spawn(insert_and_tell(*store, 2, "a", outcomes[1]));
        tasks.spawn(insert_and_tell(*store, 3, "c", outcomes[2]));
        serve();
        test::run_virtual(loop, time, tasks.join());
        CHECK(broken == "broken");
        CHECK(outcomes == std::vector<std::string>{"ok", "constraint", "ok"});
        CHECK(store->commits() == 1);
        std::optional<std::int64_t> sum;
        auto reader = [&]() -> asio::awaitable<void> {
            auto work = [](base::transaction& t) { return t.first("SELECT sum(n) FROM t")->integer(0); };
            sum = co_await store->read(std::move(work));
        };
        tasks.spawn(reader());
        serve();
        CHECK(sum == 4);
    }

    TEST_CASE_FIXTURE(test::store_fixture, "when COMMIT fails nothing is kept, everybody is told, and the store works on") {
        bool fail = true;
        hooks.before_commit = [&] {
            if (fail) throw std::runtime_error("disk full");
        };
        auto const store = open_manual();
        std::vector<std::string> outcomes(3);
        base::task_group tasks(loop.get_executor(), nullptr);
        tasks.spawn(insert_and_tell(*store, 1, "a", outcomes[0]));
        tasks.spawn(insert_and_tell(*store, 1, "b", outcomes[1]));
        tasks.spawn(insert_and_tell(*store, 2, "c", outcomes[2]));
        serve();
        CHECK(outcomes[0] == "the transaction was not committed: disk full");
        CHECK(outcomes[1] == "constraint");
        CHECK(outcomes[2] == outcomes[0]);
        CHECK(store->commits() == 0);
        fail = false;
        tasks.spawn(insert_and_tell(*store, 1, "a", outcomes[0]));
        serve();
        test::run_virtual(loop, time, tasks.join());
        CHECK(outcomes[0] == "ok");
    }

    TEST_CASE_FIXTURE(test::store_fixture, "an answer lost after COMMIT is an error, yet the rows are kept") {
        hooks.after_commit = [] { throw std::runtime_error("gone"); };
        auto store = open().value();
        std::string outcome;
        test::run_virtual(loop, time, insert_and_tell(*store, 1, "a", outcome));
        CHECK(outcome == "the transaction was committed, but its answer was lost: gone");
        store.reset();
        hooks.after_commit = nullptr;
        store = open().value();
        CHECK(count(*store) == 1);
    }

    TEST_CASE_FIXTURE(test::store_fixture, "a full disk fails the closures that met it, and what was answered with success is there") {
        auto const store = open_manual();
        std::vector<std::string> outcomes(4);
        base::task_group tasks(loop.get_executor(), nullptr);
        auto small_disk = [&]() -> asio::awaitable<void> {
            auto work = [](base::transaction& t) { t.query("PRAGMA max_page_count = 10"); };
            co_await store->write(std::move(work));
        };
        tasks.spawn(small_disk());
        serve();
        tasks.spawn(insert_and_tell(*store, 1, "a", outcomes[0]));
        tasks.spawn(insert_and_tell(*store, 2, std::string(200000, 'x'), outcomes[1]));
        tasks.spawn(insert_and_tell(*store, 3, "c", outcomes[2]));
        serve();
        CHECK(outcomes[1].find("full") != std::string::npos);
        tasks.spawn(insert_and_tell(*store, 4, "d", outcomes[3]));
        serve();
        test::run_virtual(loop, time, tasks.join());
        CHECK(outcomes[3] == "ok");
        auto const reopened = open().value();
        CHECK(count(*reopened) == std::ranges::count(outcomes, "ok"));
    }

    TEST_CASE_FIXTURE(test::store_fixture,
                      "when a transaction ends under its closures, none of it is kept and nothing runs outside of it") {
        auto const store = open_manual();
        std::vector<std::string> outcomes(3);
        base::task_group tasks(loop.get_executor(), nullptr);
        auto stubborn = [&]() -> asio::awaitable<void> {
            auto work = [](base::transaction& t) {
                t.run("ROLLBACK");  // as SQLite does by itself after an I/O error
                try {
                    test::insert(t, 2, "b");
                } catch (base::store_error const&) {
                }
            };
            try {
                co_await store->write(std::move(work));
            } catch (base::store_error const& e) {
                outcomes[1] = e.what();
            }
        };
        tasks.spawn(insert_and_tell(*store, 1, "a", outcomes[0]));
        tasks.spawn(stubborn());
        tasks.spawn(insert_and_tell(*store, 3, "c", outcomes[2]));
        serve();
        test::run_virtual(loop, time, tasks.join());
        CHECK(outcomes == std::vector<std::string>(3, "the transaction was not committed: the database ended the transaction by itself"));
        auto const reopened = open().value();
        CHECK(count(*reopened) == 0);
    }

    TEST_CASE_FIXTURE(test::store_fixture, "a transaction takes 256 closures, the others the next one") {
        auto const store = open_manual();
        std::vector<std::string> outcomes(300);
        base::task_group tasks(loop.get_executor(), nullptr);
        for (std::size_t i = 0; i < outcomes.size(); ++i) {
            tasks.spawn(insert_and_tell(*store, static_cast<std::int64_t>(i), std::to_string(i), outcomes[i]));
        }
        serve();
        test::run_virtual(loop, time, tasks.join());
        CHECK(outcomes == std::vector<std::string>(300, "ok"));
        CHECK(store->commits() == 2);
    }

    TEST_CASE_FIXTURE(test::store_fixture, "a cancelled caller still gets its result, then sees the cancellation") {
        auto const store = open_manual();
        base::task_group tasks(loop.get_executor(), nullptr);
        std::string outcome;
        bool slept = false;
        auto body = [&]() -> asio::awaitable<void> {
            co_await insert_and_tell(*store, 1, "a", outcome);
            co_await time.sleep(1h);
            slept = true;
        };
        tasks.spawn(body());
        settle();
        tasks.cancel();
        settle();
        CHECK(tasks.size() == 1);
        serve();
        test::run_virtual(loop, time, tasks.join());
        CHECK(outcome == "ok");
        CHECK_FALSE(slept);
    }

    TEST_CASE_FIXTURE(test::store_fixture, "the inline runner resumes callers through their executor, never inside the call") {
        auto const store = open().value();
        std::string order;
        base::task_group tasks(loop.get_executor(), nullptr);
        auto body = [&](char name) -> asio::awaitable<void> {
            auto work = [&order, name](base::transaction&) { order += name; };
            co_await store->write(std::move(work));
            order += static_cast<char>(name - 'a' + 'A');
        };
        tasks.spawn(body('a'));
        tasks.spawn(body('b'));
        test::run_virtual(loop, time, tasks.join());
        CHECK(order == "abAB");
    }

    TEST_CASE_FIXTURE(test::store_fixture, "a slow disk does not stop the loop") {
        std::promise<void> loop_went_on;
        auto went_on = loop_went_on.get_future();
        bool in_time = false;
        // The disk is done only once the loop has run a hundred other steps meanwhile.
        hooks.before_commit = [&] { in_time = went_on.wait_for(10s) == std::future_status::ready; };
        auto const store = open(base::make_store_thread()).value();
        std::string outcome;
        base::task_group tasks(loop.get_executor(), nullptr);
        auto others = [&]() -> asio::awaitable<void> {
            for (int i = 0; i < 100; ++i) {
                CHECK(outcome.empty());
                co_await asio::post(asio::use_awaitable);
            }
            loop_went_on.set_value();
        };
        tasks.spawn(insert_and_tell(*store, 1, "a", outcome));
        tasks.spawn(others());
        test::run_coroutine(loop, tasks.join());
        CHECK(in_time);
        CHECK(outcome == "ok");
    }

    TEST_CASE_FIXTURE(test::store_fixture, "the destructor commits what is queued") {
        std::promise<void> go_on;
        auto may_go_on = go_on.get_future().share();
        hooks.before_commit = [&] { may_go_on.wait(); };
        auto store = open(base::make_store_thread()).value();
        std::vector<std::string> outcomes(20);
        base::task_group tasks(loop.get_executor(), nullptr);
        for (std::size_t i = 0; i < outcomes.size(); ++i) {
            tasks.spawn(insert_and_tell(*store, static_cast<std::int64_t>(i), std::to_string(i), outcomes[i]));
        }
        settle();
        go_on.set_value();
        store.reset();
        store = open().value();
        CHECK(count(*store) == 20);
        test::run_coroutine(loop, tasks.join());
        CHECK(outcomes == std::vector<std::string>(20, "ok"));
    }
}
