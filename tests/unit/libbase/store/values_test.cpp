// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "store/fixture.hpp"

namespace base = chatrixcd::base;
namespace test = chatrixcd::test;

TEST_SUITE("base::store") {
    TEST_CASE_FIXTURE(test::store_fixture, "values come back as they went in, and nothing else than asked for") {
        migrations = {{"v", "CREATE TABLE v (k INTEGER PRIMARY KEY, x)"}};
        auto const store = open().value();
        std::string const with_nul("a\0b", 3);
        base::blob const bytes{std::byte{0}, std::byte{255}};
        std::int64_t const largest = INT64_MAX;
        std::vector<base::sql_value> const values = {std::monostate(), largest, 0.1, with_nul, std::string(), bytes, base::blob()};
        auto const rows = write(*store, [&values](base::transaction& t) {
            for (auto const& value : values) t.run("INSERT INTO v (x) VALUES (?1)", {value});
            return t.query("SELECT x, typeof(x) FROM v ORDER BY k");
        });
        REQUIRE(rows.size() == 7);
        CHECK(rows[0].is_null(0));
        CHECK_FALSE(rows[0].optional_text(0));
        CHECK(rows[1].integer(0) == largest);
        CHECK(rows[2].text(1) == "real");
        CHECK(rows[3].text(0) == with_nul);
        CHECK(rows[4].text(0).empty());
        CHECK(rows[5].bytes(0) == bytes);
        CHECK(rows[6].text(1) == "blob");
        CHECK(rows[6].bytes(0).empty());
        CHECK_THROWS_AS(rows[3].integer(0), std::logic_error);
        CHECK_THROWS_AS(rows[0].text(0), std::logic_error);
        CHECK_THROWS_AS(rows[0].text(2), std::logic_error);
    }

    TEST_CASE_FIXTURE(test::store_fixture, "parameters are texts of any kind, blobs, numbers, and optionals whose nothing is NULL") {
        migrations = {{"v", "CREATE TABLE v (k INTEGER PRIMARY KEY, a, b, c, d, e)"}};
        auto const store = open().value();
        auto const rows = write(*store, [](base::transaction& t) {
            std::string const text = "text";
            std::string_view const part = std::string_view(text).substr(0, 2);
            std::optional<std::string> const some = "some";
            t.run("INSERT INTO v (a, b, c, d, e) VALUES (?1, ?2, ?3, ?4, ?5)",
                  {text, part, "literal", some, std::optional<std::int64_t>()});
            std::vector<base::sql_parameter> const listed = {std::int64_t{7}, 0.5};
            t.run("INSERT INTO v (a, b) VALUES (?1, ?2)", listed);
            return t.query("SELECT a, b, c, d, e FROM v ORDER BY k");
        });
        REQUIRE(rows.size() == 2);
        CHECK(rows[0].text(0) == "text");
        CHECK(rows[0].text(1) == "te");
        CHECK(rows[0].text(2) == "literal");
        CHECK(rows[0].text(3) == "some");
        CHECK(rows[0].is_null(4));
        CHECK(rows[1].integer(0) == 7);
        CHECK(rows[1].is_null(2));
    }

    TEST_CASE_FIXTURE(test::store_fixture, "run() counts the rows of its own statement") {
        auto const store = open().value();
        write(*store, [](base::transaction& t) {
            test::insert(t, 1, "a");
            test::insert(t, 2, "b");
            CHECK(t.run("UPDATE t SET s = s || 'x'") == 2);
            CHECK(t.run("UPDATE t SET s = 'y' WHERE n = 9") == 0);
            CHECK(t.run("CREATE TABLE other (n INTEGER)") == 0);
            CHECK(t.run("DELETE FROM t") == 2);
        });
    }

    TEST_CASE_FIXTURE(test::store_fixture, "broken SQL, missing and surplus parameters are errors, and the statement can be used again") {
        auto const store = open().value();
        write(*store, [](base::transaction& t) {
            CHECK_THROWS_AS(t.run("INSERT INTO nowhere VALUES (1)"), base::store_error);
            CHECK_THROWS_AS(t.run("INSERT INTO t (n, s) VALUES (?1, ?2)", {std::int64_t{1}}), base::store_error);
            CHECK_THROWS_AS(t.run("DELETE FROM t", {std::int64_t{1}}), base::store_error);
            test::insert(t, 1, "a");
            CHECK_THROWS_AS(test::insert(t, 1, "b"), base::constraint_violation);
            CHECK_THROWS_AS(test::insert(t, 2, "a"), base::constraint_violation);
            test::insert(t, 2, "b");
        });
        CHECK(count(*store) == 2);
    }
}
