// SPDX-License-Identifier: Apache-2.0
// The power fails at every change of the disk: what was answered is there afterwards, whole, and nothing else is there in part.
#include <doctest/doctest.h>
#include <sqlite3.h>

#include <string>

#include "store/fixture.hpp"
#include "support/disk/fragile_disk.hpp"

namespace base = chatrixcd::base;
namespace test = chatrixcd::test;

namespace {

using rest = test::fragile_disk::rest;

// More than a page, so that a transaction is more than one write.
std::string long_text(std::int64_t n) { return std::to_string(n) + std::string(6000, 'x'); }

// Writes pairs of rows until the store fails; returns how many were answered.
std::int64_t live(test::store_fixture& in, std::int64_t from, std::int64_t most) {
    auto opened = in.open();
    if (!opened) return from;
    for (auto n = from; n < from + most; ++n) {
        std::string outcome;
        auto work = [n](base::transaction& t) {
            test::insert(t, 2 * n, long_text(2 * n));
            test::insert(t, 2 * n + 1, "second");
            t.run("UPDATE t SET s = s || ?1 WHERE n = ?2", {std::to_string(n), 2 * n + 1});
        };
        try {
            in.write(**opened, std::move(work));
        } catch (base::store_error const&) {
            return n;
        }
    }
    return from + most;
}

void look(test::store_fixture& in, std::int64_t answered) {
    auto const store = in.open().value();
    auto read = [](base::transaction& t) {
        auto const whole = t.first("PRAGMA integrity_check")->text(0);
        return std::make_pair(whole, t.query("SELECT n, s FROM t ORDER BY n"));
    };
    auto const [whole, rows] = in.write(*store, std::move(read));
    CHECK(whole == "ok");
    auto const pairs = static_cast<std::int64_t>(rows.size() / 2);
    CHECK(rows.size() % 2 == 0);
    CHECK(pairs >= answered);
    CHECK(pairs <= answered + 1);
    for (std::int64_t i = 0; i < pairs; ++i) {
        CHECK(rows[static_cast<std::size_t>(2 * i)].text(1) == long_text(2 * i));
        CHECK(rows[static_cast<std::size_t>(2 * i + 1)].text(1) == "second" + std::to_string(i));
    }
}

// Two processes, the first of which ends in good order, and a power failure at some step of either. False: there are no so many steps.
bool cut(std::size_t step, rest kept, std::uint64_t seed) {
    test::store_fixture in;
    test::fragile_disk disk;
    in.hooks.vfs = disk.vfs();
    disk.fail_at(step);
    auto answered = live(in, 0, 4);
    if (!disk.has_failed()) answered = live(in, answered, 4);
    bool const failed = disk.has_failed();
    auto const coin = base::make_seeded_random(seed);
    disk.fail();
    disk.come_back(*coin, kept);
    INFO("step " << step << ", coin " << seed);
    look(in, answered);
    // And what was there is kept the next time, too.
    disk.fail_at(5);
    answered = live(in, 8, 4);
    disk.fail();
    disk.come_back(*coin, kept);
    in.hooks.vfs.clear();
    auto const store = in.open().value();
    CHECK(in.write(*store, [](base::transaction& t) { return t.first("PRAGMA integrity_check")->text(0); }) == "ok");
    return failed;
}

void cut_everywhere(rest kept, std::uint64_t seed) {
    std::size_t step = 1;
    while (cut(step, kept, seed + step)) ++step;
    CHECK(step > 60);
}

// A row that SQLite says is committed, and whether it is there after a power failure.
bool survives(char const* synchronous) {
    base::temporary_folder const folder("power-loss");
    test::fragile_disk disk;
    auto const path = folder.path() + "/plain.db";
    sqlite3* db = nullptr;
    REQUIRE(sqlite3_open_v2(path.c_str(), &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, disk.vfs().c_str()) == SQLITE_OK);
    auto const run = [&](std::string const& sql) { REQUIRE(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK); };
    run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t (n); PRAGMA wal_checkpoint(TRUNCATE)");
    run(std::string("PRAGMA synchronous=") + synchronous);
    run("INSERT INTO t VALUES (1)");
    disk.fail();
    sqlite3_close(db);
    auto const coin = base::make_seeded_random(1);
    disk.come_back(*coin, rest::nothing);
    REQUIRE(sqlite3_open_v2(path.c_str(), &db, SQLITE_OPEN_READWRITE, nullptr) == SQLITE_OK);
    sqlite3_stmt* question = nullptr;
    REQUIRE(sqlite3_prepare_v2(db, "SELECT count(*) FROM t", -1, &question, nullptr) == SQLITE_OK);
    REQUIRE(sqlite3_step(question) == SQLITE_ROW);
    bool const found = sqlite3_column_int(question, 0) == 1;
    sqlite3_finalize(question);
    sqlite3_close(db);
    return found;
}

}  // namespace

TEST_SUITE("base::store") {
    TEST_CASE("the disk that loses what was not synced tells a database that syncs from one that does not") {
        CHECK(survives("FULL"));
        CHECK_FALSE(survives("NORMAL"));
        CHECK_FALSE(survives("OFF"));
    }

    TEST_CASE("power fails at any step and all that was not synced is lost: what was answered is there") {
        cut_everywhere(rest::nothing, 1);
    }

    TEST_CASE("power fails at any step and some sectors of what was not synced are kept: what was answered is there") {
        for (std::uint64_t coin = 1; coin <= 2; ++coin) cut_everywhere(rest::torn, 1000 * coin);
    }
}
