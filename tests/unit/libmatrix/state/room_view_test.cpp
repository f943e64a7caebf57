// SPDX-License-Identifier: Apache-2.0
#include "state/room_view.hpp"

#include <doctest/doctest.h>

#include "support/results.hpp"
#include "support/sync_desk.hpp"

namespace chatrixcd::test {

namespace inner = matrix::detail;
using strings = std::vector<std::string>;

namespace {

std::string create(std::string const& version, std::string const& more = "", std::string const& sender = "@ann:b") {
    return state_of("m.room.create", "", R"({"room_version":")" + version + "\"" + more + "}", sender);
}

std::shared_ptr<matrix::result<matrix::power>> ask_power(sync_desk& d, std::string const& room) {
    return d.in([&](base::transaction& t) {
        return std::make_shared<matrix::result<matrix::power>>(inner::read_power(t, 1, matrix::room_id(room)));
    });
}

matrix::power power_in(sync_desk& d, std::string const& room) { return ask_power(d, room)->value(); }

}  // namespace

TEST_SUITE("matrix::state") {
    TEST_CASE("a room is what its state says, and what is not said has the specification's defaults") {
        sync_desk d;
        d.take_state("!a:b", create("11") + "," + member_of("@me:b", "join"));
        auto const bare = d.info("!a:b").value();
        CHECK(bare.version == "11");
        CHECK(bare.creators == std::vector{matrix::user_id("@ann:b")});
        CHECK(bare.join_rule == "invite");
        CHECK(bare.history_visibility == "shared");
        CHECK(bare.given_name.empty());
        CHECK(bare.canonical_alias.empty());
        CHECK_FALSE(bare.is_encrypted());
        CHECK_FALSE(bare.is_space());
        CHECK(bare.pinned.empty());

        d.take_state("!a:b", state_of("m.room.name", "", R"({"name":"Lab"})") + "," + state_of("m.room.topic", "", R"({"topic":"all"})") +
                                 "," + state_of("m.room.canonical_alias", "", R"({"alias":"#lab:b","alt_aliases":["#x:b",7,"no alias"]})") +
                                 "," + state_of("m.room.join_rules", "", R"({"join_rule":"public"})") + "," +
                                 state_of("m.room.history_visibility", "", R"({"history_visibility":"joined"})") + "," +
                                 state_of("m.room.pinned_events", "", R"({"pinned":["$p","nonsense",{}]})") + "," +
                                 state_of("m.room.avatar", "", R"({"url":"mxc://b/x"})"));
        auto const told = d.info("!a:b").value();
        CHECK(told.name == "Lab");
        CHECK(told.topic == "all");
        CHECK(told.avatar_url == "mxc://b/x");
        CHECK(told.canonical_alias == matrix::room_alias("#lab:b"));
        CHECK(told.alt_aliases == std::vector{matrix::room_alias("#x:b")});
        CHECK(told.join_rule == "public");
        CHECK(told.history_visibility == "joined");
        CHECK(told.pinned == std::vector{matrix::event_id("$p")});
        CHECK_FALSE(d.info("!unknown:b"));
        // Rules that no specification has yet are told as they are; what is none is that of a room that says nothing.
        d.take_state("!a:b", state_of("m.room.join_rules", "", R"({"join_rule":"org.example.by_lot"})"));
        CHECK(d.info("!a:b")->join_rule == "org.example.by_lot");
        d.take_state("!a:b", state_of("m.room.join_rules", "", R"({"join_rule":["public"]})"));
        CHECK(d.info("!a:b")->join_rule == "invite");
    }

    TEST_CASE("rooms of every version are known: ids with and without a server, creators by each version's rule") {
        for (auto const* version : {"1", "2", "3", "4", "5", "6", "7", "8", "9", "10"}) {
            sync_desk d;
            d.take_state("!a:b", create(version, R"(,"creator":"@old:b")") + "," + member_of("@me:b", "join"));
            d.take_timeline("!a:b", text_of("$143:b"));
            auto const info = d.info("!a:b").value();
            CHECK(info.version == version);
            CHECK(info.creators == std::vector{matrix::user_id("@old:b")});
            CHECK(d.waiting("!a:b") == strings{"$143:b"});
        }
        sync_desk d;
        d.take_state("!Zm9vYmFy", create("12", R"(,"additional_creators":["@two:b"])") + "," + member_of("@me:b", "join"));
        auto const info = d.info("!Zm9vYmFy").value();
        CHECK(info.creators == std::vector{matrix::user_id("@ann:b"), matrix::user_id("@two:b")});
        d.take_state("!old:b", state_of("m.room.create", "", R"({"creator":"@old:b"})") + "," + member_of("@me:b", "join"));
        CHECK(d.info("!old:b")->version == "1");
    }

    TEST_CASE("a room of an unknown version can be talked in, and nobody has any power in it") {
        sync_desk d;
        d.take_state("!a:b", create("org.example.99") + "," + member_of("@me:b", "join"));
        CHECK(d.info("!a:b")->version == "org.example.99");
        CHECK(d.info("!a:b")->creators.empty());
        auto const refused = ask_power(d, "!a:b");
        CHECK(refused->error().kind() == base::error_kind::unsupported);
        CHECK(refused->error().describe().find("org.example.99") != std::string::npos);
    }

    TEST_CASE("who may do what follows the levels, with the defaults of the version") {
        matrix::user_id const ann("@ann:b");
        matrix::user_id const bob("@bob:b");
        matrix::user_id const eve("@eve:b");
        sync_desk d;
        d.take_state("!a:b", create("10", R"(,"creator":"@ann:b")") + "," + member_of("@me:b", "join"));
        auto const without = power_in(d, "!a:b");
        CHECK(without.level_of(ann) == 100);
        CHECK(without.may_send_state(ann, "m.room.name"));
        CHECK(without.may_send(bob, "m.room.message"));

        d.take_state("!a:b", state_of("m.room.power_levels", "", R"({"users":{"@ann:b":100,"@bob:b":50},"kick":50,"ban":60,
            "events":{"m.room.name":50,"m.reaction":10},"invite":10,"notifications":{"room":20}})"));
        auto const given = power_in(d, "!a:b");
        CHECK(given.may_send_state(bob, "m.room.name"));
        CHECK_FALSE(given.may_send_state(eve, "m.room.name"));
        CHECK(given.may_send(eve, "m.room.message"));
        CHECK_FALSE(given.may_send(eve, "m.reaction"));
        CHECK(given.may_kick(bob, eve));
        CHECK_FALSE(given.may_kick(bob, ann));
        CHECK_FALSE(given.may_kick(bob, bob));
        CHECK_FALSE(given.may_ban(bob, eve));
        CHECK(given.may_ban(ann, bob));
        CHECK_FALSE(given.may_invite(eve));
        CHECK(given.may_redact_others(bob));
        CHECK_FALSE(given.may_redact_others(eve));
        CHECK(given.may_notify_room(bob));
        CHECK_FALSE(given.may_notify_room(eve));
    }

    TEST_CASE("creators of version 12 stand above every number") {
        matrix::user_id const ann("@ann:b");
        matrix::user_id const two("@two:b");
        matrix::user_id const boss("@boss:b");
        sync_desk d;
        d.take_state("!v12", create("12", R"(,"additional_creators":["@two:b"])") + "," + member_of("@me:b", "join") + "," +
                                 state_of("m.room.power_levels", "", R"({"users":{"@boss:b":9007199254740991}})"));
        auto const levels = power_in(d, "!v12");
        CHECK(levels.level_of(ann).is_infinite());
        CHECK(levels.is_creator(two));
        CHECK(levels.may_kick(ann, boss));
        CHECK_FALSE(levels.may_kick(boss, ann));
        CHECK_FALSE(levels.may_kick(ann, two));
    }

    TEST_CASE("power levels that cannot be understood give nobody any") {
        sync_desk d;
        d.take_state("!a:b", create("10", R"(,"creator":"@ann:b")") + "," + member_of("@me:b", "join") + "," +
                                 state_of("m.room.power_levels", "", R"({"users":{"@ann:b":"100"}})"));
        auto const refused = ask_power(d, "!a:b");
        CHECK(refused->error().kind() == base::error_kind::protocol);
    }

    TEST_CASE("a room without a name is called by its alias, then by the people in it") {
        sync_desk d;
        d.take_state("!a:b", create("11") + "," + member_of("@me:b", "join"));
        CHECK(d.info("!a:b")->name == "Empty room");
        d.take_state("!a:b", member_of("@bob:b", "join", "Bob") + "," + member_of("@cas:b", "invite"));
        CHECK(d.info("!a:b")->name == "Bob and @cas:b");
        d.take_room("!a:b", R"("summary":{"m.heroes":["@cas:b","@me:b","@bob:b"],"m.joined_member_count":7,"m.invited_member_count":1})");
        auto const many = d.info("!a:b").value();
        CHECK(many.name == "@cas:b, Bob and 5 others");
        CHECK(many.joined_members == 7);
        CHECK(many.invited_members == 1);
        // What a later sync does not repeat has not changed.
        d.take_room("!a:b", R"("summary":{"m.joined_member_count":1,"m.invited_member_count":0})");
        CHECK(d.info("!a:b")->name == "Empty room (was @cas:b and Bob)");
        d.take_state("!a:b", state_of("m.room.canonical_alias", "", R"({"alias":"#lab:b"})"));
        CHECK(d.info("!a:b")->name == "#lab:b");
        d.take_state("!a:b", state_of("m.room.name", "", R"({"name":""})"));
        CHECK(d.info("!a:b")->name == "#lab:b");
        d.take_state("!a:b", state_of("m.room.name", "", R"({"name":"Lab"})"));
        CHECK(d.info("!a:b")->name == "Lab");
    }

    TEST_CASE("two members of the same name are told apart by their ids") {
        sync_desk d;
        d.take_state("!a:b", create("11") + "," + member_of("@me:b", "join") + "," + member_of("@a:b", "join", "Ann") + "," +
                                 member_of("@z:b", "invite", "Ann") + "," + member_of("@gone:b", "leave", "Bob") + "," +
                                 member_of("@bob:b", "join", "Bob") + "," + member_of("no user", "join", "Bob"));
        auto const members = d.in([](base::transaction& t) { return inner::read_members(t, 1, matrix::room_id("!a:b")); });
        strings shown;
        for (auto const& one : members) shown.push_back(one.shown_name);
        CHECK(shown == strings{"Ann (@a:b)", "Bob", "@me:b"});
    }

    TEST_CASE("encryption, once seen, is never taken back") {
        sync_desk d;
        auto const encryption = [](std::string const& content) { return state_of("m.room.encryption", "", content); };
        d.take_state("!a:b", create("11") + "," + member_of("@me:b", "join") + "," + encryption(R"({"algorithm":"m.megolm.v1.aes-sha2"})"));
        CHECK(d.info("!a:b")->encryption == "m.megolm.v1.aes-sha2");
        d.take_state("!a:b", encryption("{}"));
        CHECK(d.info("!a:b")->encryption == "m.megolm.v1.aes-sha2");
        d.take_state("!a:b", encryption(R"({"algorithm":7})"));
        CHECK(d.info("!a:b")->encryption == "m.megolm.v1.aes-sha2");
        // Not even by leaving, or by a homeserver that starts over without it.
        d.take(R"({"next_batch":"x","rooms":{"leave":{"!a:b":{}}}})");
        d.in([](base::transaction& t) { inner::forget_position(t, 1); });
        d.take_state("!a:b", create("11") + "," + member_of("@me:b", "join"));
        CHECK(d.info("!a:b")->is_encrypted());
        d.take_state("!c:b", create("11") + "," + member_of("@me:b", "join") + "," + encryption("{}"));
        CHECK(d.info("!c:b")->encryption == "unknown");
    }

    TEST_CASE("a space's children come in its order, those without a server to join through not at all") {
        sync_desk d;
        auto const child = [](std::string const& room, std::string const& content, int sent) {
            return state_of("m.space.child", room, content, "@ann:b", ",\"origin_server_ts\":" + std::to_string(sent));
        };
        d.take_state("!space:b", create("11", R"(,"type":"m.space")") + "," + member_of("@me:b", "join") + "," +
                                     child("!late:b", R"({"via":["b"]})", 20) + "," + child("!early:b", R"({"via":["b"]})", 10) + "," +
                                     child("!second:b", R"({"via":["b","c:8448"],"order":"b","suggested":true})", 99) + "," +
                                     child("!first:b", R"({"via":["b"],"order":"a"})", 99) + "," + child("!gone:b", "{}", 1) + "," +
                                     child("!bad:b", R"({"via":[7]})", 1) + "," + child("no room", R"({"via":["b"]})", 1) + "," +
                                     child("!odd:b", R"({"via":["b"],"order":"\u00e9"})", 30));
        CHECK(d.info("!space:b")->is_space());
        auto const children = d.in([](base::transaction& t) { return inner::read_children(t, 1, matrix::room_id("!space:b")); });
        strings rooms;
        for (auto const& one : children) rooms.push_back(one.room.str());
        CHECK(rooms == strings{"!first:b", "!second:b", "!early:b", "!late:b", "!odd:b"});
        CHECK(children[1].via == strings{"b", "c:8448"});
        CHECK(children[1].suggested);
        CHECK(children[4].order.empty());

        d.take_state("!room:b", create("11") + "," + member_of("@me:b", "join") + "," +
                                    state_of("m.space.parent", "!space:b", R"({"via":["b"],"canonical":true})") + "," +
                                    state_of("m.space.parent", "!other:b", "{}"));
        auto const parents = d.in([](base::transaction& t) { return inner::read_parents(t, 1, matrix::room_id("!room:b")); });
        REQUIRE(parents.size() == 1);
        CHECK(parents[0].room == matrix::room_id("!space:b"));
        CHECK(parents[0].canonical);
        CHECK(parents[0].sender == matrix::user_id("@ann:b"));
    }

    TEST_CASE("state that makes no sense counts as not said") {
        sync_desk d;
        d.take_state("!a:b", state_of("m.room.create", "", R"({"room_version":7,"predecessor":[],"type":{}})") + "," +
                                 member_of("@me:b", "join") + "," + state_of("m.room.name", "", R"({"name":["x"]})") + "," +
                                 state_of("m.room.tombstone", "", R"({"replacement_room":{"a":1}})") + "," +
                                 state_of("m.room.pinned_events", "", R"({"pinned":"x"})") + "," +
                                 state_of("m.room.join_rules", "", R"({"join_rule":{"custom":true}})"));
        auto const info = d.info("!a:b").value();
        CHECK(info.version == "1");
        CHECK(info.type.empty());
        CHECK(info.predecessor.empty());
        CHECK(info.successor.empty());
        CHECK(info.join_rule == "invite");
        CHECK(info.name == "Empty room");
        d.take_room("!a:b", R"("summary":{"m.heroes":7,"m.joined_member_count":-5,"m.invited_member_count":"x"})");
        CHECK(d.info("!a:b")->joined_members == 0);
    }

    TEST_CASE("the rooms that we share with somebody are found by the user") {
        sync_desk d;
        for (auto const* room : {"!a:b", "!c:b", "!d:b"})
            d.take_state(room, member_of("@me:b", "join") + "," + member_of("@bob:b", "join"));
        d.take_state("!c:b", member_of("@bob:b", "leave"));
        d.take(R"({"next_batch":"x","rooms":{"leave":{"!d:b":{}}}})");
        auto const shared = d.in([](base::transaction& t) { return inner::shared_rooms(t, 1, matrix::user_id("@bob:b")); });
        CHECK(shared == std::vector{matrix::room_id("!a:b")});
    }
}

}  // namespace chatrixcd::test
