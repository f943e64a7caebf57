// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <sys/stat.h>

#include "store/fixture.hpp"

namespace base = chatrixcd::base;
namespace test = chatrixcd::test;

namespace {

unsigned mode_of(std::string const& path) {
    struct stat about {};
    return ::stat(path.c_str(), &about) == 0 ? about.st_mode & 0777U : 0;
}

std::string refusal(base::result<std::unique_ptr<base::store>> const& opened) {
    REQUIRE(opened.has_error());
    CHECK(opened.error().kind() == base::error_kind::environment);
    return opened.error().message();
}

bool contains(std::string const& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_SUITE("base::store") {
    TEST_CASE_FIXTURE(test::store_fixture, "all files of a database are private whatever the umask, and an old one becomes so") {
        auto const before = ::umask(0);
        {
            auto const store = open().value();
            write(*store, [](base::transaction& t) { test::insert(t, 1, "a"); });
            for (auto const* suffix : {"", "-wal", "-shm"}) CHECK(mode_of(path + suffix) == 0600U);
        }
        ::chmod(path.c_str(), 0644);
        { auto const store = open().value(); }
        CHECK(mode_of(path) == 0600U);
        ::umask(before);
    }

    TEST_CASE_FIXTURE(test::store_fixture, "commits are synced to a write-ahead log, and foreign keys are enforced") {
        auto const store = open().value();
        write(*store, [](base::transaction& t) {
            CHECK(t.first("PRAGMA journal_mode")->text(0) == "wal");
            CHECK(t.first("PRAGMA synchronous")->integer(0) == 2);
            CHECK(t.first("PRAGMA foreign_keys")->integer(0) == 1);
        });
    }

    TEST_CASE_FIXTURE(test::store_fixture, "each migration runs once, however often the store is opened") {
        {
            auto const store = open().value();
            write(*store, [](base::transaction& t) { test::insert(t, 1, "a"); });
        }
        migrations.push_back({"second", "ALTER TABLE t ADD COLUMN more TEXT; UPDATE t SET more = 'm' || s; CREATE INDEX i ON t (more)"});
        for (int i = 0; i < 2; ++i) {
            auto const store = open().value();
            auto const more = write(*store, [](base::transaction& t) { return t.first("SELECT more FROM t")->text(0); });
            CHECK(more == "ma");
        }
    }

    TEST_CASE_FIXTURE(test::store_fixture, "a migration that fails leaves nothing of itself, and can be mended") {
        migrations.push_back({"second", "CREATE TABLE u (n INTEGER); INSERT INTO nowhere VALUES (1)"});
        CHECK(contains(refusal(open()), "schema step 2 (second) failed"));
        migrations.back().sql = "CREATE TABLE u (n INTEGER)";
        CHECK(open().has_value());
    }

    TEST_CASE_FIXTURE(test::store_fixture, "a database of a newer program or of another one is refused untouched") {
        migrations.push_back({"second", "CREATE TABLE u (n INTEGER)"});
        { auto const store = open().value(); }
        auto const kept = migrations;
        migrations.pop_back();
        CHECK(contains(refusal(open()), "newer version of this program (schema 2, known: 1)"));
        migrations = {{"other", "CREATE TABLE o (n INTEGER)"}, {"second", ""}, {"third", ""}};
        CHECK(contains(refusal(open()), "belongs to another program"));
        migrations = kept;
        CHECK(open().has_value());
    }

    TEST_CASE_FIXTURE(test::store_fixture, "what is no database, or cannot be written, is refused with the path and the reason") {
        REQUIRE(base::write_file(path, std::string(5000, 'x')));
        auto const no_database = refusal(open());
        CHECK(contains(no_database, path));
        CHECK(contains(no_database, "not a database"));
        path = folder.path() + "/none/test.sqlite";
        CHECK(contains(refusal(open()), "No such file or directory"));
    }

    TEST_CASE_FIXTURE(test::store_fixture, "a store in memory works and leaves no file") {
        path.clear();
        {
            auto const store = open().value();
            write(*store, [](base::transaction& t) { test::insert(t, 1, "a"); });
            CHECK(count(*store) == 1);
        }
        auto const store = open().value();
        CHECK(count(*store) == 0);
    }
}
