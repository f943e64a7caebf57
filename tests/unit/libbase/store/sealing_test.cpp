// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <set>

#include "store/sealed_fixture.hpp"
#include "support/files_with.hpp"

namespace base = chatrixcd::base;
namespace test = chatrixcd::test;
using test::letters;
using test::notes;

namespace {

base::store_key some_key(char digit) { return base::store_key::parse(base::secret(std::string(64, digit))).value(); }

std::string every_byte() {
    std::string all;
    for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
    return all;
}

bool contains(std::string const& text, std::string_view part) { return text.find(part) != std::string::npos; }

std::string refusal(base::result<std::unique_ptr<base::store>> const& opened) {
    REQUIRE(opened.has_error());
    CHECK(opened.error().kind() == base::error_kind::environment);
    return opened.error().describe();
}

}  // namespace

TEST_SUITE("base::sealing") {
    TEST_CASE_FIXTURE(test::sealed_fixture, "a sealed column gives its content back, whatever the bytes, and never looks the same twice") {
        auto const store = open().value();
        for (auto const& content : {std::string(), std::string("x"), every_byte(), std::string(100000, 'a')}) {
            auto const seal = [&](base::transaction& t) { return t.seal(letters, content); };
            auto const first = write(*store, seal);
            auto const second = write(*store, seal);
            CHECK(first != second);
            CHECK(first.size() == content.size() + 29);
            CHECK(unsealed(*store, letters, first).value() == content);
            CHECK(unsealed(*store, letters, second).value() == content);
        }
    }

    TEST_CASE_FIXTURE(test::sealed_fixture, "without a key a column is kept as it is, behind its format") {
        key = std::monostate();
        auto const store = open().value();
        put(*store, 1, every_byte(), "");
        CHECK(stored(*store, 1).size() == 257);
        CHECK(stored(*store, 1).front() == std::byte{0});
        CHECK(body(*store, 1).value() == every_byte());
        CHECK_FALSE(std::filesystem::exists(key_path));
    }

    TEST_CASE_FIXTURE(test::sealed_fixture, "nothing of what was sealed can be read in the files, while the store is open and afterwards") {
        {
            auto const store = open().value();
            put(*store, 1, "a planted secret", "another planted one");
            CHECK(test::files_with("planted", folder.path()).empty());
        }
        CHECK(test::files_with("planted", folder.path()).empty());
        CHECK(test::files_with("letters", folder.path()) == std::vector<std::string>{"test.sqlite"});
    }

    TEST_CASE_FIXTURE(test::sealed_fixture, "a value that was changed in any byte or cut at any is refused") {
        auto const store = open().value();
        put(*store, 1, "pay 10 to bob", "");
        auto const value = stored(*store, 1);
        for (std::size_t i = 0; i < value.size(); ++i) {
            CAPTURE(i);
            auto changed = value;
            changed[i] ^= std::byte{1};
            auto const refused = unsealed(*store, letters, changed);
            REQUIRE(refused.has_error());
            CHECK(refused.error().kind() == base::error_kind::environment);
            auto const cut = base::blob(value.begin(), value.begin() + static_cast<std::ptrdiff_t>(i));
            CHECK(unsealed(*store, letters, cut).has_error());
        }
        // What was refused does not stand in the way of what comes next.
        CHECK(body(*store, 1).value() == "pay 10 to bob");
    }

    TEST_CASE_FIXTURE(test::sealed_fixture, "a value is refused in another column, and in another database under the same key") {
        key = some_key('a');
        auto const store = open().value();
        put(*store, 1, "a token", "");
        auto const value = stored(*store, 1);
        auto const moved = unsealed(*store, notes, value);
        REQUIRE(moved.has_error());
        CHECK(contains(moved.error().message(), "letters.note was changed, or belongs to another column or store"));
        path = folder.path() + "/other.sqlite";
        auto const other = open().value();
        CHECK(unsealed(*other, letters, value).has_error());
    }

    TEST_CASE_FIXTURE(test::sealed_fixture,
                      "a value in the clear that somebody puts into a sealed store is refused, and a format of the future") {
        auto const store = open().value();
        auto const planted = unsealed(*store, letters, base::blob{std::byte{0}, std::byte{'x'}});
        REQUIRE(planted.has_error());
        CHECK(contains(planted.error().message(), "somebody has put it there"));
        CHECK(contains(unsealed(*store, letters, base::blob{std::byte{2}}).error().message(), "has format 2"));
        CHECK(unsealed(*store, letters, {}).has_error());
    }

    TEST_CASE_FIXTURE(test::sealed_fixture, "a column that the store was not opened with is sealed by nobody") {
        for (base::store_key_source const& source : {base::store_key_source(), base::store_key_source(some_key('a'))}) {
            key = source;
            path = folder.path() + "/test" + std::to_string(source.index());
            auto const store = open().value();
            auto const seal = [](base::transaction& t) { return t.seal(base::sealed_column("letters", "id"), "x"); };
            CHECK_THROWS_AS(write(*store, seal), std::logic_error);
        }
    }

    TEST_CASE_FIXTURE(test::sealed_fixture, "no nonce comes twice, over openings of the store either") {
        std::set<base::blob> seen;
        for (int opening = 0; opening < 20; ++opening) {
            auto const store = open().value();
            write(*store, [&](base::transaction& t) {
                for (int i = 0; i < 100; ++i) {
                    auto const value = t.seal(letters, "");
                    seen.emplace(value.begin() + 1, value.begin() + 13);
                }
            });
        }
        CHECK(seen.size() == 2000);
    }

    TEST_CASE_FIXTURE(test::sealed_fixture, "the first opening makes the key file, private; later ones read with it what was sealed") {
        {
            auto const store = open().value();
            put(*store, 1, "kept", "");
        }
        struct stat about {};
        REQUIRE(::stat(key_path.c_str(), &about) == 0);
        CHECK((about.st_mode & 0777U) == 0600U);
        auto const store = open().value();
        CHECK(body(*store, 1).value() == "kept");
    }

    TEST_CASE_FIXTURE(test::sealed_fixture,
                      "a sealed store is refused without its key and with another one, in one line that says so, and unchanged") {
        {
            auto const store = open().value();
            put(*store, 1, "kept", "");
        }
        auto const before = test::content_of(path);
        auto const kept = base::read_file(key_path, 100).value();
        auto const schema = migrations;
        // A schema that would have to change, too.
        migrations.push_back({"more", "ALTER TABLE letters ADD COLUMN more TEXT"});

        key = std::monostate();
        CHECK(contains(refusal(open()), "what it holds is sealed, and no key was given"));
        key = some_key('b');
        CHECK(contains(refusal(open()), "sealed with another key than the one that was given"));
        key = base::store_key_file{key_path};
        REQUIRE(base::write_file(key_path, std::string(64, 'c')).has_value());
        CHECK(contains(refusal(open()), "sealed with another key than that of " + key_path));
        CHECK(base::store::examine_key(path, key).error().message() == open().error().message());
        std::filesystem::remove(key_path);
        auto const missing = refusal(open());
        CHECK(contains(missing, key_path + " does not exist"));
        CHECK(contains(missing, "A store needs the key that it was made with"));
        CHECK(missing.find('\n') == std::string::npos);
        CHECK_FALSE(std::filesystem::exists(key_path));
        CHECK(test::content_of(path) == before);

        REQUIRE(base::write_file(key_path, kept).has_value());
        CHECK(base::store::examine_key(path, key).has_value());
        CHECK(test::content_of(path) == before);
        migrations = schema;
        auto const store = open().value();
        CHECK(body(*store, 1).value() == "kept");
    }

    TEST_CASE_FIXTURE(test::sealed_fixture, "a key file that others can read is refused, for a new store and for one that is sealed") {
        REQUIRE(base::write_file(key_path, std::string(64, 'c')).has_value());
        ::chmod(key_path.c_str(), 0644);
        CHECK(contains(refusal(open()), "others can read the store's key"));
        ::chmod(key_path.c_str(), 0600);
        { auto const store = open().value(); }
        ::chmod(key_path.c_str(), 0644);
        CHECK(contains(refusal(open()), "others can read the store's key"));
    }
}
