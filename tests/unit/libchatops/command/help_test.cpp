// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <chatrixcd/chatops/render.hpp>

#include "support/lock_command.hpp"
#include "support/results.hpp"
#include "support/run_coroutine.hpp"

using namespace chatrixcd;
using namespace chatrixcd::chatops;

namespace {

struct fixture {
    fixture() {
        set.add_help();
        set.add(test::lock_command(got));
    }
    std::string answer(std::string const& text) {
        auto call = set.parse(text);
        REQUIRE(call);
        boost::asio::io_context loop;
        test::asking who;
        auto const shown = test::run_coroutine(loop, std::move(*call).run(who));
        if (!shown) return shown.error().describe();
        return render_plain(*shown);
    }
    test::lock_args got;
    command_set set;
};

}  // namespace

TEST_SUITE("chatops::command help") {
    TEST_CASE_FIXTURE(fixture, "help lists all commands by group, as they can be typed here") {
        CHECK(answer("help") ==
              "Look\n"
              "• `!cd help [command]` – Show what I can do\n"
              "\n"
              "Gate\n"
              "• `!cd lock <target> [reason] [others …] [--for <duration>] [--level <number>] [--steal] [name=value …]` – Keep others from "
              "running "
              "anything on a target\n"
              "\n"
              "`!cd help <command>` tells more about one.");
    }
    TEST_CASE_FIXTURE(fixture, "help for one tells everything, also by alias") {
        auto const text = answer("help lock");
        CHECK(text ==
              "lock\n"
              "Keep others from running anything on a target. Effect: high.\n"
              "\n"
              "Usage: `!cd lock <target> [reason] [others …] [--for <duration>] [--level <number>] [--steal] [name=value …]`\n"
              "\n"
              "• `target` – environment or job\n"
              "• `reason` – why, for those who are refused, may be left out\n"
              "• `others` – more targets\n"
              "• `--for` – when it opens by itself (duration)\n"
              "• `--level` – how firmly (number)\n"
              "• `--steal` – take over somebody else's lock\n"
              "• `name=value` – anything to note\n"
              "\n"
              "Also: `hold`\n"
              "\n"
              "Examples\n"
              "!cd lock prod \"db migration\" --for 2h\n"
              "!cd lock prod --steal ticket=42");
        CHECK(answer("help hold") == text);
    }
    TEST_CASE_FIXTURE(fixture, "help for what does not exist asks") {
        CHECK(answer("help lokc") == "I don't know `lokc`. Did you mean `lock`?. `!cd help` lists all commands.");
    }
}
