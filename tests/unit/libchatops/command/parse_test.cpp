// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "support/lock_command.hpp"
#include "support/results.hpp"
#include "support/run_coroutine.hpp"
#include "support/texts.hpp"

using namespace chatrixcd;
using namespace chatrixcd::chatops;
using namespace std::chrono_literals;

namespace {

// Parses the words after `lock` and runs the command.
test::lock_args locked(std::string const& words) {
    test::lock_args got;
    auto const lock = test::lock_command(got);
    auto call = lock.parse(tokenize(words).value());
    REQUIRE_MESSAGE(call, words);
    boost::asio::io_context loop;
    test::asking who;
    auto const answer = test::run_coroutine(loop, std::move(*call).run(who));
    REQUIRE(answer);
    CHECK(*answer == view::of_text("locked " + got.target));
    return got;
}

std::string refusal_of(std::string const& words) {
    test::lock_args got;
    auto const call = test::lock_command(got).parse(tokenize(words).value());
    REQUIRE_MESSAGE(!call, words);
    CHECK(call.error().kind() == base::error_kind::invalid);
    CHECK(call.error().hint().starts_with("Usage: `lock <target>"));
    return call.error().message();
}

}  // namespace

TEST_SUITE("chatops::command parse") {
    TEST_CASE("words, options, flags and parameters in any order reach their members, typed") {
        auto const got = locked("prod --for 2h ticket=42 \"db migration\" --steal web1 --level=-3 web2 note=\"a b=c\"");
        CHECK(got.target == "prod");
        CHECK(got.reason == "db migration");
        CHECK(got.others == std::vector<std::string>{"web1", "web2"});
        CHECK(got.expires == 2h);
        CHECK(got.level == -3);
        CHECK(got.steal);
        CHECK(got.parameters == parameter_list{{"ticket", "42"}, {"note", "a b=c"}});
    }
    TEST_CASE("what is not given keeps its initial value") {
        auto const got = locked("prod");
        CHECK(!got.reason);
        CHECK(got.level == 1);
        CHECK(!got.expires);
        CHECK(got.parameters.empty());
    }
    TEST_CASE("after -- nothing is an option, and a quoted dash never is") {
        CHECK(locked("-- --steal").target == "--steal");
        CHECK(locked("\"--steal\"").target == "--steal");
        CHECK(locked("prod -- a=b").parameters.size() == 1);
    }
    TEST_CASE("a quoted '=' is no parameter, an empty value is one") {
        CHECK(locked("\"a=b\"").target == "a=b");
        CHECK(locked("prod a=").parameters == parameter_list{{"a", ""}});
    }
    TEST_CASE("a flag may be written out, as cards write it") {
        CHECK(locked("prod --steal=true").steal);
        CHECK_FALSE(locked("prod --steal=false").steal);
    }
    TEST_CASE("every refusal says what is wrong and what would be right") {
        CHECK(refusal_of("") == "`lock` needs <target>: environment or job.");
        CHECK(refusal_of("prod --steel") == "`lock` has no option `--steel`; did you mean `--steal`?");
        CHECK(refusal_of("prod --zzz=1") == "`lock` has no option `--zzz`; see its usage.");
        CHECK(refusal_of("prod --for") == "`--for` needs a value; write `--for=…`, here a duration.");
        CHECK(refusal_of("prod --for --steal") == "`--for` needs a value; write `--for=…`, here a duration.");
        CHECK(refusal_of("prod --for soon") == "`--for`: `soon` is no duration; write it like `90s`, `15m`, `2h`, `1d` or `1h30m`.");
        CHECK(refusal_of("prod --steal=yes") == "`--steal` takes no value; write `--steal` alone.");
        CHECK(refusal_of("prod --steal --steal") == "`--steal` is given twice; once is enough.");
        CHECK(refusal_of("prod -s") ==
              "`-s` begins with one dash; options begin with two, and a value that begins with a dash is written in quotes.");
        CHECK(refusal_of("prod a=1 a=2") == "The parameter `a` is given twice; give it one value.");
        CHECK(refusal_of("prod =2") == "`=2` has no name before the `=`; write `name=value` without blanks around it.");
    }
    TEST_CASE("without a rest, a word too many is refused; without parameters, '=' means nothing") {
        struct args {
            std::string text;
        };
        auto const nothing = [](context&, args) -> awaitable<result<view>> { co_return view(); };
        auto const say = declare<args>("say", "Say something").arg("text", &args::text, "what").does(nothing);
        CHECK(say.parse(tokenize("a=b").value()));
        CHECK(say.parse(tokenize("a b").value()).error().message() ==
              "`b` is one word too many for `say`; put text with blanks in quotes.");
        CHECK(say.parse(tokenize("a --b").value()).error().message() == "`say` has no option `--b`; it takes none.");
    }
    TEST_CASE("a command lives as long as its call") {
        test::lock_args got;
        std::optional<bound_call> call;
        {
            auto const lock = test::lock_command(got);
            call.emplace(lock.parse(tokenize("prod").value()).value());
        }
        CHECK(call->name() == "lock");
        CHECK(call->effect() == effect::high);
        boost::asio::io_context loop;
        test::asking who;
        auto running = std::move(*call).run(who);
        call.reset();
        CHECK(test::run_coroutine(loop, std::move(running)));
        CHECK(got.target == "prod");
    }
    TEST_CASE("any words give a call or a sentence") {
        test::lock_args got;
        auto const lock = test::lock_command(got);
        CHECK(rc::check("total", [&] {
            auto const tokens = tokenize(*test::any_text());
            if (!tokens) return;
            auto const call = lock.parse(*tokens);
            if (!call) RC_ASSERT(!call.error().message().empty());
        }));
    }
    TEST_CASE("usage shows every parameter") {
        test::lock_args got;
        CHECK(test::lock_command(got).usage() ==
              "lock <target> [reason] [others …] [--for <duration>] [--level <number>] [--steal] [name=value …]");
    }
    TEST_CASE("completion knows options, their values and nothing about free text") {
        test::lock_args got;
        auto const lock = test::lock_command(got);
        CHECK(lock.complete({"prod", "--s"}) == std::vector<std::string>{"--steal"});
        CHECK(lock.complete({"--"}) == std::vector<std::string>{"--for", "--level", "--steal"});
        CHECK(lock.complete({""}).empty());
    }
}
