// SPDX-License-Identifier: Apache-2.0
#include "config/safety.hpp"

#include <sys/stat.h>

#include <doctest/doctest.h>
#include <chatrixcd/base/files.hpp>

#include "unit/chatrixcd/config/load_text.hpp"

namespace chatrixcd::bot {
namespace {

std::string account(std::string const& more) { return R"({"matrix": {"user_id": "@b:x", "password": "p", )" + more + "}}"; }

loaded_config with_job(std::string const& program, std::string const& environment = "{}") {
    return load_text(R"({"ci": [{"name": "local", "type": "executor", "projects": [{"name": "demo", "jobs": [{"name": "j", "argv": [")" +
                     program + R"("], "environment": )" + environment + "}]}]}]}");
}

}  // namespace

TEST_SUITE("bot::config::safety") {
    TEST_CASE("files that are not there are named with the place of the key") {
        auto const loaded = load_text(account(R"("ca_file": "/no/ca.pem", "client_key": "/no/key.pem", "store_path": "/dev/null/store")"));
        auto const lines = missing_files(loaded);
        CHECK(says(lines, {"bot.hjson:1:", "matrix.ca_file: `/no/ca.pem` cannot be read"}));
        CHECK(says(lines, {"bot.hjson:1:", "matrix.client_key: `/no/key.pem` cannot be read"}));
        CHECK(missing_files(load_text(account(R"("store_path": "/tmp/not/made/yet")"))).empty());
    }

    TEST_CASE("a job whose program is not there is named, by its own PATH as by ours") {
        std::map<std::string, std::string> const usual{{"PATH", "/usr/bin:/bin"}};
        CHECK(missing_programs(with_job("/bin/true").values, variables_of(usual)).empty());
        CHECK(missing_programs(with_job("true").values, variables_of(usual)).empty());
        CHECK(
            says(missing_programs(with_job("/no/such").values, variables_of(usual)), {"ci local: demo / j: there is no program /no/such"}));
        CHECK(
            says(missing_programs(with_job("true", R"({"PATH": "/no"})").values, variables_of(usual)), {"no program true in PATH (/no)"}));
        CHECK(says(missing_programs(with_job("/etc/passwd").values, variables_of(usual)), {"not executable"}));
    }

    TEST_CASE("a secret that cannot be had is named with the place of its key") {
        auto const missing = [](std::string const& source, std::map<std::string, std::string> variables = {}) {
            auto const loaded = load_text(R"({"matrix": {"user_id": "@b:x", "password": )" + source + "}}");
            return missing_secrets(loaded, variables_of(std::move(variables)));
        };
        CHECK(says(missing(R"({"env": "PW"})"), {"bot.hjson:1:", "matrix.password: the environment variable PW is not set"}));
        CHECK(missing(R"({"env": "PW"})", {{"PW", "v"}}).empty());
        CHECK(says(missing(R"({"file": "/no/pw"})"), {"matrix.password: ", "/no/pw"}));
        CHECK(says(missing(R"({"command": ["/no/such"]})"), {"matrix.password: there is no program /no/such"}));
        CHECK(says(missing(R"({"credential": "pw"})", {{"CREDENTIALS_DIRECTORY", "/no"}}), {"matrix.password: ", "/no/pw"}));
        CHECK(missing(R"({"credential": "pw"})").empty());
    }

    TEST_CASE("a private key that others can read is told of") {
        base::temporary_folder folder("chatrixcd-test-");
        auto const file = folder.path() + "/key.pem";
        REQUIRE(base::write_file(file, "key").has_value());
        ::chmod(file.c_str(), 0644);
        auto const loaded = load_text(account(R"("client_key": ")" + file + "\""));
        CHECK(says(exposures(loaded, "bot.hjson"), {file, "private key", "chmod 600"}));
        ::chmod(file.c_str(), 0600);
        CHECK_FALSE(says(exposures(loaded, "bot.hjson"), {file}));
    }
}

}  // namespace chatrixcd::bot
