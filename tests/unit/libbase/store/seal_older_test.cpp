// SPDX-License-Identifier: Apache-2.0
// A store from before there was a key.
#include <doctest/doctest.h>

#include "store/sealed_fixture.hpp"
#include "support/disk/fragile_disk.hpp"
#include "support/files_with.hpp"

namespace base = chatrixcd::base;
namespace test = chatrixcd::test;
using test::letters;
using test::notes;

namespace {

struct older_store : test::sealed_fixture {
    // More rows than one step takes, and deleted ones.
    std::int64_t rows = 150;

    static std::string text(std::int64_t id) {
        return "planted " + std::to_string(id) + std::string(static_cast<std::size_t>(id) * 20, 'x');
    }

    void make() {
        auto const source = key;
        key = std::monostate();
        auto const store = open().value();
        for (std::int64_t id = 1; id <= rows; ++id) put(*store, id, text(id), "planted note");
        write(*store, [&](base::transaction& t) {
            t.run("INSERT INTO letters (id, body, note) VALUES (-7, ?1, NULL)", {t.seal(letters, "planted before all")});
            t.run("INSERT INTO letters (id, body, note) VALUES (1000, x'', NULL)");
            // As SQLite does it where nobody has built it otherwise: what was deleted stays in the file.
            t.query("PRAGMA secure_delete=OFF");
            t.run("DELETE FROM letters WHERE id % 3 = 0");
        });
        key = source;
    }

    void look(base::store& store) {
        write(store, [&](base::transaction& t) {
            CHECK(t.first("PRAGMA integrity_check")->text(0) == "ok");
            std::int64_t found = 0;
            for (auto const& row : t.query("SELECT id, body, note FROM letters WHERE id BETWEEN 1 AND 999 ORDER BY id")) {
                CHECK(t.unseal(letters, row.bytes(1)).value() == text(row.integer(0)));
                CHECK(t.unseal(notes, row.bytes(2)).value() == "planted note");
                ++found;
            }
            CHECK(found == rows - rows / 3);
            CHECK(t.unseal(letters, t.first("SELECT body FROM letters WHERE id = -7")->bytes(0)).value() == "planted before all");
            auto const empty = t.first("SELECT body, note FROM letters WHERE id = 1000");
            CHECK(empty->bytes(0).empty());
            CHECK(empty->is_null(1));
        });
    }
};

}  // namespace

TEST_SUITE("base::sealing") {
    TEST_CASE_FIXTURE(older_store, "a store from before is sealed when it is opened with a key, and nothing of it is left in the files") {
        make();
        CHECK_FALSE(test::files_with("planted", folder.path()).empty());
        {
            auto const store = open().value();
            CHECK(test::files_with("planted", folder.path()).empty());
            look(*store);
        }
        CHECK(test::files_with("planted", folder.path()).empty());
        auto const store = open().value();
        look(*store);
    }

    TEST_CASE_FIXTURE(older_store, "what is sealed once is not looked through again") {
        make();
        { auto const store = open().value(); }
        auto commits = 0;
        hooks.before_commit = [&] { ++commits; };
        auto const store = open().value();
        CHECK(commits == 0);
    }

    TEST_CASE("killed before any commit of the sealing: the next opening goes on, and ends it") {
        int killed_at = 0;
        bool killed = true;
        while (killed) {
            older_store in;
            in.make();
            killed = false;
            ++killed_at;
            auto commits = 0;
            in.hooks.before_commit = [&] {
                if (++commits < killed_at) return;
                killed = true;
                throw base::store_error("killed");
            };
            CAPTURE(killed_at);
            CHECK(in.open().has_error() == killed);
            in.hooks = {};
            auto const store = in.open().value();
            CHECK(test::files_with("planted", in.folder.path()).empty());
            in.look(*store);
        }
        // Of each column two steps with rows, and one that finds no more.
        CHECK(killed_at == 7);
    }

    TEST_CASE("half of it is sealed when the process is killed: without the key it is refused, with another one too") {
        older_store in;
        in.make();
        auto commits = 0;
        in.hooks.before_commit = [&] {
            if (++commits == 2) throw base::store_error("killed");
        };
        CHECK(in.open().has_error());
        in.hooks = {};
        auto const key = in.key;
        in.key = std::monostate();
        CHECK(in.open().has_error());
        in.key = base::store_key::parse(base::secret(std::string(64, 'a'))).value();
        CHECK(in.open().has_error());
        in.key = key;
        auto const store = in.open().value();
        in.look(*store);
    }

    TEST_CASE("power fails at any change of the disk while a store is sealed: nothing is lost, and the next opening ends it") {
        using rest = test::fragile_disk::rest;
        for (rest const kept : {rest::nothing, rest::torn}) {
            bool failed = true;
            std::size_t step = 0;
            while (failed) {
                // One of so many: there are some hundreds, most of them pages of one transaction.
                step += 7;
                older_store in;
                in.rows = 70;
                in.make();
                test::fragile_disk disk;
                in.hooks.vfs = disk.vfs();
                disk.fail_at(step);
                (void)in.open();
                failed = disk.has_failed();
                disk.fail();
                auto const coin = base::make_seeded_random(step);
                disk.come_back(*coin, kept);
                in.hooks.vfs.clear();
                CAPTURE(step);
                auto const store = in.open().value();
                CHECK(test::files_with("planted", in.folder.path()).empty());
                in.look(*store);
            }
            CHECK(step > 100);
        }
    }
}
