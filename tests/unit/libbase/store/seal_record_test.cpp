// SPDX-License-Identifier: Apache-2.0
// Somebody writes to the file of a sealed store, without its key.
#include <doctest/doctest.h>

#include <filesystem>

#include "store/sealed_fixture.hpp"
#include "support/files_with.hpp"

namespace base = chatrixcd::base;
namespace test = chatrixcd::test;
using test::letters;
using test::notes;

namespace {

struct changed_store : test::sealed_fixture {
    void make() {
        auto const store = open().value();
        put(*store, 1, "genuine", "a note");
    }

    // SQL needs no key.
    void change(std::string const& sql) {
        auto const store = open().value();
        write(*store, [&](base::transaction& t) { t.run(sql); });
    }

    std::string refusal() {
        auto const opened = open();
        REQUIRE(opened.has_error());
        CHECK(opened.error().kind() == base::error_kind::environment);
        return opened.error().describe();
    }
};

// With a text that a later version of the program moves into a sealed column.
struct growing_store : changed_store {
    static constexpr base::sealed_column words = base::sealed_column("topics", "words");

    growing_store() { migrations.push_back({"topics", "CREATE TABLE topics (id INTEGER PRIMARY KEY, text TEXT NOT NULL)"}); }

    void make() {
        changed_store::make();
        change("INSERT INTO topics (id, text) VALUES (1, 'planted topic')");
    }

    void grow() {
        migrations.push_back({"topics are sealed",
                              "ALTER TABLE topics ADD COLUMN words BLOB; UPDATE topics SET words = CAST(x'00' || text AS BLOB);"
                              "ALTER TABLE topics DROP COLUMN text"});
        sealed.push_back(words);
    }

    void look() {
        auto const store = open().value();
        CHECK(test::files_with("planted", folder.path()).empty());
        auto const read = [](base::transaction& t) { return t.unseal(words, t.first("SELECT words FROM topics WHERE id = 1")->bytes(0)); };
        auto const found = write(*store, read);
        REQUIRE(found.has_value());
        CHECK(*found == "planted topic");
        CHECK(body(*store, 1).value() == "genuine");
    }
};

bool contains(std::string const& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_SUITE("base::sealing") {
    TEST_CASE_FIXTURE(changed_store,
                      "a store whose record of the seal was removed is refused, unchanged: nothing put into it is sealed as genuine") {
        make();
        change("INSERT INTO letters (id, body, note) VALUES (2, CAST(x'00' || 'forged' AS BLOB), NULL)");
        change("DROP TABLE store_seal");
        auto const before = test::content_of(path);
        auto const words = refusal();
        CHECK(contains(words, "the record of its seal is gone, and letters.body holds what was sealed"));
        CHECK(contains(words, "put back a copy of it"));
        CHECK(test::content_of(path) == before);
    }

    TEST_CASE_FIXTURE(changed_store, "one value that was sealed tells that the record is gone, in any column; and no new key is made") {
        make();
        change("UPDATE letters SET body = x''");
        change("DROP TABLE store_seal");
        std::filesystem::remove(key_path);
        CHECK(contains(refusal(), "letters.note holds what was sealed"));
        CHECK_FALSE(std::filesystem::exists(key_path));
    }

    TEST_CASE_FIXTURE(growing_store,
                      "what a step of the schema moves into a sealed column is sealed, and nothing of it is left in the files") {
        make();
        CHECK_FALSE(test::files_with("planted", folder.path()).empty());
        grow();
        look();
        // Once.
        auto commits = 0;
        hooks.before_commit = [&] { ++commits; };
        auto const store = open().value();
        CHECK(commits == 0);
    }

    TEST_CASE_FIXTURE(growing_store, "killed between a step of the schema and its sealing: the next opening goes on, and ends it") {
        make();
        grow();
        hooks.before_commit = [] { throw base::store_error("killed"); };
        CHECK(open().has_error());
        hooks = {};
        look();
    }

    TEST_CASE_FIXTURE(growing_store, "a value that somebody puts into a sealed column before a step of the schema is not sealed with it") {
        make();
        change("INSERT INTO letters (id, body, note) VALUES (2, CAST(x'00' || 'forged' AS BLOB), NULL)");
        auto const before = test::content_of(path);
        grow();
        CHECK(contains(refusal(), "a value of letters.body is not encrypted, though the store is"));
        CHECK(test::content_of(path) == before);
    }

    TEST_CASE_FIXTURE(growing_store, "a schema that was set back, so that a step would seal what somebody has put there, is refused") {
        make();
        grow();
        look();
        change("ALTER TABLE topics ADD COLUMN text TEXT NOT NULL DEFAULT 'forged'");
        change("ALTER TABLE topics DROP COLUMN words");
        change("DELETE FROM schema_migrations WHERE number = 3");
        auto const before = test::content_of(path);
        CHECK(contains(refusal(), "its schema is not the one that it was sealed with"));
        CHECK(test::content_of(path) == before);
    }

    TEST_CASE_FIXTURE(growing_store, "a record from before it counted the schema's steps is taken, and counts them from then on") {
        make();
        auto const proof = base::sealed_column("store_seal", "proof");
        sealed.push_back(proof);
        {
            auto const store = open().value();
            write(*store, [&](base::transaction& t) { t.run("UPDATE store_seal SET proof = ?1", {t.seal(proof, "complete")}); });
        }
        sealed.pop_back();
        { auto const store = open().value(); }
        change("DELETE FROM schema_migrations WHERE number = 2");
        CHECK(contains(refusal(), "its schema is not the one that it was sealed with"));
    }

    TEST_CASE_FIXTURE(changed_store, "a store whose record of the seal was emptied is refused") {
        make();
        change("DELETE FROM store_seal");
        CHECK(contains(refusal(), "the record of its seal is damaged"));
    }
}
