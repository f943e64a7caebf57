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

    TEST_CASE_FIXTURE(changed_store, "a store whose record of the seal was emptied is refused") {
        make();
        change("DELETE FROM store_seal");
        CHECK(contains(refusal(), "the record of its seal is damaged"));
    }
}
