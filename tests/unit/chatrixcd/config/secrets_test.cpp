// SPDX-License-Identifier: Apache-2.0
#include "config/secrets.hpp"

#include <doctest/doctest.h>
#include <boost/asio/io_context.hpp>
#include <chatrixcd/base/files.hpp>

#include "support/run_coroutine.hpp"
#include "unit/chatrixcd/config/load_text.hpp"

namespace chatrixcd::bot {
namespace {

secret_source source(secret_source::kind kind, std::string name) {
    secret_source made;
    made.from = kind;
    made.name = std::move(name);
    return made;
}

base::result<base::secret> read(secret_source from, std::map<std::string, std::string> variables = {}) {
    boost::asio::io_context loop(1);
    auto const executor = loop.get_executor();
    return test::run_coroutine(loop, read_secret(executor, std::move(from), "matrix.password", variables_of(std::move(variables))));
}

}  // namespace

TEST_SUITE("bot::config::secrets") {
    TEST_CASE("a file's last newline is no part of the secret") {
        base::temporary_folder folder("chatrixcd-test-");
        REQUIRE(base::write_file(folder.path() + "/p", "hunter2\n"));
        CHECK(read(source(secret_source::kind::file, folder.path() + "/p")).value().reveal() == "hunter2");
    }

    TEST_CASE("a missing file, variable or credential is one line that names the key") {
        for (auto kind : {secret_source::kind::file, secret_source::kind::environment, secret_source::kind::credential}) {
            auto const got = read(source(kind, "/nowhere/at-all"));
            REQUIRE(!got);
            CHECK(got.error().message().find("matrix.password: ") == 0);
        }
    }

    TEST_CASE("a variable and a systemd credential are read") {
        CHECK(read(source(secret_source::kind::environment, "PW"), {{"PW", "v"}}).value().reveal() == "v");
        base::temporary_folder folder("chatrixcd-test-");
        REQUIRE(base::write_file(folder.path() + "/pw", "c"));
        CHECK(read(source(secret_source::kind::credential, "pw"), {{"CREDENTIALS_DIRECTORY", folder.path()}}).value().reveal() == "c");
    }

    TEST_CASE("a command's output is the secret, its failure an error without the output") {
        secret_source good;
        good.from = secret_source::kind::command;
        good.command = {"/bin/echo", "from a command"};
        CHECK(read(good).value().reveal() == "from a command");
        secret_source bad = good;
        bad.command = {"/bin/sh", "-c", "echo hunter2; exit 3"};
        auto const got = read(bad);
        REQUIRE(!got);
        CHECK(got.error().describe().find("exit status 3") != std::string::npos);
        CHECK(got.error().describe().find("hunter2") == std::string::npos);
    }

    TEST_CASE("a description never shows the value") {
        auto const loaded = load_text(R"({"matrix": {"password": "hunter2"}})");
        CHECK(describe(loaded.values.matrix.password).find("hunter2") == std::string::npos);
        CHECK(describe(load_text(R"({"matrix": {"password": {"file": "/etc/pw"}}})").values.matrix.password).find("/etc/pw") !=
              std::string::npos);
    }

    TEST_CASE("a secret with two sources, or one that is unknown, is refused") {
        CHECK(says(load_text(R"({"matrix": {"password": {"file": "a", "env": "b"}}})").problems, {"exactly one source"}));
        CHECK(says(load_text(R"({"matrix": {"password": {"vault": "a"}}})").problems, {"`vault` is no source"}));
        CHECK(says(load_text(R"({"matrix": {"password": 5}})").problems, {"is a number, should be a secret"}));
    }
}

}  // namespace chatrixcd::bot
