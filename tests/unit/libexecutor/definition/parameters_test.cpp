// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <chatrixcd/executor/definition.hpp>

namespace {

using namespace chatrixcd::executor;
using chatrixcd::base::error_kind;

parameter typed(std::string name, parameter_type type) {
    parameter p;
    p.name = std::move(name);
    p.type = type;
    return p;
}

job deploy() {
    job what;
    what.name = "deploy";
    what.argv = {"/usr/bin/deploy", "{target}", "--count={count}", "{ref}"};
    what.environment = {{"TOKEN", "{token}"}, {"MODE", "fast"}};
    what.parameters = {typed("target", parameter_type::choice), typed("count", parameter_type::integer), typed("ref", parameter_type::text),
                       typed("token", parameter_type::secret)};
    what.parameters[0].choices = {"staging", "production"};
    what.parameters[0].required = true;
    what.parameters[1].default_value = "1";
    return what;
}

std::string refusal(job const& what, parameter_values const& given) {
    auto const bound = bind(what, given);
    REQUIRE_FALSE(bound.has_value());
    CHECK(bound.error().kind() == error_kind::invalid);
    return bound.error().message() + " | " + bound.error().hint();
}

std::vector<std::string> argv(job const& what, parameter_values const& given) {
    auto const bound = bind(what, given);
    REQUIRE(bound.has_value());
    auto const spec = expand(what, *bound);
    REQUIRE(spec.has_value());
    return spec->argv;
}

using strings = std::vector<std::string>;

}  // namespace

