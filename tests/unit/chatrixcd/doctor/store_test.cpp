// SPDX-License-Identifier: Apache-2.0
#include "doctor/store.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <boost/asio/io_context.hpp>
#include <chatrixcd/base/files.hpp>
#include <chatrixcd/base/store.hpp>
#include <filesystem>
#include <sstream>

#include "support/run_coroutine.hpp"
#include "unit/chatrixcd/config/load_text.hpp"

namespace chatrixcd::bot {
namespace {

struct examination {
    base::temporary_folder folder{"chatrixcd-test-"};
    std::string key_file = folder.path() + "/store.key";

    // What is found; the exit code goes into `code`.
    std::string look(std::string const& more = {}) {
        std::ostringstream out;
        findings found(out);
        auto const text = R"({"matrix": {"user_id": "@b:x", "password": "p", "store_path": ")" + folder.path() + "\"" + more + "}}";
        boost::asio::io_context loop(1);
        test::run_coroutine(loop, examine_store(loop.get_executor(), load_text(text).values, variables_of({}), found));
        code = found.outcome();
        return out.str();
    }
    void make_store() const {
        base::store_options how;
        how.path = folder.path() + "/matrix.db";
        how.key = base::store_key_file{key_file};
        REQUIRE(base::store::open(std::move(how), base::make_inline_store_runner()).has_value());
    }

    exit_code code = exit_code::success;
};

bool contains(std::string const& text, std::string const& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_SUITE("bot::doctor::store") {
    TEST_CASE_FIXTURE(examination, "of a bot that was never started it says where the key will be, and makes nothing") {
        CHECK(contains(look(), "note  the bot's first start makes the store's key, " + key_file));
        CHECK(code == exit_code::success);
        CHECK(std::filesystem::is_empty(folder.path()));
    }

    TEST_CASE_FIXTURE(examination, "it says where the key is, and that a copy needs it") {
        make_store();
        CHECK(contains(look(), "ok    the store's key is in " + key_file + ": a copy of the store needs it, too"));
        CHECK(code == exit_code::success);
    }

    TEST_CASE_FIXTURE(examination, "a key that is missing, another, none or readable by others is bad, as it would be for a start") {
        make_store();
        CHECK(contains(look(R"(, "store_key": ")" + std::string(64, 'b') + R"(")"), "BAD   the store: the database"));
        CHECK(code == exit_code::store);
        CHECK(contains(look(R"(, "store_key": "hunter2")"),
                       "BAD   the store's key: matrix.store_key: a store's key is 64 hexadecimal digits"));
        CHECK(code == exit_code::usage);
        ::chmod(key_file.c_str(), 0644);
        CHECK(contains(look(), "others can read the store's key " + key_file));
        std::filesystem::remove(key_file);
        CHECK(contains(look(), key_file + " does not exist"));
        CHECK(code == exit_code::store);
    }
}

}  // namespace chatrixcd::bot
