// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <chatrixcd/matrix/account.hpp>
#include <chatrixcd/matrix/devices.hpp>
#include <chatrixcd/matrix/presence.hpp>
#include <chatrixcd/matrix/profile.hpp>

#include "requests/script.hpp"

namespace chatrixcd::test {

namespace asio = boost::asio;
namespace json = boost::json;
using base::error_kind;
using base::http::method;
using matrix::device_id;
using matrix::room_id;
using matrix::user_id;

namespace {

std::string const v3 = "/_matrix/client/v3";
std::string const us = v3 + "/user/%40bot%3Atest";
std::string const ignored = us + "/account_data/m.ignored_user_list";
std::string const direct = us + "/account_data/m.direct";
std::string const removal = v3 + "/delete_devices";

std::vector<device_id> two() { return {device_id("A"), device_id("B")}; }

}  // namespace

TEST_SUITE("matrix::account") {
    TEST_CASE("account data of the account and of a room, at the embedded homeserver") {
        scripted_world s;
        auto const room = s.run(s.bot->create_room(matrix::new_room())).value();
        auto const of = s.bot->account();
        CHECK(s.run(of.data("org.example.x")).value() == nullptr);
        CHECK(s.run(of.put_data("org.example.x", object_of(R"({"a":[1]})"))));
        CHECK(text_of(*s.run(of.data("org.example.x")).value()) == R"({"a":[1]})");
        CHECK(s.run(of.put_room_data(room, "org.example.x", object_of(R"({"b":2})"))));
        CHECK(text_of(*s.run(of.room_data(room, "org.example.x")).value()) == R"({"b":2})");
        CHECK(s.run(of.room_data(room, "org.example.y")).value() == nullptr);
    }

    TEST_CASE("ignored users are added and taken away, and what else the list holds stays") {
        scripted_world s;
        auto const of = s.bot->account();
        CHECK(s.run(of.ignored_users()).value().empty());
        CHECK(s.run(of.put_data("m.ignored_user_list", object_of(R"({"ignored_users":{"@a:test":{"x":1},"nonsense":{}},"more":true})"))));
        CHECK(s.run(of.ignore(user_id("@b:test"))));
        CHECK(s.run(of.ignored_users()).value() == std::set<user_id>{user_id("@a:test"), user_id("@b:test")});
        CHECK(s.run(of.stop_ignoring(user_id("@b:test"))));
        CHECK(text_of(*s.run(of.data("m.ignored_user_list")).value()) ==
              R"({"ignored_users":{"@a:test":{"x":1},"nonsense":{}},"more":true})");
    }

    TEST_CASE("a list that is as it should be is not written again") {
        scripted_world s;
        s.on(method::get, ignored, R"({"ignored_users":{"@a:test":{}}})");
        s.on(method::put, ignored, "{}");
        CHECK(s.run(s.bot->account().ignore(user_id("@a:test"))));
        CHECK(s.run(s.bot->account().stop_ignoring(user_id("@b:test"))));
        CHECK(s.last(ignored).verb == method::get);
    }

    TEST_CASE("a list of another shape is replaced, one that cannot be read is left alone") {
        scripted_world s;
        s.on(method::get, ignored, R"({"ignored_users":[1]})");
        s.on(method::get, ignored, R"({"errcode":"M_FORBIDDEN","error":"no"})", 403);
        s.on(method::put, ignored, "{}");
        CHECK(s.run(s.bot->account().ignore(user_id("@a:test"))));
        CHECK(text_of(s.last_body(ignored)) == R"({"ignored_users":{"@a:test":{}}})");
        CHECK(s.run(s.bot->account().ignore(user_id("@c:test"))).error().kind() == error_kind::forbidden);
        CHECK(s.last(ignored).verb == method::get);
    }

    TEST_CASE("direct rooms by user") {
        scripted_world s;
        auto const of = s.bot->account();
        CHECK(s.run(of.mark_direct(user_id("@a:test"), room_id("!1:test"))));
        CHECK(s.run(of.mark_direct(user_id("@a:test"), room_id("!2:test"))));
        CHECK(s.run(of.mark_direct(user_id("@a:test"), room_id("!1:test"))));
        CHECK(s.run(of.direct_rooms()).value().at(user_id("@a:test")) == std::vector<room_id>{room_id("!1:test"), room_id("!2:test")});
        CHECK(s.run(of.unmark_direct(room_id("!1:test"))));
        CHECK(s.run(of.direct_rooms()).value().at(user_id("@a:test")) == std::vector<room_id>{room_id("!2:test")});
    }

    TEST_CASE("direct rooms of another shape are left out") {
        scripted_world s;
        s.on(method::get, direct, R"({"@a:test":"!1:test","nobody":["!1:test"],"@b:test":["!2:test",7,"nonsense"]})");
        auto const found = s.run(s.bot->account().direct_rooms()).value();
        REQUIRE(found.size() == 1);
        CHECK(found.at(user_id("@b:test")) == std::vector<room_id>{room_id("!2:test")});
    }

    TEST_CASE("tags with and without an order") {
        scripted_world s;
        auto const path = us + "/rooms/%21r%3Atest/tags";
        s.on(method::get, path, R"({"tags":{"m.favourite":{"order":0.5},"u.work":{},"u.odd":7,"u.one":{"order":1}}})");
        s.on(method::put, path + "/u.work", "{}");
        s.on(method::delete_, path + "/u.work", "{}");
        room_id const room("!r:test");
        auto const found = s.run(s.bot->account().tags(room)).value();
        CHECK(found.at("m.favourite") == 0.5);
        CHECK(found.at("u.one") == 1.0);
        CHECK_FALSE(found.at("u.work").has_value());
        CHECK(s.run(s.bot->account().set_tag(room, "u.work", 0.25)));
        CHECK(s.last_body(path + "/u.work").at("order") == 0.25);
        CHECK(s.run(s.bot->account().remove_tag(room, "u.work")));
        CHECK(s.last(path + "/u.work").verb == method::delete_);
    }

    TEST_CASE("an OpenID token") {
        scripted_world s;
        s.on(method::post, us + "/openid/request_token",
             R"({"access_token":"t","token_type":"Bearer","matrix_server_name":"test","expires_in":3600})");
        s.on(method::post, us + "/openid/request_token", "{}");
        auto const token = s.run(s.bot->account().open_id()).value();
        CHECK(token.access_token.reveal() == "t");
        CHECK(token.expires_in == std::chrono::hours(1));
        CHECK(s.run(s.bot->account().open_id()).error().kind() == error_kind::protocol);
    }

    TEST_CASE("logging out everywhere ends the sessions, and the token is forgotten") {
        scripted_world s;
        CHECK(s.run(s.bot->account().log_out_everywhere()));
        auto const left = s.run(s.w.server->handle(base::http::request(method::get, "/_matrix/client/v3/account/whoami")));
        CHECK(left.status == 401);
    }
}

TEST_SUITE("matrix::devices") {
    TEST_CASE("our devices, at the embedded homeserver") {
        scripted_world s;
        auto const all = s.run(s.bot->devices().list()).value();
        REQUIRE_FALSE(all.empty());
        CHECK(s.run(s.bot->devices().get(s.bot->device())).value().name == "chatrixcd");
        CHECK(s.run(s.bot->devices().get(device_id("NOBODY"))).error().kind() == error_kind::not_found);
    }

    TEST_CASE("malformed devices are left out") {
        scripted_world s;
        s.on(method::get, v3 + "/devices", R"({"devices":[7,{},{"device_id":"A","last_seen_ts":5,"x":1},{"device_id":""}]})");
        auto const all = s.run(s.bot->devices().list()).value();
        REQUIRE(all.size() == 1);
        CHECK(all[0].last_seen == base::time_point(base::duration(5)));
        CHECK(all[0].raw->contains("x"));
    }

    TEST_CASE("a device is renamed") {
        scripted_world s;
        s.on(method::put, v3 + "/devices/A", "{}");
        CHECK(s.run(s.bot->devices().rename(device_id("A"), "new")));
        CHECK(s.last_body(v3 + "/devices/A").at("display_name") == "new");
    }

    TEST_CASE("a removal is confirmed by the login's own password") {
        scripted_world s;
        s.on(method::post, removal, R"({"session":"s1","flows":[{"stages":["m.login.sso"]},{"stages":["m.login.password"]}],"params":{}})",
             401);
        s.on(method::post, removal, "{}");
        CHECK(s.run(s.bot->devices().remove(two())));
        CHECK(s.seen(removal).size() == 2);
        CHECK_FALSE(base::parse_json_object(s.seen(removal)[0].body)->contains("auth"));
        auto const auth = s.last_body(removal).at("auth").as_object();
        CHECK(auth.at("type") == "m.login.password");
        CHECK(auth.at("session") == "s1");
        CHECK(auth.at("password").as_string() == password.c_str());
        CHECK(text_of(auth.at("identifier")) == R"({"type":"m.id.user","user":"@bot:test"})");
        CHECK(text_of(s.last_body(removal).at("devices")) == R"(["A","B"])");
    }

    TEST_CASE("several stages, one of them answered by the caller") {
        scripted_world s;
        std::string const flows = R"("session":"s","flows":[{"stages":["m.login.dummy","org.example.code"]}])";
        s.on(method::post, removal, "{" + flows + "}", 401);
        s.on(method::post, removal, "{" + flows + R"(,"completed":["m.login.dummy"]})", 401);
        s.on(method::post, removal, "{}");
        std::string asked;
        auto answers =
            matrix::uia::answers().on("org.example.code", [&](matrix::uia::challenge c) -> asio::awaitable<base::result<json::object>> {
                asked = c.completed.at(0);
                json::object said;
                said["code"] = 7;
                co_return said;
            });
        CHECK(s.run(s.bot->devices().remove(two(), std::move(answers))));
        CHECK(asked == "m.login.dummy");
        CHECK(text_of(s.last_body(removal).at("auth")) == R"({"code":7,"type":"org.example.code","session":"s"})");
    }

    TEST_CASE("stages that nobody answers are named, and nothing more is asked") {
        scripted_world s;
        s.on(method::post, removal, R"({"session":"s","completed":["m.login.dummy"],
            "flows":[{"stages":["m.login.dummy","m.login.sso"]},{"stages":["m.login.email.identity","m.login.terms"]}]})",
             401);
        auto const refused = s.run(s.bot->devices().remove(two()));
        CHECK(refused.error().kind() == error_kind::unauthorized);
        CHECK(refused.error().message() ==
              "removing devices has to be confirmed by m.login.sso, or m.login.email.identity + m.login.terms");
        CHECK(s.seen(removal).size() == 1);
    }

    TEST_CASE("a refused password is not tried again, and the session's token stays") {
        scripted_world s;
        std::string const flows = R"("session":"s","flows":[{"stages":["m.login.password"]}])";
        s.on(method::post, removal, "{" + flows + "}", 401);
        s.on(method::post, removal, R"({"errcode":"M_FORBIDDEN","error":"Invalid password",)" + flows + "}", 401);
        auto answers = matrix::uia::answers().password(base::secret("wrong"));
        auto const refused = s.run(s.bot->devices().remove(two(), std::move(answers)));
        CHECK(refused.error().kind() == error_kind::forbidden);
        CHECK(refused.error().message() == "removing devices was not confirmed: m.login.password was refused");
        CHECK_FALSE(contains(refused.error().describe(), "wrong"));
        CHECK(s.seen(removal).size() == 2);
        CHECK(s.run(s.bot->devices().list()));
    }

    TEST_CASE("a homeserver that is never content is given up") {
        scripted_world s;
        s.on(method::post, removal, R"({"session":"s","flows":[{"stages":["m.login.dummy"]}]})", 401);
        CHECK(s.run(s.bot->devices().remove(two())).error().kind() == error_kind::protocol);
        CHECK(s.seen(removal).size() == 30);
    }

    TEST_CASE("challenges of another shape") {
        scripted_world s;
        s.on(method::post, removal, R"({"flows":[]})", 401);
        s.on(method::post, removal, R"({"flows":[{"stages":[7]}],"session":9,"completed":"x","params":[]})", 401);
        CHECK(s.run(s.bot->devices().remove(two())).error().kind() == error_kind::protocol);
        CHECK(s.run(s.bot->devices().remove(two())).error().kind() == error_kind::unauthorized);
        CHECK_FALSE(matrix::uia::read_challenge(object_of(R"({"flows":7})")).has_value());
    }

    TEST_CASE("a refusal in between, a rate limit and an unknown endpoint") {
        scripted_world s;
        s.on(method::post, removal, fault::rate_limited(3));
        s.on(method::post, removal, R"({"errcode":"M_FORBIDDEN","error":"no"})", 403);
        s.on(method::post, removal, R"({"errcode":"M_UNRECOGNIZED","error":"?"})", 404);
        CHECK(s.run(s.bot->devices().remove(two())).error().kind() == error_kind::forbidden);
        CHECK(s.run(s.bot->devices().remove(two())).error().message() == "the homeserver does not support removing devices");
        CHECK(s.run(s.bot->devices().remove(two())).error().kind() == error_kind::unsupported);
        CHECK(s.seen(removal).size() == 3);
    }

    TEST_CASE("a token that is refused on the way is renewed") {
        scripted_world s;
        s.on(method::post, removal, R"({"errcode":"M_UNKNOWN_TOKEN","error":"gone","soft_logout":true})", 401);
        s.on(method::post, removal, "{}");
        CHECK(s.run(s.bot->devices().remove(two())));
        CHECK(s.seen(removal)[0].headers.get("Authorization") != s.seen(removal)[1].headers.get("Authorization"));
    }

    TEST_CASE("the password is changed once, confirmed by the old one") {
        scripted_world s;
        auto const path = v3 + "/account/password";
        s.on(method::post, path, R"({"session":"s","flows":[{"stages":["m.login.password"]}]})", 401);
        s.on(method::post, path, fault::drop_after());
        auto const lost = s.run(s.bot->account().change_password(base::secret("a new one"), false));
        CHECK(lost.error().kind() == error_kind::timeout_unknown);
        CHECK(s.seen(path).size() == 2);
        CHECK(s.last_body(path).at("new_password") == "a new one");
        CHECK(s.last_body(path).at("logout_devices") == false);
    }
}

