// SPDX-License-Identifier: Apache-2.0
// Places, and rows that come and go while others are on their way to or from the store.
#include "inbox/dispatcher.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <deque>

#include <chatrixcd/base/virtual_clock.hpp>

#include "state/schema.hpp"
#include "state/sealed_columns.hpp"

namespace chatrixcd::matrix::detail {

namespace asio = boost::asio;

namespace {

using strings = std::vector<std::string>;

// A store whose work waits while it is told to.
class held_runner final : public base::store_runner {
public:
    void post(std::function<void()> job) override {
        jobs_.push_back(std::move(job));
        if (!is_held) work();
    }
    void work() {
        while (!jobs_.empty()) {
            auto const job = std::move(jobs_.front());
            jobs_.pop_front();
            job();
        }
    }
    bool is_held = false;

private:
    std::deque<std::function<void()>> jobs_;
};

class rig {
public:
    explicit rig(std::size_t parallel) {
        base::store_options how;
        how.migrations = migrations();
        how.sealed = sealed_columns();
        how.hooks.after_commit = [this] {
            if (lose_in > 0 && --lose_in == 0) throw std::runtime_error("the answer was lost");
        };
        auto runner = std::make_unique<held_runner>();
        store_at = runner.get();
        db_ = base::store::open(std::move(how), std::move(runner)).value();
        with_ = std::make_unique<services>(loop_.get_executor(), time_, *random_, base::logger(), *db_, health_);
        dispatcher::consumers to;
        to.handle = [this](inbox_row row) { return handle(std::move(row)); };
        inbox_ = std::make_unique<dispatcher>(*with_, std::move(to), parallel);
        running_.spawn(inbox_->run());
        poll();
    }
    ~rig() {
        lose_in = 0;
        store_at->is_held = false;
        running_.cancel();
        inbox_->close();
        in([](base::transaction&) {});
        poll();
        tasks_done();
    }

    dispatcher& inbox() { return *inbox_; }
    void poll() {
        loop_.restart();
        while (loop_.poll() > 0) loop_.restart();
    }
    void pass(base::duration span) {
        auto const end = time_.uptime() + span;
        time_.run_until(
            loop_, [] { return false; }, end - time_.uptime());
    }
    // Kept without the dispatcher's doing.
    void in(std::function<void(base::transaction&)> work) {
        asio::co_spawn(loop_, db_->write(std::move(work)), [](std::exception_ptr) {});
    }
    void arrives(std::string const& room, std::string const& event, inbox_kind kind = inbox_kind::message) {
        in([room, event, kind, now = time_.now()](base::transaction& t) {
            arrival where;
            where.account = only_account;
            where.room = room_id(room);
            where.now = now;
            insert_row(t, where, event, kind, "{}", "trace of " + event);
        });
    }
    // Rows by their state, but for those that are done.
    strings open_rows() {
        strings found;
        in([&](base::transaction& t) {
            for (auto const& row : t.query("SELECT event_id, state FROM inbox WHERE state <> 4 ORDER BY event_id")) {
                found.push_back(row.text(0) + " " + std::to_string(row.integer(1)));
            }
        });
        poll();
        return found;
    }

    held_runner* store_at = nullptr;
    int lose_in = 0;       // so many commits from now, the answer is lost
    strings fails_once;    // events whose first handling fails
    strings handled;       // to the end
    std::size_t most = 0;  // at once
    base::duration takes{0};

private:
    asio::awaitable<void> handle(inbox_row row) {
        most = std::max(most, ++now_);
        if (takes.count() > 0) co_await time_.sleep(takes);
        --now_;
        auto const failing = std::find(fails_once.begin(), fails_once.end(), row.event_id);
        if (failing != fails_once.end()) {
            fails_once.erase(failing);
            throw std::runtime_error("once");
        }
        handled.push_back(row.event_id);
    }
    void tasks_done() {
        bool done = false;
        auto end = [](dispatcher& of, base::task_group& loops) -> asio::awaitable<void> {
            co_await of.cancel_and_join();
            co_await loops.join();
        };
        asio::co_spawn(loop_, end(*inbox_, running_), [&](std::exception_ptr) { done = true; });
        time_.run_until(loop_, [&] { return done; });
    }

