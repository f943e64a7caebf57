// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <chatrixcd/base/many_rows.hpp>

#include "store/fixture.hpp"

namespace base = chatrixcd::base;
namespace test = chatrixcd::test;

namespace {

// Rows 1 to `last` with their number as text, beside a list's name that they share.
std::int64_t put(base::transaction& t, std::string const& list, std::int64_t last) {
    static base::many_rows const statement("INSERT INTO v (list, n, s) VALUES", 1, 2, "ON CONFLICT DO NOTHING");
    std::vector<base::sql_parameter> own;
    for (std::int64_t n = 1; n <= last; ++n) {
        own.emplace_back(n);
        own.emplace_back(std::string_view(std::to_string(n)));
    }
    std::vector<base::sql_parameter> const shared{list};
    return statement.run(t, shared, own);
}

}  // namespace

TEST_SUITE("base::many_rows") {
    TEST_CASE_FIXTURE(test::store_fixture,
                      "any number of rows goes in, each in its place and in order, and those that are there are not counted") {
        migrations = {{"v", "CREATE TABLE v (k INTEGER PRIMARY KEY, list TEXT, n INTEGER, s TEXT, UNIQUE (list, n))"}};
        auto const store = open().value();
        std::int64_t before = 0;
        for (std::int64_t const rows : {0, 1, 7, 8, 9, 31, 32, 33, 40, 103}) {
            auto const made = write(*store, [&](base::transaction& t) { return put(t, "a", rows); });
            CHECK(made == rows - before);
            before = rows;
        }
        CHECK(write(*store, [](base::transaction& t) { return put(t, "b", 50); }) == 50);
        auto const wrong = "SELECT count(*) FROM v WHERE s <> CAST(n AS TEXT) OR (list = 'a' AND n <> k) OR (list = 'b' AND n <> k - 103)";
        CHECK(write(*store, [&](base::transaction& t) { return t.first(wrong)->integer(0); }) == 0);
        CHECK(write(*store, [](base::transaction& t) { return t.first("SELECT count(*) FROM v")->integer(0); }) == 153);
    }

    TEST_CASE_FIXTURE(test::store_fixture, "half a row, or a shared column too many, is an error and no row") {
        auto const store = open().value();
        base::many_rows const statement("INSERT INTO t (n, s) VALUES", 0, 2, "");
        std::vector<base::sql_parameter> const three(3, std::int64_t{1});
        auto const half = [&](base::transaction& t) { return statement.run(t, {}, three); };
        CHECK_THROWS_AS(write(*store, half), base::store_error);
        auto const more = [&](base::transaction& t) { return statement.run(t, three, {}); };
        CHECK_THROWS_AS(write(*store, more), base::store_error);
        CHECK(count(*store) == 0);
    }

    TEST_CASE_FIXTURE(test::store_fixture, "a row that breaks a rule is said, and the closure keeps none") {
        auto const store = open().value();
        base::many_rows const statement("INSERT INTO t (n, s) VALUES", 0, 2, "");
        std::vector<base::sql_parameter> own;
        for (std::int64_t n = 1; n <= 40; ++n) {
            own.emplace_back(n);
            own.emplace_back(std::string_view(n == 40 ? "1" : std::to_string(n)));
        }
        CHECK_THROWS_AS(write(*store, [&](base::transaction& t) { return statement.run(t, {}, own); }), base::constraint_violation);
        CHECK(count(*store) == 0);
    }
}
