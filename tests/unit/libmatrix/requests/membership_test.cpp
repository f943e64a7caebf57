// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>

#include <chatrixcd/base/url.hpp>
#include <chatrixcd/matrix/membership.hpp>
#include <chatrixcd/matrix/moderation.hpp>

#include "requests/script.hpp"

namespace chatrixcd::test {

using base::error_kind;
using base::http::method;
using matrix::membership_state;
using matrix::room_id;
using matrix::user_id;

namespace {

// The membership of a user in a room, and the reason for it, as the room has it.
std::string standing(person& who, std::string const& room, std::string const& user) {
    std::string found;
    for (auto const& event : who.history(room)) {
        if (base::find_string(event, "type") != "m.room.member" || base::find_string(event, "state_key") != user) continue;
        auto const* content = base::find_object(event, "content");
        found = base::find_string(*content, "membership").value() + ":" + base::find_string(*content, "reason").value_or("");
    }
    return found;
}

// Alice and the bot in the bot's room.
class moderated {
public:
    moderated() : alice(s.w.add("alice")), room(s.run(s.bot->create_room(matrix::new_room().open())).value()) { alice.join(room.str()); }

    matrix::moderation of() { return s.bot->room(room).moderation(); }

    scripted_world s;
    person alice;
    room_id room;
};

}  // namespace

TEST_SUITE("matrix::moderation") {
    TEST_CASE("kick, ban, unban and invite, with reasons that the room sees") {
        moderated m;
        user_id const alice(m.alice.id());
        auto watcher = m.s.w.add("watcher");
        watcher.join(m.room.str());
        CHECK(m.s.run(m.of().kick(alice, "too loud")));
        CHECK(standing(watcher, m.room.str(), m.alice.id()) == "leave:too loud");
        CHECK(m.s.run(m.of().ban(alice, "again")));
        CHECK(standing(watcher, m.room.str(), m.alice.id()) == "ban:again");
        CHECK(m.s.run(m.of().unban(alice, "")));
        CHECK(standing(watcher, m.room.str(), m.alice.id()) == "leave:");
        CHECK(m.s.run(m.of().invite(alice, "come back")));
        CHECK(standing(watcher, m.room.str(), m.alice.id()) == "invite:come back");
    }

    TEST_CASE("who has not the power is told so") {
        scripted_world s;
        auto alice = s.w.add("alice");
        auto const room = alice.make_room({"@bot:test"});
        CHECK(s.run(s.bot->join(room)));
        auto const refused = s.run(s.bot->room(room_id(room)).moderation().kick(user_id(alice.id()), "mutiny"));
        REQUIRE_FALSE(refused);
        CHECK(refused.error().kind() == error_kind::forbidden);
        CHECK(refused.error().message() == "the kick of @alice:test was refused");
    }

    TEST_CASE("a kick whose answer is lost is not repeated, a ban is") {
        moderated m;
        auto const path = "/_matrix/client/v3/rooms/" + base::percent_encode(m.room.str());
        m.s.on(method::post, path + "/kick", fault::drop_after());
        m.s.on(method::post, path + "/ban", fault::drop_after());
        m.s.on(method::post, path + "/ban", fault::none());
        CHECK(m.s.run(m.of().kick(user_id(m.alice.id()))).error().kind() == error_kind::timeout_unknown);
        CHECK(m.s.seen(path + "/kick").size() == 1);
        CHECK(m.s.run(m.of().ban(user_id(m.alice.id()))));
        CHECK(m.s.seen(path + "/ban").size() == 2);
    }

    TEST_CASE("members by their standing, with the reason and who did it") {
        moderated m;
        CHECK(m.s.run(m.of().ban(user_id(m.alice.id()), "spam")));
        auto const banned = m.s.run(m.of().members(membership_state::ban)).value();
        REQUIRE(banned.size() == 1);
        CHECK(banned[0].user.str() == "@alice:test");
        CHECK(banned[0].reason == "spam");
        CHECK(banned[0].changed_by.str() == "@bot:test");
        CHECK(base::find_string(*banned[0].raw, "type") == "m.room.member");
        auto const here = m.s.run(m.of().joined_members()).value();
        REQUIRE(here.size() == 1);
        CHECK(here[0].user.str() == "@bot:test");
    }

    TEST_CASE("malformed members are left out, and an answer without members is an error") {
        scripted_world s;
        auto const path = std::string("/_matrix/client/v3/rooms/%21r%3Atest/members");
        s.on(method::get, path, R"({"chunk":[1,{},{"type":"m.room.member","state_key":"nobody","content":{"membership":"join"}},
            {"type":"m.room.member","state_key":"@a:test","content":{"membership":"dancing"}},
            {"type":"m.room.member","state_key":"@b:test","sender":3,"content":{"membership":"knock","displayname":7,"x":1}}]})");
        s.on(method::get, path, R"({"chunk":"none"})");
        auto const of = s.bot->room(room_id("!r:test")).moderation();
        auto const found = s.run(of.members(membership_state::knock)).value();
        REQUIRE(found.size() == 1);
        CHECK(found[0].user.str() == "@b:test");
        CHECK(found[0].changed_by.empty());
        CHECK(s.last(path).query() == "membership=knock");
        CHECK(s.run(of.members()).error().kind() == error_kind::protocol);
    }
}