TEST_SUITE("matrix::profile") {
    TEST_CASE("a profile with fields that are not known") {
        scripted_world s;
        s.on(method::get, v3 + "/profile/%40a%3Atest", R"({"displayname":"A","avatar_url":null,"m.tz":"Europe/Berlin","org.x.y":[1]})");
        auto const found = s.run(s.bot->profile().get(user_id("@a:test"))).value();
        CHECK(found.display_name == "A");
        CHECK(found.avatar_url.empty());
        CHECK(found.time_zone == "Europe/Berlin");
        CHECK(found.raw->contains("org.x.y"));
    }

    TEST_CASE("our name, our avatar, our fields") {
        scripted_world s;
        auto const own = v3 + "/profile/%40bot%3Atest/";
        for (auto const* field : {"displayname", "avatar_url", "m.tz"}) s.on(method::put, own + field, "{}");
        s.on(method::delete_, own + "m.tz", "{}");
        CHECK(s.run(s.bot->profile().set_display_name("Bot")));
        CHECK(text_of(s.last_body(own + "displayname")) == R"({"displayname":"Bot"})");
        CHECK(s.run(s.bot->profile().set_avatar("mxc://test/a")));
        CHECK(text_of(s.last_body(own + "avatar_url")) == R"({"avatar_url":"mxc://test/a"})");
        CHECK(s.run(s.bot->profile().set_field("m.tz", "UTC")));
        CHECK(text_of(s.last_body(own + "m.tz")) == R"({"m.tz":"UTC"})");
        CHECK(s.run(s.bot->profile().remove_field("m.tz")));
        CHECK(s.last(own + "m.tz").verb == method::delete_);
    }

    TEST_CASE("fields by the older path, and not at all") {
        scripted_world s;
        auto const newer = v3 + "/profile/%40bot%3Atest/m.tz";
        std::string const older = "/_matrix/client/unstable/uk.tcpip.msc4133/profile/%40bot%3Atest/m.tz";
        s.unknown(method::put, newer);
        s.on(method::put, older, "{}");
        s.on(method::put, older, R"({"errcode":"M_UNRECOGNIZED","error":"?"})", 404);
        CHECK(s.run(s.bot->profile().set_field("m.tz", "UTC")));
        auto const none = s.run(s.bot->profile().set_field("m.tz", "UTC"));
        CHECK(none.error().message() == "the homeserver does not support profile fields");
        CHECK(s.seen(newer).size() == 1);
        CHECK(s.seen(older).size() == 2);
    }

    TEST_CASE("names that are none are not sent") {
        scripted_world s;
        for (auto const* name : {"", ".", "..", "a", "a..b", ".a.b", "a.b.", "A.b", "a.1b", "a/../b.c", "m.t z"}) {
            CAPTURE(name);
            CHECK(s.run(s.bot->profile().set_field(name, 1)).error().kind() == error_kind::invalid);
            CHECK(s.run(s.bot->profile().remove_field(name)).error().kind() == error_kind::invalid);
        }
    }

    TEST_CASE("presence") {
        scripted_world s;
        auto const path = v3 + "/presence/%40a%3Atest/status";
        auto const own = v3 + "/presence/%40bot%3Atest/status";
        s.on(method::get, path, R"({"presence":"unavailable","status_msg":"lunch","last_active_ago":5000,"currently_active":false})");
        s.on(method::get, path, R"({"presence":"dancing"})");
        s.on(method::put, own, "{}");
        auto const found = s.run(s.bot->presence().get(user_id("@a:test"))).value();
        CHECK(found.state == matrix::availability::unavailable);
        CHECK(found.status == "lunch");
        CHECK(found.last_active_ago == std::chrono::seconds(5));
        CHECK(s.run(s.bot->presence().get(user_id("@a:test"))).error().kind() == error_kind::protocol);
        CHECK(s.run(s.bot->presence().set(matrix::availability::online, "building")));
        CHECK(text_of(s.last_body(own)) == R"({"presence":"online","status_msg":"building"})");
    }
}

}  // namespace chatrixcd::test
