// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <chrono>

#include "rig.hpp"

using namespace chatrixcd::test;
using namespace std::chrono_literals;

namespace {

reply log_in(rig& at) {
    json::object body{{"type", "m.login.password"}, {"user", "ann"}, {"password", good_password}, {"refresh_token", true}};
    return at.ask(method::post, "/login", json::value(body), {});
}
reply refresh(rig& at, std::string const& token) { return at.ask(method::post, "/refresh", json::value({{"refresh_token", token}}), {}); }
reply who(rig& at, reply const& with) { return at.ask(method::get, "/account/whoami", std::string(), with.text("access_token")); }

}  // namespace

TEST_SUITE("homeserver::refresh") {
    TEST_CASE("a token that expires ends in a soft logout, and is refreshed") {
        rig at({}, [](auto& options) { options.access_token_lifetime = 1h; });
        at.add("ann");
        auto const first = log_in(at);
        CHECK(chatrixcd::test::at(first.body, "expires_in_ms") == json::value(3600000));
        CHECK(who(at, first).status == 200);
        at.pass(1h);
        auto const over = who(at, first);
        CHECK(over.status == 401);
        CHECK(over.errcode() == "M_UNKNOWN_TOKEN");
        CHECK(chatrixcd::test::at(over.body, "soft_logout") == json::value(true));
        auto const second = refresh(at, first.text("refresh_token"));
        REQUIRE(second.status == 200);
        CHECK(who(at, second).text("device_id") == first.text("device_id"));
        CHECK(second.text("refresh_token") != first.text("refresh_token"));
    }

    TEST_CASE("a refresh whose answer was lost can be repeated; one whose tokens were used cannot") {
        rig at;
        at.add("ann");
        auto const first = log_in(at);
        auto const lost = refresh(at, first.text("refresh_token"));
        auto const again = refresh(at, first.text("refresh_token"));
        REQUIRE(again.status == 200);
        CHECK(who(at, lost).errcode() == "M_UNKNOWN_TOKEN");
        CHECK(refresh(at, lost.text("refresh_token")).errcode() == "M_UNKNOWN_TOKEN");
        CHECK(who(at, first).status == 200);
        CHECK(who(at, again).status == 200);
        auto const late = refresh(at, first.text("refresh_token"));
        CHECK(late.status == 401);
        CHECK(late.errcode() == "M_UNKNOWN_TOKEN");
        CHECK(who(at, first).status == 401);
        // Using the new refresh token says the same as using the access token beside it.
        auto const third = refresh(at, again.text("refresh_token"));
        auto const fourth = refresh(at, third.text("refresh_token"));
        CHECK(refresh(at, again.text("refresh_token")).status == 401);
        CHECK(who(at, fourth).status == 200);
    }

    TEST_CASE("logging out ends the refresh token too, and a client that cannot refresh gets a lasting token") {
        rig at;
        auto const ann = at.add("ann");
        auto const first = log_in(at);
        at.ask(method::post, "/logout", std::string(), first.text("access_token"));
        CHECK(refresh(at, first.text("refresh_token")).status == 401);
        CHECK(at.ask(method::post, "/refresh", json::value(json::object()), {}).errcode() == "M_MISSING_PARAM");
        at.pass(1h);
        CHECK(ann.get("/account/whoami").status == 200);
    }
}
