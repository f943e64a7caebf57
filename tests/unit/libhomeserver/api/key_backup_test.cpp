// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <chatrixcd/base/files.hpp>

#include "rig.hpp"

using namespace chatrixcd::test;

namespace {

constexpr auto algorithm = "m.megolm_backup.v1.curve25519-aes-sha2";
constexpr auto room = "!room:demo.local";

json::object backup(std::string const& key) { return {{"algorithm", algorithm}, {"auth_data", {{"public_key", key}}}}; }

std::string make_backup(person const& who, std::string const& key = "public") {
    auto const said = who.post("/room_keys/version", json::value(backup(key)));
    REQUIRE(said.status == 200);
    return said.text("version");
}

json::object session(std::string const& name, int first = 0, int forwarded = 0, bool verified = false) {
    json::object key;
    key["first_message_index"] = first;
    key["forwarded_count"] = forwarded;
    key["is_verified"] = verified;
    key["session_data"] = {{"ciphertext", name}};
    return key;
}

std::string path(std::string const& version, std::string const& in = {}, std::string const& of = {}) {
    auto whole = std::string("/room_keys/keys");
    if (!in.empty()) whole += "/" + escaped(in);
    if (!of.empty()) whole += "/" + escaped(of);
    return whole + "?version=" + version;
}

json::object of_room(json::object sessions) {
    json::object body;
    body["sessions"] = std::move(sessions);
    return body;
}

json::object of_rooms(json::object rooms) {
    json::object body;
    body["rooms"] = std::move(rooms);
    return body;
}

}  // namespace