TEST_SUITE("matrix::membership") {
    TEST_CASE("the homeserver lists our rooms, and forgets one that we have left") {
        scripted_world s;
        auto const room = s.run(s.bot->create_room(matrix::new_room())).value();
        CHECK(s.run(s.bot->membership().joined_rooms()).value() == std::vector<room_id>{room});
        CHECK(s.run(s.bot->membership().forget(room)).error().kind() == error_kind::invalid);
        CHECK(s.run(s.bot->room(room).leave("done here")));
        CHECK(s.run(s.bot->membership().forget(room)));
        CHECK(s.run(s.bot->membership().joined_rooms()).value().empty());
    }

    TEST_CASE("a knock carries its reason and its servers") {
        scripted_world s;
        auto const path = std::string("/_matrix/client/v3/knock/%23den%3Aelsewhere");
        s.on(method::post, path, R"({"room_id":"!den:elsewhere"})");
        CHECK(s.run(s.bot->membership().knock("#den:elsewhere", {"one", "two"}, "let me in")).value().str() == "!den:elsewhere");
        CHECK(s.last_body(path).at("reason") == "let me in");
        CHECK(s.last(path).query() == "via=one&server_name=one&via=two&server_name=two");
    }

    TEST_CASE("leaving and inviting carry reasons") {
        scripted_world s;
        auto alice = s.w.add("alice");
        auto const room = s.run(s.bot->create_room(matrix::new_room())).value();
        CHECK(s.run(s.bot->room(room).invite(user_id(alice.id()), "have a look")));
        alice.join(room.str());
        CHECK(s.run(s.bot->room(room).leave("lunch")));
        CHECK(standing(alice, room.str(), "@bot:test") == "leave:lunch");
    }
}

TEST_SUITE("matrix::new_room") {
    TEST_CASE("everything that createRoom offers ends in the request") {
        matrix::new_room const made = matrix::new_room()
                                          .name("Hall")
                                          .topic("talk")
                                          .preset(matrix::room_preset::trusted_private_chat)
                                          .invite(user_id("@a:test"))
                                          .alias("hall")
                                          .published()
                                          .version("11")
                                          .direct()
                                          .local_only()
                                          .encrypted()
                                          .state("m.room.guest_access", "", object_of(R"({"guest_access":"forbidden"})"))
                                          .power_levels(object_of(R"({"invite":50})"));
        auto const body = made.request();
        CHECK(
            text_of(body) ==
            R"({"preset":"trusted_private_chat","is_direct":true,"visibility":"public","name":"Hall","topic":"talk","room_alias_name":"hall",)"
            R"("room_version":"11","invite":["@a:test"],"creation_content":{"m.federate":false},"power_level_content_override":{"invite":50},)"
            R"("initial_state":[{"type":"m.room.encryption","state_key":"","content":{"algorithm":"m.megolm.v1.aes-sha2"}},)"
            R"({"type":"m.room.guest_access","state_key":"","content":{"guest_access":"forbidden"}}]})");
    }

    TEST_CASE("a space is a room of its type, in which not everybody speaks") {
        auto const body = matrix::new_room().space().request();
        CHECK(text_of(body.at("creation_content")) == R"({"type":"m.space"})");
        CHECK(text_of(body.at("power_level_content_override")) == R"({"events_default":100})");
        auto const open = matrix::new_room().space().power_levels(object_of(R"({"events_default":0})")).request();
        CHECK(text_of(open.at("power_level_content_override")) == R"({"events_default":0})");
    }

    TEST_CASE("the homeserver makes the room with its alias and its first state") {
        scripted_world s;
        auto wanted = matrix::new_room().alias("hall").state("org.example.note", "k", object_of(R"({"a":1})")).open();
        auto const room = s.run(s.bot->create_room(std::move(wanted))).value();
        CHECK(s.run(s.bot->join("#hall:test")).value() == room);
        auto taken = matrix::new_room().alias("hall");
        auto const second = s.run(s.bot->create_room(std::move(taken)));
        REQUIRE_FALSE(second);
        CHECK(second.error().errcode() == "M_ROOM_IN_USE");
        s.w.until([&] { return s.run(s.bot->room(room).state("org.example.note", "k")).has_value(); });
    }
}

}  // namespace chatrixcd::test
