// SPDX-License-Identifier: Apache-2.0
#include "store_key.hpp"

#include <doctest/doctest.h>

#include <boost/asio/io_context.hpp>
#include <chatrixcd/base/files.hpp>

#include "support/run_coroutine.hpp"
#include "unit/chatrixcd/config/load_text.hpp"

namespace chatrixcd::bot {
namespace {

std::string const digits(64, 'a');

base::result<base::store_key_source> read(std::string const& line, std::map<std::string, std::string> const& variables = {}) {
    auto const loaded =
        load_text(R"({"matrix": {"user_id": "@b:x", "password": "p", "store_path": "/var/lib/bot")" + line + "}}", variables);
    REQUIRE(loaded.problems.empty());
    boost::asio::io_context loop(1);
    return test::run_coroutine(loop, read_store_key(loop.get_executor(), loaded.values.matrix, variables_of(variables)));
}

bool is_key(base::result<base::store_key_source> const& source) {
    auto const* const key = source ? std::get_if<base::store_key>(&*source) : nullptr;
    return key != nullptr && key->bytes().reveal() == std::string(32, '\xaa');
}

}  // namespace

TEST_SUITE("bot::config::store_key") {
    TEST_CASE("without a word about it the key is in a file among the databases") {
        auto const source = read("");
        REQUIRE(source.has_value());
        REQUIRE(std::holds_alternative<base::store_key_file>(*source));
        CHECK(std::get<base::store_key_file>(*source).path == "/var/lib/bot/store.key");
    }

    TEST_CASE("it comes from the file, a variable, another file, a systemd credential or a program") {
        base::temporary_folder const folder("chatrixcd-test-");
        REQUIRE(base::write_file(folder.path() + "/key", digits + "\n").has_value());
        CHECK(is_key(read(R"(, "store_key": ")" + digits + R"(")")));
        CHECK(is_key(read("", {{"CHATRIXCD_MATRIX_STORE_KEY", digits}})));
        CHECK(is_key(read(R"(, "store_key": {"env": "KEY"})", {{"KEY", digits}})));
        CHECK(is_key(read(R"(, "store_key": {"file": ")" + folder.path() + R"(/key"})")));
        CHECK(is_key(read(R"(, "store_key": {"credential": "key"})", {{"CREDENTIALS_DIRECTORY", folder.path()}})));
        CHECK(is_key(read(R"(, "store_key": {"command": ["/bin/echo", ")" + digits + R"("]})")));
    }

    TEST_CASE("what is no key, or not there, is one line that names the line of the configuration and does not show it") {
        for (auto const* line :
             {R"(, "store_key": "hunter2")", R"(, "store_key": {"env": "NONE"})", R"(, "store_key": {"credential": "key"})"}) {
            auto const source = read(line);
            REQUIRE(source.has_error());
            CHECK(source.error().kind() == base::error_kind::invalid);
            CHECK(source.error().message().starts_with("matrix.store_key: "));
            CHECK(source.error().describe().find("hunter2") == std::string::npos);
        }
    }
}

}  // namespace chatrixcd::bot
