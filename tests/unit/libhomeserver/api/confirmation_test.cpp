// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "rig.hpp"

using namespace chatrixcd::test;

namespace {

using names = std::vector<std::string>;
names devices(person const& of) { return each(of.get("/devices").body.at("devices"), "device_id"); }

}  // namespace

TEST_SUITE("homeserver::confirmation") {
    TEST_CASE("a device is deleted only with the password, given in the session that was begun for it") {
        rig at;
        auto const ann = at.add("ann");
        auto const other = at.log_in("ann", "OTHER");
        auto const asked = ann.erase("/devices/OTHER");
        CHECK(asked.status == 401);
        CHECK(asked.errcode().empty());
        CHECK(asked.text("flows/0/stages/0") == "m.login.password");
        CHECK(chatrixcd::test::at(asked.body, "params") == json::object());
        auto const session = asked.text("session");
        REQUIRE(!session.empty());

        auto wrong = password_auth("ann", session);
        wrong["password"] = "a guess";
        auto const refused = ann.erase("/devices/OTHER", {{"auth", wrong}});
        CHECK(refused.status == 401);
        CHECK(refused.errcode() == "M_FORBIDDEN");
        CHECK(refused.text("session") == session);
        CHECK(devices(ann).size() == 2);

        // Begun for one thing, of no use for another, nor for somebody else.
        CHECK(ann.post("/delete_devices", {{"devices", {"OTHER"}}, {"auth", password_auth("ann", session)}}).status == 403);
        auto const bob = at.add("bob");
        CHECK(bob.erase("/devices/OTHER", {{"auth", password_auth("bob", session)}}).status == 403);

        CHECK(ann.erase("/devices/OTHER", {{"auth", password_auth("ann", session)}}).status == 200);
        CHECK(devices(ann) == names{ann.device});
        CHECK(other.get("/account/whoami").errcode() == "M_UNKNOWN_TOKEN");
        // The session is used up; a device that is gone is gone.
        CHECK(ann.erase("/devices/OTHER", {{"auth", password_auth("ann", session)}}).status == 400);
        auto const again = ann.erase("/devices/OTHER").text("session");
        CHECK(ann.erase("/devices/OTHER", {{"auth", password_auth("ann", again)}}).status == 200);
    }

    TEST_CASE("another's right password confirms nothing, and an unknown stage is named") {
        rig at;
        auto const ann = at.add("ann");
        at.add("bob");
        auto const session = ann.post("/delete_devices", {{"devices", json::array()}}).text("session");
        auto const bobs = ann.post("/delete_devices", {{"devices", json::array()}, {"auth", password_auth("bob", session)}});
        CHECK(bobs.status == 401);
        CHECK(bobs.errcode() == "M_FORBIDDEN");
        auto strange = password_auth("ann", session);
        strange["type"] = "m.login.sso";
        auto const said = ann.post("/delete_devices", {{"devices", json::array()}, {"auth", strange}});
        CHECK(said.status == 401);
        CHECK(said.errcode() == "M_UNRECOGNIZED");
        auto nameless = password_auth("ann", "never given");
        CHECK(ann.post("/delete_devices", {{"devices", json::array()}, {"auth", nameless}}).errcode() == "M_UNKNOWN");
    }

    TEST_CASE("a session is forgotten after a quarter of an hour") {
        rig at;
        auto const ann = at.add("ann");
        auto const session = ann.erase("/devices/X").text("session");
        at.pass(std::chrono::minutes(16));
        CHECK(ann.erase("/devices/X", {{"auth", password_auth("ann", session)}}).errcode() == "M_UNKNOWN");
    }

    TEST_CASE("several devices go at once, with what waited for them") {
        rig at;
        auto const ann = at.add("ann");
        at.log_in("ann", "A");
        at.log_in("ann", "B");
        json::object body{{"devices", {"A", "B", "NEVER"}}};
        body["auth"] = password_auth(ann.id, ann.post("/delete_devices", json::value(body)).text("session"));
        CHECK(ann.post("/delete_devices", json::value(body)).status == 200);
        CHECK(devices(ann) == names{ann.device});
        CHECK(ann.post("/delete_devices", {{"auth", password_auth(ann.id, "x")}}).status == 400);
    }

    TEST_CASE("a device is renamed by its owner") {
        rig at;
        auto const ann = at.add("ann");
        CHECK(ann.put("/devices/" + ann.device, {{"display_name", "the bot's"}}).status == 200);
        CHECK(ann.get("/devices/" + ann.device).text("display_name") == "the bot's");
        CHECK(ann.put("/devices/" + ann.device, json::object()).status == 200);
        CHECK(ann.get("/devices/" + ann.device).text("display_name") == "the bot's");
        CHECK(ann.put("/devices/NONE", {{"display_name", "x"}}).status == 404);
        CHECK(ann.put("/devices/" + ann.device, {{"display_name", 3}}).errcode() == "M_BAD_JSON");
        auto const bob = at.add("bob");
        CHECK(bob.put("/devices/" + ann.device, {{"display_name", "x"}}).status == 404);
    }

    TEST_CASE("a new password ends the other devices, unless they are to stay") {
        rig at;
        auto const ann = at.add("ann");
        auto const other = at.log_in("ann", "OTHER");
        json::object body{{"new_password", "a better one"}, {"logout_devices", false}};
        body["auth"] = password_auth("ann", ann.post("/account/password", json::value(body)).text("session"));
        CHECK(ann.post("/account/password", json::value(body)).status == 200);
        CHECK(other.get("/account/whoami").status == 200);

        auto auth = password_auth("ann", ann.post("/account/password", {{"new_password", "the best"}}).text("session"));
        auth["password"] = "a better one";
        CHECK(ann.post("/account/password", {{"new_password", "the best"}, {"auth", auth}}).status == 200);
        CHECK(other.get("/account/whoami").status == 401);
        CHECK(ann.get("/account/whoami").status == 200);
        json::object login{{"type", "m.login.password"}, {"user", "ann"}, {"password", "the best"}};
        CHECK(at.ask(method::post, "/login", json::value(login), {}).status == 200);
        login["password"] = good_password;
        CHECK(at.ask(method::post, "/login", json::value(login), {}).status == 403);
    }

    TEST_CASE("who deactivates the account leaves every room and cannot come back under that name") {
        rig at;
        auto const ann = at.add("ann");
        auto const bob = at.add("bob");
        auto const room = ann.make_room({{"preset", "public_chat"}});
        bob.join(room);
        auto const session = bob.post("/account/deactivate").text("session");
        CHECK(bob.post("/account/deactivate", {{"auth", password_auth("bob", session)}}).text("id_server_unbind_result") == "no-support");
        CHECK(bob.get("/account/whoami").status == 401);
        CHECK(ann.get("/rooms/" + escaped(room) + "/joined_members").body.at("joined").as_object().size() == 1);
        json::object login{{"type", "m.login.password"}, {"user", "bob"}, {"password", good_password}};
        CHECK(at.ask(method::post, "/login", json::value(login), {}).status == 403);
        CHECK(at.ask(method::get, "/register/available?username=bob").errcode() == "M_USER_IN_USE");
        CHECK(at.ask(method::get, "/register/available?username=carl").body == json::value({{"available", true}}));
        CHECK(at.ask(method::get, "/register/available?username=Carl").errcode() == "M_INVALID_USERNAME");
    }
}
