// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/lock_command.hpp"
#include "support/results.hpp"
#include "support/run_coroutine.hpp"

using namespace chatrixcd;
using namespace chatrixcd::chatops;

namespace {

struct no_args {};

command plain(std::string name, std::string group = "Look") {
    auto const answer = [name](context&, no_args) -> awaitable<result<view>> { co_return view::of_text(name); };
    return declare<no_args>(name, "Do " + name).group(std::move(group)).example(name).does(answer);
}

struct fixture {
    fixture() {
        set.add_help();
        for (auto const* name : {"status", "stop", "run", "ping"}) set.add(plain(name));
        set.add(test::lock_command(got));
    }
    std::string refusal_of(std::string const& line) {
        auto const call = set.parse(line);
        REQUIRE_MESSAGE(!call, line);
        return call.error().message();
    }
    test::lock_args got;
    command_set set;
};

}  // namespace

TEST_SUITE("chatops::command set") {
    TEST_CASE_FIXTURE(fixture, "exact names and aliases run") {
        CHECK(set.parse("lock prod").value().name() == "lock");
        CHECK(set.parse("hold prod").value().name() == "lock");
        CHECK(set.parse("  ping ").value().name() == "ping");
    }
    TEST_CASE_FIXTURE(fixture, "nothing else runs: not a beginning, not another case, not a typing error") {
        CHECK(refusal_of("stat") == "I don't know `stat`. Did you mean `status`?");
        CHECK(refusal_of("st") == "I don't know `st`. Did you mean `status` or `stop`?");
        CHECK(refusal_of("Ping") == "I don't know `Ping`. Did you mean `ping`?");
        CHECK(refusal_of("pnig") == "I don't know `pnig`. Did you mean `ping`?");
        CHECK(refusal_of("hodl prod") == "I don't know `hodl`. Did you mean `hold`?");
        CHECK(refusal_of("deploy") == "I don't know `deploy`.");
        CHECK(set.parse("deploy").error().kind() == base::error_kind::not_found);
        CHECK(set.parse("deploy").error().hint() == "`help` lists all commands.");
        CHECK(set.parse("deploy", "!cd").error().hint() == "`!cd help` lists all commands.");
    }
    TEST_CASE_FIXTURE(fixture, "an empty line and a broken one are refused") {
        CHECK(refusal_of("") == "No command was given.");
        CHECK(!set.parse("lock \"prod"));
    }
    TEST_CASE_FIXTURE(fixture, "a name or alias is taken once") {
        CHECK_THROWS_AS(set.add(plain("ping")), std::logic_error);
        CHECK_THROWS_AS(set.add(plain("hold")), std::logic_error);
    }
    TEST_CASE_FIXTURE(fixture, "every example parses, and runs the command it is for") {
        for (auto const& each : set.all()) {
            for (auto const& example : each.examples()) {
                auto const call = set.parse(example);
                REQUIRE_MESSAGE(call, example);
                CHECK(call->name() == each.name());
            }
        }
    }
    TEST_CASE_FIXTURE(fixture, "completion goes from names to arguments") {
        CHECK(set.complete("st") == std::vector<std::string>{"status", "stop"});
        CHECK(set.complete("lock prod --f") == std::vector<std::string>{"--for"});
        CHECK(set.complete("nonsense x").empty());
        CHECK(set.complete("").size() == 6);
    }
    TEST_CASE_FIXTURE(fixture, "a refusal becomes a view, with code as code and the server's words in quotes") {
        auto const why = base::error(base::error_kind::invalid, "I don't know `x`.").with_server_text("<b>no</b>").with_hint("Try `help`.");
        auto const shown = refusal(why);
        view expected;
        expected.add(paragraph{{"I don't know ", code("x"), ".", " The server says: “<b>no</b>”"}});
        expected.add(paragraph{{"Try ", code("help"), "."}});
        CHECK(shown == expected);
        CHECK(line_of("a ` b") == line{"a ` b"});
    }
}
