// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "rig.hpp"

using namespace chatrixcd::test;

namespace {

std::string nested(std::size_t depth, char open, char close) { return std::string(depth, open) + std::string(depth, close); }

}  // namespace

TEST_SUITE("homeserver::malformed") {
    TEST_CASE("what is no endpoint is told so in JSON, with CORS headers") {
        rig at;
        auto const unknown = at.ask(method::get, "/_matrix/client/v3/nothing/of/the/kind");
        CHECK(unknown.status == 404);
        CHECK(unknown.errcode() == "M_UNRECOGNIZED");
        auto const verb = at.ask(method::delete_, "/sync");
        CHECK(verb.status == 405);
        CHECK(verb.errcode() == "M_UNRECOGNIZED");
        auto const known = at.ask(method::get, "/_matrix/client/versions");
        CHECK(known.status == 200);
        auto const refused = at.ask(method::get, "/sync");
        auto const asked_first = at.ask(method::options, "/rooms/x/send/y/z");
        CHECK(asked_first.status == 200);
        for (auto const& one : {unknown, verb, known, refused, asked_first}) {
            CHECK(one.headers.get("Access-Control-Allow-Origin") == "*");
            CHECK(one.headers.get("Access-Control-Allow-Methods").has_value());
            CHECK(one.headers.get("Access-Control-Allow-Headers").has_value());
            CHECK(one.headers.get("Content-Type").value_or("").starts_with("application/json"));
        }
    }

    TEST_CASE("broken bodies are refused with the right code") {
        rig at;
        auto const ann = at.add("ann");
        auto const room = ann.make_room();
        auto const path = "/rooms/" + escaped(room) + "/send/m.room.message/t1";
        auto const send = [&](std::string const& body) { return at.ask(method::put, path, body, ann.token); };
        for (auto const* body : {"", "{", "{\"a\":}", "nonsense", "{} {}", "{\"a\":\"\xFF\"}"}) {
            CAPTURE(body);
            CHECK(send(body).status == 400);
            CHECK(send(body).errcode() == "M_NOT_JSON");
        }
        for (auto const* body : {"[]", "5", "\"text\"", "null"}) CHECK(send(body).errcode() == "M_BAD_JSON");
        // Not canonical JSON: a fraction, an integer beyond 2^53.
        for (auto const* body : {R"({"x":1.5})", R"({"x":9007199254740993})", R"({"x":1e3})"}) CHECK(send(body).errcode() == "M_BAD_JSON");
        CHECK(at.ask(method::put, path, std::string("{}"), ann.token).status == 200);
    }

    TEST_CASE("deep nesting and huge bodies are refused, not followed") {
        rig at;
        auto const ann = at.add("ann");
        auto const room = ann.make_room();
        auto const path = "/rooms/" + escaped(room) + "/send/m.room.message/t1";
        auto const send = [&](std::string const& body) { return at.ask(method::put, path, body, ann.token); };
        CHECK(send("{\"a\":" + nested(100000, '[', ']') + "}").errcode() == "M_NOT_JSON");
        CHECK(send("{\"a\":" + nested(70, '[', ']') + "}").errcode() == "M_NOT_JSON");
        CHECK(send("{\"body\":\"" + std::string(70000, 'x') + "\"}").errcode() == "M_TOO_LARGE");
        CHECK(send("{\"body\":\"" + std::string(70000, 'x') + "\"}").status == 413);
        CHECK(send("{\"body\":\"" + std::string(2U << 20U, 'x') + "\"}").status == 413);
        auto const long_type = "/rooms/" + escaped(room) + "/send/" + std::string(300, 't') + "/t1";
        CHECK(at.ask(method::put, long_type, std::string("{}"), ann.token).status == 413);
        // What fits is kept, and can be read again.
        auto const fits = send("{\"a\":" + nested(60, '[', ']') + "}");
        REQUIRE(fits.status == 200);
        CHECK(ann.get("/rooms/" + escaped(room) + "/event/" + escaped(fits.text("event_id"))).status == 200);
    }

    TEST_CASE("requests that make no sense are refused and break nothing") {
        rig at;
        auto const ann = at.add("ann");
        auto const room = escaped(ann.make_room());
        CHECK(ann.get("/sync?filter=" + escaped("{broken")).errcode() == "M_NOT_JSON");
        CHECK(ann.get("/sync?filter=" + escaped(R"({"room":{"timeline":{"types":5}}})")).errcode() == "M_BAD_JSON");
        CHECK(ann.get("/sync?filter=99").errcode() == "M_INVALID_PARAM");
        CHECK(ann.get("/sync?timeout=soon").errcode() == "M_INVALID_PARAM");
        CHECK(ann.post("/user/" + ann.id + "/filter", {{"room", 1}}).errcode() == "M_BAD_JSON");
        CHECK(ann.put("/rooms/" + room + "/typing/" + ann.id, {{"typing", "yes"}}).errcode() == "M_BAD_JSON");
        CHECK(ann.put("/rooms/" + room + "/state/m.room.power_levels", {{"users", {{"nobody", 5}}}}).status >= 400);
        CHECK(ann.put("/rooms/" + room + "/state/m.room.member/" + ann.id, {{"membership", "king"}}).status == 403);
        CHECK(ann.put("/rooms/" + room + "/state/m.room.create", json::object()).status == 403);
        CHECK(ann.post("/rooms/" + room + "/receipt/m.read/" + escaped("$none")).errcode() == "M_NOT_FOUND");
        CHECK(ann.get("/profile/" + escaped("@nobody:demo.local")).errcode() == "M_NOT_FOUND");
        CHECK(at.ask(method::post, "/login", std::string(R"({"type":"m.login.password","user":"ann","password":5})")).status == 400);
        CHECK(at.ask(method::post, "/login", std::string(R"({"type":"m.login.sso"})")).status == 400);
        CHECK(ann.get("/rooms/%zz/state").status == 404);
        CHECK(ann.get("/account/whoami").status == 200);
    }

    TEST_CASE("what this server does not do is answered so that clients go on") {
        rig at;
        auto const ann = at.add("ann");
        CHECK(ann.get("/voip/turnServer").body == json::object());
        CHECK(ann.put("/presence/" + ann.id + "/status", {{"presence", "online"}}).status == 200);
        CHECK(ann.get("/pushrules/").body.at("global").is_object());
        CHECK(ann.get("/capabilities").text("capabilities/m.room_versions/default") == "11");
        CHECK(at.ask(method::get, "/.well-known/matrix/client").errcode() == "M_NOT_FOUND");
        rig named({}, [](auto& options) { options.public_base_url = "https://matrix.demo.local"; });
        CHECK(named.ask(method::get, "/.well-known/matrix/client").text("m.homeserver/base_url") == "https://matrix.demo.local");
    }
}
