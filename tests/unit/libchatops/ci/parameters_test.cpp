// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <chatrixcd/chatops/ci/parameters.hpp>

#include "support/results.hpp"

using namespace chatrixcd;
using namespace chatrixcd::chatops;

namespace {

ci::parameter_spec spec(std::string name, ci::parameter_type type) {
    ci::parameter_spec out;
    out.name = std::move(name);
    out.type = type;
    return out;
}

ci::job deploy() {
    ci::job out;
    out.name = "deploy";
    auto version = spec("version", ci::parameter_type::text);
    version.required = true;
    version.help = "what to install";
    auto env = spec("env", ci::parameter_type::choice);
    env.choices = {"staging", "prod"};
    env.default_value = "staging";
    out.parameters = {version, env, spec("count", ci::parameter_type::integer), spec("notify", ci::parameter_type::boolean),
                      spec("token", ci::parameter_type::secret)};
    return out;
}

std::string refusal_of(ci::parameter_values given) {
    auto const effective = ci::effective_parameters(deploy(), given);
    REQUIRE(!effective);
    CHECK(effective.error().kind() == base::error_kind::invalid);
    return effective.error().message();
}

}  // namespace

TEST_SUITE("chatops::ci parameters") {
    TEST_CASE("defaults are filled in, in the order of the job") {
        auto const effective = ci::effective_parameters(deploy(), {{"count", "-3"}, {"version", "1.2"}});
        REQUIRE(effective);
        CHECK(*effective == ci::parameter_values{{"version", "1.2"}, {"env", "staging"}, {"count", "-3"}});
    }
    TEST_CASE("each refusal names the parameter and what would be right") {
        CHECK(refusal_of({}) == "`deploy` needs the parameter `version` (what to install); add `version=…`.");
        CHECK(refusal_of({{"versoin", "1"}}) == "`deploy` has no parameter `versoin`; did you mean `version`?");
        CHECK(refusal_of({{"zzz", "1"}}) == "`deploy` has no parameter `zzz`; it takes `version`, `env`, `count`, `notify` or `token`.");
        CHECK(refusal_of({{"version", "1"}, {"version", "2"}}) == "`version` is given twice; give it one value.");
        CHECK(refusal_of({{"version", "1"}, {"env", "Prod"}}) == "`env` cannot be `Prod`; write `staging` or `prod`.");
        CHECK(refusal_of({{"version", "1"}, {"count", "3x"}}) == "`count` cannot be `3x`; write a whole number like `3`.");
        CHECK(refusal_of({{"version", "1"}, {"notify", "1"}}) == "`notify` cannot be `1`; write `true` or `false`.");
    }
    TEST_CASE("a secret's value is in no refusal") {
        CHECK(refusal_of({{"token", "hunter2"}}).find("hunter2") == std::string::npos);
        CHECK(refusal_of({{"token", "hunter2"}, {"token", "hunter2"}}).find("hunter2") == std::string::npos);
    }
    TEST_CASE("a job without parameters says so") {
        ci::job plain;
        plain.name = "hello";
        auto const effective = ci::effective_parameters(plain, {{"x", "1"}});
        REQUIRE(!effective);
        CHECK(effective.error().message() == "`hello` takes no parameters, so `x` means nothing to it.");
    }
}
