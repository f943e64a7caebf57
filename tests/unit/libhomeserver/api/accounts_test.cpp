// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "rig.hpp"

using namespace chatrixcd::test;

namespace {

json::object login_body(std::string const& user, std::string const& password) {
    json::object body;
    body["type"] = "m.login.password";
    body["identifier"] = {{"type", "m.id.user"}, {"user", user}};
    body["password"] = password;
    return body;
}

}  // namespace

TEST_SUITE("homeserver::accounts") {
    TEST_CASE("registration asks for its dummy stage, then makes an account that can log in") {
        rig at;
        auto body = json::object({{"username", "ann"}, {"password", "secret"}, {"initial_device_display_name", "a phone"}});
        auto const first = at.ask(method::post, "/register", json::value(body), {});
        CHECK(first.status == 401);
        CHECK(first.text("flows/0/stages/0") == "m.login.dummy");
        body["auth"] = {{"type", "m.login.dummy"}, {"session", first.text("session")}};
        auto const second = at.ask(method::post, "/register", json::value(body), {});
        REQUIRE(second.status == 200);
        CHECK(second.text("user_id") == "@ann:demo.local");
        auto const who = at.ask(method::get, "/account/whoami", std::string(), second.text("access_token"));
        CHECK(who.text("user_id") == "@ann:demo.local");
        CHECK(who.text("device_id") == second.text("device_id"));
        CHECK(at.ask(method::post, "/register", json::value(body), {}).errcode() == "M_USER_IN_USE");
        for (auto const* name : {"ann", "@ann:demo.local"}) {
            CHECK(at.ask(method::post, "/login", json::value(login_body(name, "secret")), {}).status == 200);
        }
    }

    TEST_CASE("a server that is not open registers nobody") {
        rig at({}, [](auto& options) { options.open_registration = false; });
        auto const said = at.ask(method::post, "/register", json::value({{"auth", {{"type", "m.login.dummy"}}}}), {});
        CHECK(said.status == 403);
        CHECK(said.errcode() == "M_FORBIDDEN");
    }

    TEST_CASE("user names outside the alphabet are refused") {
        rig at;
        for (auto const* name : {"Ann", "a b", "", "ann:other", "\xC3\xA4"}) {
            json::object const body{{"username", name}, {"password", "p"}, {"auth", {{"type", "m.login.dummy"}}}};
            CHECK(at.ask(method::post, "/register", json::value(body), {}).errcode() == "M_INVALID_USERNAME");
        }
    }

    TEST_CASE("a wrong password and an unknown user get the same answer") {
        rig at;
        at.add("ann");
        auto const wrong = at.ask(method::post, "/login", json::value(login_body("ann", "guess")), {});
        auto const unknown = at.ask(method::post, "/login", json::value(login_body("bob", "guess")), {});
        CHECK(wrong.status == 403);
        CHECK(wrong.errcode() == "M_FORBIDDEN");
        CHECK(wrong.body == unknown.body);
    }

    TEST_CASE("logging in again on a device ends its earlier token, and its long poll") {
        rig at;
        at.add("ann");
        auto const first = at.log_in("ann", "PHONE");
        auto const since = std::string(first.sync().at("next_batch").as_string());
        auto const waiting = first.sync_later(since, 30000);
        at.settle();
        CHECK(!waiting.done());
        auto const second = at.log_in("ann", "PHONE");
        at.settle();
        REQUIRE(waiting.done());
        CHECK(waiting.get().errcode() == "M_UNKNOWN_TOKEN");
        CHECK(first.get("/account/whoami").status == 401);
        CHECK(second.get("/account/whoami").status == 200);
    }

    TEST_CASE("what is not known of a device is null") {
        rig at;
        at.add("ann");
        auto const device = at.log_in("ann", "PHONE").get("/devices/PHONE").body;
        CHECK(device ==
              json::value{{"device_id", "PHONE"}, {"display_name", nullptr}, {"last_seen_ip", nullptr}, {"last_seen_ts", nullptr}});
    }

    TEST_CASE("logout ends one device, logout/all every one") {
        rig at;
        auto const here = at.add("ann");
        auto const there = at.log_in("ann", "OTHER");
        CHECK(here.post("/logout").status == 200);
        CHECK(here.get("/account/whoami").errcode() == "M_UNKNOWN_TOKEN");
        CHECK(each(there.get("/devices").body.at("devices"), "device_id") == std::vector<std::string>{"OTHER"});
        CHECK(there.post("/logout/all").status == 200);
        CHECK(there.get("/account/whoami").status == 401);
    }

    TEST_CASE("without a token, or with a wrong one, nothing is told") {
        rig at;
        CHECK(at.ask(method::get, "/account/whoami").errcode() == "M_MISSING_TOKEN");
        auto const wrong = at.ask(method::get, "/account/whoami", std::string(), "nonsense");
        CHECK(wrong.status == 401);
        CHECK(wrong.errcode() == "M_UNKNOWN_TOKEN");
    }

    TEST_CASE("a new display name reaches the members of every room, and later joins carry it") {
        rig at;
        auto const ann = at.add("ann");
        auto const bob = at.add("bob");
        auto const room = ann.make_room({{"preset", "public_chat"}});
        bob.join(room);
        auto const since = std::string(bob.sync().at("next_batch").as_string());
        CHECK(ann.put("/profile/" + ann.id + "/displayname", {{"displayname", "Ann"}}).status == 200);
        auto const news = bob.sync(since);
        auto const events = chatrixcd::test::at(news, "rooms/join/" + room + "/timeline/events");
        REQUIRE(events.is_array());
        CHECK(each(events, "content/displayname") == std::vector<std::string>{"Ann"});
        CHECK(bob.get("/profile/" + ann.id).text("displayname") == "Ann");
        CHECK(bob.put("/profile/" + ann.id + "/displayname", {{"displayname", "Fool"}}).status == 403);
        auto const other = bob.make_room({{"preset", "public_chat"}});
        ann.join(other);
        CHECK(bob.get("/rooms/" + escaped(other) + "/joined_members").text("joined/" + ann.id + "/display_name") == "Ann");
    }
}