TEST_SUITE("homeserver::key_backup") {
    TEST_CASE("backups have versions, of which the latest is the one in force") {
        rig at;
        auto const ann = at.add("ann");
        auto const bob = at.add("bob");
        CHECK(ann.get("/room_keys/version").errcode() == "M_NOT_FOUND");
        auto const first = make_backup(ann, "first");
        auto const second = make_backup(ann, "second");
        CHECK(first != second);
        auto const latest = ann.get("/room_keys/version");
        CHECK(latest.text("version") == second);
        CHECK(latest.text("algorithm") == algorithm);
        CHECK(latest.text("auth_data/public_key") == "second");
        CHECK(latest.body.at("count") == json::value(0));
        CHECK(latest.body.at("etag").is_string());
        CHECK(ann.get("/room_keys/version/" + first).text("auth_data/public_key") == "first");
        for (auto const* none : {"7", "0", "01", "x", "-1", "99999999999999999999"}) {
            CHECK(ann.get("/room_keys/version/" + std::string(none)).errcode() == "M_NOT_FOUND");
        }
        CHECK(bob.get("/room_keys/version/" + first).errcode() == "M_NOT_FOUND");
    }

    TEST_CASE("a deleted backup is gone with its keys, the one before is in force again, and its version is never given again") {
        rig at;
        auto const ann = at.add("ann");
        auto const first = make_backup(ann);
        auto const second = make_backup(ann);
        CHECK(ann.put(path(second, room, "s"), json::value(session("a"))).status == 200);
        CHECK(ann.erase("/room_keys/version/" + second).status == 200);
        CHECK(ann.erase("/room_keys/version/" + second).status == 200);
        CHECK(ann.erase("/room_keys/version/77").errcode() == "M_NOT_FOUND");
        CHECK(ann.get("/room_keys/version/" + second).errcode() == "M_NOT_FOUND");
        CHECK(ann.get(path(second)).errcode() == "M_NOT_FOUND");
        CHECK(ann.get("/room_keys/version").text("version") == first);
        CHECK(ann.put(path(first, room, "s"), json::value(session("b"))).status == 200);
        auto const third = make_backup(ann);
        CHECK(third != second);
        CHECK(ann.get(path(third)).body == json::value(of_rooms({})));
    }

    TEST_CASE("of a backup only what authenticates it changes, and only for the version and algorithm that it has") {
        rig at;
        auto const ann = at.add("ann");
        auto const version = make_backup(ann);
        auto const where = "/room_keys/version/" + version;
        CHECK(ann.put(where, json::value(backup("changed"))).status == 200);
        CHECK(ann.get(where).text("auth_data/public_key") == "changed");
        auto wrong = backup("wrong");
        wrong["version"] = "9";
        CHECK(ann.put(where, json::value(wrong)).errcode() == "M_INVALID_PARAM");
        wrong["version"] = version;
        CHECK(ann.put(where, json::value(wrong)).status == 200);
        wrong["algorithm"] = "another";
        CHECK(ann.put(where, json::value(wrong)).errcode() == "M_INVALID_PARAM");
        CHECK(ann.put("/room_keys/version/9", json::value(backup("x"))).errcode() == "M_NOT_FOUND");
        CHECK(ann.put(where, {{"algorithm", algorithm}}).errcode() == "M_BAD_JSON");
        CHECK(ann.post("/room_keys/version", {{"auth_data", json::object()}}).errcode() == "M_BAD_JSON");
        CHECK(ann.post("/room_keys/version", {{"algorithm", 1}, {"auth_data", json::object()}}).errcode() == "M_BAD_JSON");
        CHECK(ann.post("/room_keys/version", {{"algorithm", ""}, {"auth_data", json::object()}}).errcode() == "M_INVALID_PARAM");
        CHECK(ann.post("/room_keys/version", json::value(backup(std::string(70000, 'x')))).errcode() == "M_TOO_LARGE");
    }

    TEST_CASE("keys are put, read and deleted whole, by room and by session, each with the count and a new etag") {
        rig at;
        auto const ann = at.add("ann");
        auto const version = make_backup(ann);
        auto const etag = [&] { return ann.get("/room_keys/version").text("etag"); };
        auto const start = etag();
        auto const one = ann.put(path(version, room, "a/b+c"), json::value(session("one")));
        CHECK(one.body.at("count") == json::value(1));
        CHECK(one.text("etag") == etag());
        CHECK(one.text("etag") != start);
        CHECK(ann.put(path(version, room), json::value(of_room({{"two", session("two")}, {"three", session("three")}}))).body.at("count") ==
              json::value(3));
        auto const other = "!other:demo.local";
        auto const whole = ann.put(path(version), json::value(of_rooms({{other, of_room({{"four", session("four")}})}})));
        CHECK(whole.body.at("count") == json::value(4));

        CHECK(ann.get(path(version, room, "a/b+c")).body == json::value(session("one")));
        CHECK(ann.get(path(version, room, "none")).errcode() == "M_NOT_FOUND");
        CHECK(ann.get(path(version, other)).body == json::value(of_room({{"four", session("four")}})));
        CHECK(ann.get(path(version, "!empty:demo.local")).body == json::value(of_room({})));
        auto const all = ann.get(path(version)).body;
        CHECK(all.at("rooms").at(room).at("sessions").as_object().size() == 3);
        CHECK(all.at("rooms").at(other).at("sessions").at("four") == json::value(session("four")));

        CHECK(ann.erase(path(version, room, "two")).body.at("count") == json::value(3));
        auto const before = etag();
        CHECK(ann.erase(path(version, room, "two")).text("etag") == before);
        CHECK(ann.erase(path(version, room)).body.at("count") == json::value(1));
        auto const gone = ann.erase(path(version));
        CHECK(gone.body.at("count") == json::value(0));
        CHECK(gone.text("etag") != before);
        CHECK(ann.get(path(version)).body == json::value(of_rooms({})));
    }

    TEST_CASE("a key is replaced by one that is verified, else by one that begins earlier, else by one that came a shorter way") {
        rig at;
        auto const ann = at.add("ann");
        auto const version = make_backup(ann);
        auto const put = [&](json::object const& key) { return ann.put(path(version, room, "s"), json::value(key)).text("etag"); };
        auto const kept = [&] { return ann.get(path(version, room, "s")).text("session_data/ciphertext"); };
        auto last = put(session("start", 5, 5));
        auto const replaces = [&](json::object const& key) {
            auto const now = put(key);
            bool const changed = now != last;
            last = now;
            CHECK((kept() == key.at("session_data").at("ciphertext").as_string()) == changed);
            return changed;
        };
        CHECK(!replaces(session("same again", 5, 5)));
        CHECK(!replaces(session("later", 6, 0)));
        CHECK(!replaces(session("a longer way", 5, 6)));
        CHECK(replaces(session("a shorter way", 5, 4)));
        CHECK(replaces(session("earlier, if a longer way", 4, 9)));
        CHECK(replaces(session("verified, if later", 9, 9, true)));
        CHECK(!replaces(session("earlier, but not verified", 0, 0, false)));
        CHECK(replaces(session("verified and earlier", 8, 9, true)));
    }

    TEST_CASE("keys are written to the latest backup alone; another version is told which that is") {
        rig at;
        auto const ann = at.add("ann");
        auto const first = make_backup(ann);
        CHECK(ann.put(path(first, room, "s"), json::value(session("a"))).status == 200);
        auto const second = make_backup(ann);
        for (auto const& refused :
             {ann.put(path(first, room, "s"), json::value(session("b"))), ann.put(path(first, room), json::value(of_room({}))),
              ann.put(path(first), json::value(of_rooms({})))}) {
            CHECK(refused.status == 403);
            CHECK(refused.errcode() == "M_WRONG_ROOM_KEYS_VERSION");
            CHECK(refused.text("current_version") == second);
        }
        // It is still read, and what it holds deleted.
        CHECK(ann.get(path(first, room, "s")).status == 200);
        CHECK(ann.erase(path(first)).body.at("count") == json::value(0));
        CHECK(ann.put(path("9"), json::value(of_rooms({}))).errcode() == "M_NOT_FOUND");
        CHECK(ann.put("/room_keys/keys", json::value(of_rooms({}))).errcode() == "M_MISSING_PARAM");
        CHECK(ann.get("/room_keys/keys").errcode() == "M_MISSING_PARAM");
        CHECK(ann.get(path("9")).errcode() == "M_NOT_FOUND");
        CHECK(ann.erase(path("9")).errcode() == "M_NOT_FOUND");
        auto const bob = at.add("bob");
        CHECK(bob.get(path(first)).errcode() == "M_NOT_FOUND");
    }

    TEST_CASE("what is no key is refused, and then nothing of the request is kept") {
        rig at;
        auto const ann = at.add("ann");
        auto const version = make_backup(ann);
        auto const refusal = [&](std::string_view member, json::value value) {
            auto wrong = session("wrong");
            wrong[member] = std::move(value);
            return ann.put(path(version, room), json::value(of_room({{"good", session("good")}, {"wrong", wrong}}))).errcode();
        };
        CHECK(refusal("first_message_index", nullptr) == "M_BAD_JSON");
        CHECK(refusal("first_message_index", "1") == "M_BAD_JSON");
        CHECK(refusal("first_message_index", -1) == "M_BAD_JSON");
        CHECK(refusal("forwarded_count", 9007199254740992) == "M_BAD_JSON");
        CHECK(refusal("is_verified", 1) == "M_BAD_JSON");
        CHECK(refusal("session_data", "data") == "M_BAD_JSON");
        CHECK(refusal("session_data", {{"ciphertext", json::string(70000, 'x')}}) == "M_TOO_LARGE");
        CHECK(ann.put(path(version, room), json::value(of_room({{"s", "key"}}))).errcode() == "M_BAD_JSON");
        CHECK(ann.put(path(version, room), json::value(of_room({{std::string(300, 's'), session("a")}}))).errcode() == "M_INVALID_PARAM");
        CHECK(ann.put(path(version, "room", "s"), json::value(session("a"))).errcode() == "M_INVALID_PARAM");
        CHECK(ann.put(path(version), json::object()).errcode() == "M_BAD_JSON");
        CHECK(ann.put(path(version), {{"rooms", {{room, "sessions"}}}}).errcode() == "M_BAD_JSON");
        CHECK(ann.put(path(version), {{"rooms", {{room, json::object()}}}}).errcode() == "M_BAD_JSON");
        CHECK(ann.get("/room_keys/version").body.at("count") == json::value(0));
    }

    TEST_CASE("a restart keeps backups") {
        chatrixcd::base::temporary_folder const folder("homeserver-test");
        rig at(folder.path() + "/homeserver.db");
        auto const ann = at.add("ann");
        auto const version = make_backup(ann);
        CHECK(ann.put(path(version, room, "s"), json::value(session("a"))).status == 200);
        auto const before = ann.get("/room_keys/version").body;
        at.reopen();
        CHECK(ann.get("/room_keys/version").body == before);
        CHECK(ann.get(path(version, room, "s")).body == json::value(session("a")));
    }
}
