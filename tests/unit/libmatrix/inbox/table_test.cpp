// SPDX-License-Identifier: Apache-2.0
#include "inbox/table.hpp"

#include <doctest/doctest.h>

#include <boost/asio/io_context.hpp>

#include "state/schema.hpp"
#include "state/sealed_columns.hpp"
#include "support/run_coroutine.hpp"
#include "sync/gap_table.hpp"

namespace chatrixcd::matrix::detail {

namespace {

using strings = std::vector<std::string>;

// The tables in memory; each step is a transaction of its own.
class desk {
public:
    desk() {
        base::store_options how;
        how.migrations = migrations();
        how.sealed = sealed_columns();
        auto opened = base::store::open(std::move(how), base::make_inline_store_runner());
        db_ = std::move(opened.value());
    }

    template <class F>
    auto in(F work) {
        return test::run_coroutine(loop_, db_->write(std::move(work)));
    }
    bool arrives(std::string const& room, std::string const& event, std::int64_t position) {
        return in([&](base::transaction& t) {
            arrival where;
            where.account = only_account;
            where.room = room_id(room);
            where.position = position;
            where.now = now;
            return insert_row(t, where, event, inbox_kind::message, "{}", "trace");
        });
    }
    void gap(std::string const& room, std::int64_t position) {
        in([&](base::transaction& t) {
            gap_row g;
            g.room = room_id(room);
            g.position = position;
            g.token = "s";
            insert_gap(t, only_account, g);
        });
    }
    std::vector<inbox_row> take(std::int64_t most = 8) {
        return in([&](base::transaction& t) { return take_rows(t, only_account, most); });
    }
    strings take_ids(std::int64_t most = 8) {
        strings ids;
        for (auto const& row : take(most)) ids.push_back(row.event_id);
        return ids;
    }
    void finish(inbox_row const& row) {
        in([&](base::transaction& t) { finish_row(t, row, now); });
    }

    base::time_point now{std::chrono::hours(24 * 365)};

private:
    boost::asio::io_context loop_;
    std::unique_ptr<base::store> db_;
};

}  // namespace

TEST_SUITE("matrix::inbox") {
    TEST_CASE("an event that the homeserver delivers again is ignored while it waits and for 30 days after it was handled") {
        desk d;
        CHECK(d.arrives("!a:b", "$1", 3));
        CHECK_FALSE(d.arrives("!a:b", "$1", 5));
        CHECK(d.arrives("!other:b", "$1", 3));
        auto const rows = d.take();
        REQUIRE(rows.size() == 2);
        CHECK_FALSE(d.arrives("!a:b", "$1", 5));
        d.finish(rows[0]);
        CHECK_FALSE(d.arrives(rows[0].room.str(), "$1", 5));
        d.now += std::chrono::hours(24 * 29);
        d.in([&](base::transaction& t) { prune_done(t, only_account, d.now); });
        CHECK_FALSE(d.arrives(rows[0].room.str(), "$1", 5));
        d.now += std::chrono::hours(24 * 2);
        d.in([&](base::transaction& t) { prune_done(t, only_account, d.now); });
        CHECK(d.arrives(rows[0].room.str(), "$1", 5));
    }

    TEST_CASE("a room gives one row at a time, the oldest first") {
        desk d;
        d.arrives("!a:b", "$2", 5);
        d.arrives("!a:b", "$3", 5);
        d.arrives("!a:b", "$1", 4);
        auto rows = d.take();
        REQUIRE(rows.size() == 1);
        CHECK(rows[0].event_id == "$1");
        CHECK(rows[0].tries == 1);
        CHECK(d.take().empty());
        d.finish(rows[0]);
        CHECK(d.take_ids() == strings{"$2"});
    }

    TEST_CASE("no more rows are taken than asked for, and the rooms that wait longest come first") {
        desk d;
        for (int i = 9; i >= 1; --i) d.arrives("!room" + std::to_string(i) + ":b", "$" + std::to_string(i), i * 2 + 1);
        CHECK(d.take_ids(3) == strings{"$1", "$2", "$3"});
        CHECK(d.take_ids(2) == strings{"$4", "$5"});
    }

    TEST_CASE("rows wait behind an open gap, its own rows do not") {
        desk d;
        d.arrives("!a:b", "$before", 3);
        d.gap("!a:b", 7);
        d.arrives("!a:b", "$after", 7);
        d.arrives("!b:b", "$elsewhere", 7);
        auto rows = d.take();
        REQUIRE(rows.size() == 2);
        for (auto const& row : rows) d.finish(row);
        CHECK(d.take().empty());
        d.arrives("!a:b", "$in", 6);
        rows = d.take();
        REQUIRE(rows.size() == 1);
        CHECK(rows[0].event_id == "$in");
        d.finish(rows[0]);
        d.in([](base::transaction& t) { close_gap(t, next_gap(t, only_account).value()); });
        CHECK(d.take_ids() == strings{"$after"});
    }

    TEST_CASE("a mark that is found at start counts, an unfinished try that was taken back does not") {
        desk d;
        d.arrives("!a:b", "$1", 3);
        auto row = d.take().at(0);
        d.in([&](base::transaction& t) { release_row(t, row, /*counted=*/false); });
        row = d.take().at(0);
        CHECK(row.tries == 1);
        d.in([](base::transaction& t) { reset_marks(t, only_account); });
        row = d.take().at(0);
        CHECK(row.tries == 2);
        d.in([&](base::transaction& t) { set_row_aside(t, row, "why"); });
        d.in([](base::transaction& t) { reset_marks(t, only_account); });
        CHECK(d.take().empty());
    }

    TEST_CASE("a mark of which nobody knows is taken back, and counts as no try") {
        desk d;
        d.arrives("!a:b", "$1", 3);
        d.arrives("!b:b", "$2", 3);
        auto const rows = d.take();
        REQUIRE(rows.size() == 2);
        d.in([&](base::transaction& t) { release_others(t, only_account, {rows[0].id}); });
        auto const again = d.take();
        REQUIRE(again.size() == 1);
        CHECK(again[0].event_id == rows[1].event_id);
        CHECK(again[0].tries == 1);
    }

    TEST_CASE("what was handled is forgotten by its age, though rows given up and rows that wait stand before it") {
        desk d;
        REQUIRE(d.arrives("!given_up:d", "$given_up", 2));
        d.in([&, row = d.take().at(0)](base::transaction& t) { set_row_aside(t, row, "tried thrice"); });
        REQUIRE(d.arrives("!waits:d", "$waits", 2));
        REQUIRE(d.arrives("!old:d", "$old", 3));
        for (auto const& row : d.take()) {
            if (row.event_id == "$old") d.finish(row);
        }
        d.now += done_memory;
        REQUIRE(d.arrives("!young:d", "$young", 4));
        for (auto const& row : d.take()) {
            if (row.event_id == "$young") d.finish(row);
        }
        d.now += base::duration(1);
        d.in([&](base::transaction& t) { prune_done(t, only_account, d.now); });
        CHECK(d.arrives("!old:d", "$old", 5));
        CHECK_FALSE(d.arrives("!young:d", "$young", 5));
        CHECK_FALSE(d.arrives("!waits:d", "$waits", 5));
        CHECK_FALSE(d.arrives("!given_up:d", "$given_up", 5));
    }
}

}  // namespace chatrixcd::matrix::detail