TEST_SUITE("executor::parameters") {
    TEST_CASE("defaults are filled in, in the order of the definition") {
        auto const bound = bind(deploy(), {{"ref", "main"}, {"target", "staging"}});
        REQUIRE(bound.has_value());
        CHECK(*bound == parameter_values{{"target", "staging"}, {"count", "1"}, {"ref", "main"}});
    }

    TEST_CASE("what is wrong is named, and what would be right") {
        CHECK(refusal(deploy(), {}) == "parameter \"target\" is missing | add target=…");
        CHECK(refusal(deploy(), {{"target", ""}}) == "parameter \"target\" is missing | add target=…");
        CHECK(refusal(deploy(), {{"target", "prodution"}}) ==
              "parameter \"target\": \"prodution\" is not one of its choices | did you mean \"production\"?");
        CHECK(refusal(deploy(), {{"target", "x"}}).ends_with("there are: \"staging\", \"production\""));
        CHECK(refusal(deploy(), {{"traget", "staging"}}) == "\"deploy\" has no parameter \"traget\" | did you mean \"target\"?");
        CHECK(refusal(deploy(), {{"target", "staging"}, {"target", "production"}}).starts_with("parameter \"target\" is given twice"));
        for (auto const* const wrong : {"three", "3.5", "3 ", "", "0x3", "+3"}) {
            CHECK(refusal(deploy(), {{"target", "staging"}, {"count", wrong}}).find("not a whole number") != std::string::npos);
        }
        CHECK(refusal(deploy(), {{"target", "staging"}, {"count", "9223372036854775808"}}).find("too large") != std::string::npos);
    }

    TEST_CASE("booleans have one spelling") {
        job what;
        what.parameters = {typed("dry", parameter_type::boolean)};
        CHECK(bind(what, {{"dry", "yes"}})->front().second == "true");
        CHECK(bind(what, {{"dry", "0"}})->front().second == "false");
        CHECK_FALSE(bind(what, {{"dry", "maybe"}}).has_value());
    }

    TEST_CASE("a refused secret is not repeated in the message") {
        auto const said = refusal(deploy(), {{"target", "staging"}, {"token", std::string("hunter2\0x", 9)}});
        CHECK(said.find("hunter2") == std::string::npos);
        CHECK(without_secrets(deploy(), {{"ref", "main"}, {"token", "hunter2"}}) == parameter_values{{"ref", "main"}});
    }

    TEST_CASE("a pattern is matched as a whole, and cannot stall the server") {
        job what;
        what.parameters = {typed("ref", parameter_type::text)};
        what.parameters[0].pattern = "v[0-9]+";
        CHECK(bind(what, {{"ref", "v12"}}).has_value());
        CHECK_FALSE(bind(what, {{"ref", "v12; reboot"}}).has_value());
        what.parameters[0].pattern = "(a|aa)+b";
        CHECK_FALSE(bind(what, {{"ref", std::string(256, 'a')}}).has_value());
        what.parameters[0].pattern = "a+";
        CHECK(bind(what, {{"ref", std::string(256, 'a')}}).has_value());
        CHECK_FALSE(bind(what, {{"ref", std::string(257, 'a')}}).has_value());
    }

    TEST_CASE("a value lands in one argument, whatever it holds") {
        for (auto const* const value : {"a b", "$(reboot)", "`reboot`", "; reboot", "\"'\\", "*", "{target}", "{{ref}}", "%s", "", "\n"}) {
            auto const got = argv(deploy(), {{"target", "staging"}, {"ref", value}});
            CHECK(got == strings{"/usr/bin/deploy", "staging", "--count=1", value});
        }
    }

    TEST_CASE("a value never becomes an option unless its parameter allows it") {
        for (auto const* const value : {"-rf", "--force", "-"}) {
            auto const bound = bind(deploy(), {{"target", "staging"}, {"ref", value}});
            REQUIRE(bound.has_value());
            auto const spec = expand(deploy(), *bound);
            REQUIRE_FALSE(spec.has_value());
            CHECK(spec.error().kind() == error_kind::invalid);
            CHECK(spec.error().message().find("\"ref\"") != std::string::npos);
        }
        auto allowed = deploy();
        allowed.parameters[2].allow_leading_dash = true;
        CHECK(argv(allowed, {{"target", "staging"}, {"ref", "-rf"}}).back() == "-rf");
        // Behind a text of its definition it is no option.
        CHECK(argv(deploy(), {{"target", "staging"}, {"count", "-3"}})[2] == "--count=-3");
    }

    TEST_CASE("nor by the help of an empty value, or of a dash that is there already") {
        job what;
        what.argv = {"/bin/x", "{a}{b}"};
        what.parameters = {typed("a", parameter_type::text), typed("b", parameter_type::text)};
        CHECK_FALSE(expand(what, {{"a", ""}, {"b", "-x"}}).has_value());
        CHECK(expand(what, {{"a", "y"}, {"b", "-x"}}).has_value());
        what.argv[1] = "-{a}{b}";
        CHECK_FALSE(expand(what, {{"a", "-x"}, {"b", ""}}).has_value());
        CHECK(expand(what, {{"a", "v"}, {"b", ""}}).has_value());
    }

    TEST_CASE("what mentions a parameter without a value is left out") {
        CHECK(argv(deploy(), {{"target", "staging"}}) == strings{"/usr/bin/deploy", "staging", "--count=1"});
        auto const spec = expand(deploy(), {{"target", "staging"}});
        REQUIRE(spec.has_value());
        CHECK(spec->environment == std::vector<std::pair<std::string, std::string>>{{"MODE", "fast"}});
    }

    TEST_CASE("the run's key stands where the definition names it") {
        job what;
        what.argv = {"/bin/x", "--key={run.key}", "{{run.key}}", "{run.id}"};
        auto const spec = expand(what, {}, "the-key");
        REQUIRE(spec.has_value());
        CHECK(spec->argv == strings{"/bin/x", "--key=the-key", "{run.key}", "{run.id}"});
    }

    TEST_CASE("braces that are no placeholder stay") {
        job what;
        what.argv = {"/bin/x", "{{ref}}", "{}", "{print $1}", "${ref}", "{\"a\":{\"b\":1}}", "{ref"};
        what.parameters = {typed("ref", parameter_type::text)};
        CHECK(argv(what, {{"ref", "R"}}) == strings{"/bin/x", "{ref}", "{}", "{print $1}", "$R", "{\"a\":{\"b\":1}}", "{ref"});
    }
}