    asio::io_context loop_{1};
    base::virtual_clock time_;
    std::unique_ptr<base::random> random_ = base::make_seeded_random(1);
    store_health health_{base::logger()};
    std::unique_ptr<base::store> db_;
    std::unique_ptr<services> with_;
    std::unique_ptr<dispatcher> inbox_;
    base::task_group running_{loop_.get_executor(), nullptr};
    std::size_t now_ = 0;
};

}  // namespace

TEST_SUITE("matrix::dispatcher") {
    TEST_CASE("what comes while every place is lent is handed out when they come back without a row") {
        rig r(4);
        auto const lent = r.inbox().reserve();
        CHECK(lent == 4);
        r.arrives("!a:b", "$1");
        r.inbox().wake();
        r.poll();
        CHECK(r.handled.empty());
        r.inbox().give({}, lent);
        r.poll();
        CHECK(r.handled == strings{"$1"});
    }

    TEST_CASE("a place for which a row is being looked for is not lent, and no more rows are out than places") {
        rig r(1);
        r.takes = std::chrono::seconds(1);
        r.store_at->is_held = true;
        for (auto const* room : {"!a:b", "!c:b", "!d:b"}) r.arrives(room, std::string("$in ") + room);
        r.inbox().wake();
        r.poll();
        CHECK(r.inbox().reserve() == 0);
        r.inbox().give({}, 0);
        r.store_at->is_held = false;
        r.store_at->work();
        r.pass(std::chrono::minutes(1));
        CHECK(r.handled.size() == 3);
        CHECK(r.most == 1);
    }

    TEST_CASE("whichever answer of the store is lost, each row is handled to its end once and nothing stays behind") {
        for (std::size_t const places : {1U, 4U}) {
            for (int lost = 1; lost <= 16; ++lost) {
                CAPTURE(places);
                CAPTURE(lost);
                rig r(places);
                r.fails_once = {"$1", "$3"};
                r.lose_in = lost;
                r.arrives("!a:b", "$1");
                r.arrives("!a:b", "$2");
                r.arrives("!c:b", "invite", inbox_kind::invite);
                r.arrives("!d:b", "$3");
                r.inbox().wake();
                // Others come in the pause before a settling is repeated.
                for (int i = 0; i < 12; ++i) {
                    r.pass(std::chrono::milliseconds(300));
                    r.arrives("!e:b", "$late " + std::to_string(i));
                    r.inbox().wake();
                }
                r.pass(std::chrono::minutes(10));
                // The test's own arrivals may be the ones whose answer was lost: they are kept all the same.
                strings wanted{"$1", "$2", "$3", "invite"};
                for (int i = 0; i < 12; ++i) wanted.push_back("$late " + std::to_string(i));
                std::sort(r.handled.begin(), r.handled.end());
                std::sort(wanted.begin(), wanted.end());
                CHECK(r.handled == wanted);
                CHECK(r.open_rows().empty());
            }
        }
    }

    TEST_CASE("a row that cannot be read does not stop the others") {
        rig r(2);
        r.in([](base::transaction& t) {
            t.run(
                "INSERT INTO inbox (account, room_id, event_id, kind, position, event, trace, received)"
                " VALUES (1, '!a:b', '$broken', 0, 1, x'ff', 'broken', 0)");
        });
        r.arrives("!a:b", "$1");
        r.inbox().wake();
        r.pass(std::chrono::minutes(1));
        CHECK(r.handled == strings{"$1", "$broken"});
        CHECK(r.open_rows().empty());
    }
}

}  // namespace chatrixcd::matrix::detail
