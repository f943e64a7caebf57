// SPDX-License-Identifier: Apache-2.0
#include "config/loader.hpp"
#include "config/verified_entry.hpp"

#include <doctest/doctest.h>
#include <chatrixcd/base/files.hpp>

#include "unit/chatrixcd/config/load_text.hpp"

namespace chatrixcd::bot {

TEST_SUITE("bot::config") {
    constexpr char const* complete = R"({
  // comments and trailing commas are fine
  "matrix": {
    "homeserver": "https://matrix.example.org",
    "user_id": "@bot:example.org",
    "password": "hunter2",
  },
  "bot": {"allowed_rooms": ["!a:example.org"], "admin_users": ["@ann:example.org"]},
  "ci": [{"name": "local", "type": "executor",
          "projects": [{"name": "demo", "jobs": [{"name": "hello", "argv": ["/bin/echo", "hi"]}]}]}]
})";

    TEST_CASE("the configuration of the documentation loads without a word") {
        auto const loaded = load_text(complete);
        CHECK(loaded.problems.empty());
        CHECK(loaded.warnings.empty());
        CHECK(loaded.values.matrix.user_id == "@bot:example.org");
        CHECK(loaded.values.ci.at(0).projects.at(0).jobs.at(0).argv == std::vector<std::string>{"/bin/echo", "hi"});
    }

    TEST_CASE("the example of docs/configuration.md loads without a word") {
        std::string const page = base::read_file(CHATRIXCD_SOURCE_DIR "/docs/configuration.md", 1U << 20U).value();
        std::size_t const begin = page.find("```\n") + 4;
        auto const loaded = load_text(page.substr(begin, page.find("\n```", begin) - begin));
        CHECK(loaded.problems == std::vector<std::string>{});
        CHECK(loaded.warnings == std::vector<std::string>{});
        CHECK(refusals(loaded).empty());
    }

    TEST_CASE("the command line beats the file, which beats the environment, which beats the default") {
        auto const text = R"({"matrix": {"device_name": "file", "user_id": "@b:x", "password": "p"}})";
        CHECK(load_text(R"({})").values.matrix.device_name == "ChatrixCD Bot");
        auto const from_file = load_text(text, {{"CHATRIXCD_MATRIX_DEVICE_NAME", "variable"}});
        CHECK(from_file.values.matrix.device_name == "file");
        CHECK(from_file.origins.at("matrix.device_name").starts_with("bot.hjson:1:"));
        auto const from_variable = load_text("{}", {{"CHATRIXCD_MATRIX_DEVICE_NAME", "variable"}});
        CHECK(from_variable.values.matrix.device_name == "variable");
        CHECK(from_variable.origins.at("matrix.device_name") == "variable CHATRIXCD_MATRIX_DEVICE_NAME");
        auto const from_line = load_text(text, {{"CHATRIXCD_MATRIX_DEVICE_NAME", "variable"}}, {{"matrix.device_name", "line"}});
        CHECK(from_line.values.matrix.device_name == "line");
        CHECK(from_line.origins.at("matrix.device_name") == "command line");
    }

    TEST_CASE("an error names the key, the line and what would be right") {
        auto const loaded = load_text("{\n  matrix: {\n    user_id: [1]\n  }\n}");
        CHECK(says(loaded.problems, {"bot.hjson:3:14", "matrix.user_id", "is a list, should be a string"}));
    }

    TEST_CASE("every mistake is reported at once, not the first alone") {
        auto const loaded = load_text("{\n  matrix: { user_id: [1], homeserver: {} }\n  bot: { admin_users: \"@ann:x\" }\n}");
        CHECK(loaded.problems.size() == 3);
    }

    TEST_CASE("an unknown key warns and suggests the right one") {
        auto const loaded = load_text(R"({"bot": {"admin_user": ["@ann:x"]}})");
        CHECK(says(loaded.warnings, {"bot.admin_user", "did you mean `admin_users`"}));
    }

    TEST_CASE("a broken file is one line with its place") {
        auto const loaded = load_text("{\n  \"matrix\": {\n");
        REQUIRE(loaded.problems.size() == 1);
        CHECK(loaded.problems.front().starts_with("bot.hjson:2:13: "));
        CHECK(loaded.problems.front().find('\n') == std::string::npos);
    }

    TEST_CASE("what is missing is said with the line to add") {
        auto const loaded = load_text("{}");
        CHECK(says(loaded.problems, {"matrix.user_id is missing", "\"user_id\": \"@bot:example.org\"", "CHATRIXCD_MATRIX_USER_ID"}));
        CHECK(says(loaded.problems, {"matrix.password is missing", "CHATRIXCD_MATRIX_PASSWORD"}));
    }

    TEST_CASE("without a homeserver the domain of the user id is looked up") {
        auto const loaded = load_text(R"({"matrix": {"user_id": "@bot:example.org", "password": "p"}})");
        CHECK(loaded.values.matrix.homeserver == "example.org");
    }

    TEST_CASE("an empty list of admins or rooms allows nobody, and says the line to add") {
        auto const lines = refusals(load_text(R"({"matrix": {"user_id": "@b:x", "password": "p"}})"));
        CHECK(says(lines, {"admin_users", "\"admin_users\": ["}));
        CHECK(says(lines, {"allowed_rooms", "\"allowed_rooms\": ["}));
        CHECK(refusals(load_text(complete)).empty());
    }

    TEST_CASE("an id that can never match is refused where it stands") {
        auto const loaded = load_text(
            "{\n matrix: {\n  user_id: \"@bot:x\", password: \"p\"\n  homeserver: \"http://[bad\"\n }\n bot: {admin_users: [\"alice\"],\n "
            "allowed_rooms: [\"#general:x\"]}\n}");
        CHECK(says(loaded.problems, {"bot.hjson:4:15: matrix.homeserver: `http://[bad` is not an http(s) URL: ']' is missing"}));
        CHECK(says(loaded.problems, {"bot.hjson:6", "bot.admin_users", "`alice` is not a Matrix id"}));
        CHECK(says(loaded.problems, {"bot.hjson:7", "bot.allowed_rooms", "`#general:x` is not a room id"}));
        CHECK(says(load_text(R"({"matrix": {"user_id": "bx", "password": "p", "homeserver": "x"}})").problems, {"matrix.user_id", "`bx`"}));
    }

    TEST_CASE("a room whose members are pinned is one in which somebody can let newcomers in") {
        auto const load_with = [](std::string const& rooms, std::string const& encryption = "on") {
            return load_text(R"({"matrix": {"user_id": "@b:x", "password": "p", "encryption": ")" + encryption + R"(", "pinned_rooms": [)" +
                             rooms + R"(]}, "bot": {"allowed_rooms": ["!a:x"], "admin_users": ["@ann:x"]}})");
        };
        CHECK(load_text(complete).values.matrix.pinned_rooms.empty());
        auto const good = load_with("\"!a:x\"");
        CHECK(good.problems.empty());
        CHECK(good.values.matrix.pinned_rooms == std::vector<std::string>{"!a:x"});
        CHECK(says(load_with("\"!a:x\", \"!other:x\"").problems,
                   {"bot.hjson:1:", "matrix.pinned_rooms", "`!other:x` is not in bot.allowed_rooms"}));
        CHECK(says(load_with("\"!a:x\"", "off").warnings, {"matrix.pinned_rooms", "has no effect"}));
    }

    TEST_CASE("lists come from the environment with commas") {
        auto const loaded = load_text("{}", {{"CHATRIXCD_BOT_ADMIN_USERS", "@ann:x, @bob:x"}});
        CHECK(loaded.values.bot.admin_users == std::vector<std::string>{"@ann:x", "@bob:x"});
    }

    TEST_CASE("a secret is named in the same ways everywhere") {
        auto const from_variable = load_text("{}", {{"CHATRIXCD_MATRIX_PASSWORD", R"({"file": "/run/secret"})"}});
        CHECK(from_variable.values.matrix.password.from == secret_source::kind::file);
        CHECK(from_variable.values.matrix.password.name == "/run/secret");
        auto const from_line = load_text("{}", {}, {{"matrix.password", R"({"command": ["pass", "bot"]})"}});
        CHECK(from_line.values.matrix.password.command == std::vector<std::string>{"pass", "bot"});
        auto const literal = load_text("{}", {{"CHATRIXCD_MATRIX_PASSWORD", "{not: closed"}});
        CHECK(literal.values.matrix.password.text.reveal() == "{not: closed");
        auto const wrong = load_text("{}", {{"CHATRIXCD_MATRIX_PASSWORD", R"({"flie": "/run/secret"})"}});
        CHECK(says(wrong.problems, {"CHATRIXCD_MATRIX_PASSWORD", "`flie` is no source of a secret"}));
    }

    TEST_CASE("a server's name is no path, and a project's no number") {
        auto const named = [](std::string const& name) {
            return load_text(R"({"matrix": {"user_id": "@b:x", "password": "p"}, "ci": [{"name": ")" + name +
                             R"(", "type": "executor", "projects": [{"name": "1", "jobs": [{"name": "a", "argv": ["/bin/true"]}]}]}]})");
        };
        CHECK(named("local-2").problems.empty());
        CHECK(says(named("local").warnings, {"ci[0].projects[0]", "`1` can be taken for a number"}));
        for (auto const* wrong : {"../up", "a/b", ".", "matrix.db", "-x", "a b", "\u00e4"}) {
            CHECK_MESSAGE(says(named(wrong).problems, {"ci[0].name", "is no name of a server"}), wrong);
        }
    }

    TEST_CASE("a variable that looks like a key and is none is told of") {
        load_request request;
        request.file_text = R"({"matrix": {"user_id": "@b:x", "password": {"env": "CHATRIXCD_PW"}}})";
        request.variable_names = {"CHATRIXCD_MATRIX_USERID", "CHATRIXCD_MATRIX_HOMESERVER", "CHATRIXCD_PW"};
        auto const loaded = load(std::move(request));
        CHECK(says(loaded.warnings, {"CHATRIXCD_MATRIX_USERID", "did you mean `CHATRIXCD_MATRIX_USER_ID`?"}));
        for (auto const* fine : {"MATRIX_HOMESERVER", "CHATRIXCD_PW", "RUN_ID"}) CHECK_FALSE(says(loaded.warnings, {fine}));
    }

    TEST_CASE("what no list, prefix or option can be is named with its place") {
        auto const loaded =
            load_text(R"({"matrix": {"user_id": "@b:x", "password": "p"}, "bot": {"command_prefix": "a b", "admin_users": []}})");
        CHECK(says(loaded.problems, {"bot.hjson:1:", "bot.command_prefix: must be one word"}));
        CHECK(says(refusals(loaded), {"bot.hjson:1:", "bot.admin_users: is empty"}));
        CHECK(
            says(load_text("{}", {}, {{"matrix.userid", "x"}}).problems, {"--set matrix.userid: is not a known key", "`matrix.user_id`"}));
    }

    TEST_CASE("an empty store folder is refused") {
        auto const loaded = load_text(R"({"matrix": {"user_id": "@b:x", "password": "p", "store_path": ""}})");
        CHECK(says(loaded.problems, {"matrix.store_path: is empty"}));
    }

    TEST_CASE("where no account is needed, none has to be named") {
        load_request request;
        request.file_text = "{}";
        request.needs_account = false;
        CHECK(load(std::move(request)).problems.empty());
    }

    TEST_CASE("a value out of the choices is refused with the choices") {
        auto const loaded = load_text(R"({"matrix": {"auth_type": "oidc", "user_id": "@b:x", "password": "p"}})");
        CHECK(says(loaded.problems, {"matrix.auth_type", "`oidc` is none of password, token"}));
    }

    TEST_CASE("a recovery key without encryption has no effect, and says so") {
        auto const load_with = [](std::string const& encryption) {
            return load_text(R"({"matrix": {"user_id": "@b:x", "password": "p", "recovery_key": "k")" + encryption + "}}");
        };
        CHECK(says(load_with(R"(, "encryption": "off")").warnings, {"matrix.recovery_key", "matrix.encryption is not \"on\""}));
        CHECK_FALSE(says(load_with("").warnings, {"matrix.recovery_key"}));
        CHECK(says(load_with(R"(, "encryption": true)").problems, {"matrix.encryption"}));
    }

    TEST_CASE("people are known by keys as their clients show them, and what is none is named") {
        auto const load_with = [](std::string const& entries, std::string const& encryption = "on") {
            return load_text(R"({"matrix": {"user_id": "@b:x", "password": "p", "encryption": ")" + encryption + R"(", "verified": [)" +
                             entries + "]}}");
        };
        std::string const key = "qz/F +d3S m28b issn QMI9 Ow/N dcJG SHwU hkMd GqSw duI";
        auto const good = load_with("\"@ann:x " + key + "\", \"@bob:x qz/F+d3Sm28bissnQMI9Ow/NdcJGSHwUhkMdGqSwduI\"");
        CHECK(good.problems.empty());
        auto const keys = verified_entries(good.values.matrix.verified);
        REQUIRE(keys.size() == 2);
        CHECK(keys[0].user().str() == "@ann:x");
        CHECK(keys[0].key() == keys[1].key());
        CHECK(says(load_with("\"ann " + key + "\"").problems, {"bot.hjson:1:", "matrix.verified", "no Matrix id", "@you:example.org KEY"}));
        CHECK(says(load_with("\"@ann:x\"").problems, {"matrix.verified", "it has no key"}));
        CHECK(says(load_with("\"@ann:x abcd\"").problems, {"matrix.verified", "it is no key"}));
        CHECK(says(load_with("\"@ann:x " + key + "\"", "off").warnings, {"matrix.verified", "has no effect"}));
    }
}

}  // namespace chatrixcd::bot
