// SPDX-License-Identifier: Apache-2.0
#include "sync/commit.hpp"

#include <doctest/doctest.h>

#include "support/results.hpp"
#include "support/sync_desk.hpp"

namespace chatrixcd::test {

namespace inner = matrix::detail;
using strings = std::vector<std::string>;

namespace {

std::string joined_me() { return member_of("@me:b", "join"); }

// The first sync of a room that we are in; then one message.
void settle(sync_desk& d, std::string const& room) {
    d.take_state(room, joined_me());
    d.take_timeline(room, text_of("$known"));
}

void forget(sync_desk& d) {
    d.in([](base::transaction& t) { inner::forget_position(t, 1); });
}

std::optional<inner::gap_row> gap_of(sync_desk& d) {
    return d.in([](base::transaction& t) { return inner::next_gap(t, 1); });
}

inner::gap_outcome give_page(sync_desk& d, std::string const& page, std::size_t bound = 1000) {
    return d.in([&](base::transaction& t) {
        auto const read = inner::parse_page(page).value();
        return inner::commit_page(t, read, inner::next_gap(t, 1).value(), bound, d.how).gap;
    });
}

}  // namespace

TEST_SUITE("matrix::commit") {
    TEST_CASE("state that comes again unchanged is not written again") {
        sync_desk d;
        std::string const name =
            R"({"type":"m.room.name","state_key":"","sender":"@ann:b","event_id":"$n","content":{"name":"N"},"unsigned":)";
        CHECK(d.take_state("!a:b", joined_me() + "," + name + R"({"age":1}})").changed.size() == 1);
        CHECK(d.take_state("!a:b", name + R"({"age":77}})").changed.empty());
        CHECK(d.take_state("!a:b", name + R"({"age":78,"redacted_because":{}}})").changed.size() == 1);
    }

    TEST_CASE("of state that changes twice in a response the last stays, among many others, and encryption that went by is kept") {
        sync_desk d;
        std::string members = joined_me();
        for (int i = 0; i < 70; ++i) members += "," + member_of("@u" + std::to_string(i % 40) + ":b", i < 40 ? "invite" : "join");
        auto const encryption = [](std::string const& content) { return "," + state_of("m.room.encryption", "", content); };
        d.take_state("!a:b", members + encryption(R"({"algorithm":"m.megolm.v1.aes-sha2"})") + encryption("{}"));
        auto const count = [&](std::string_view membership) {
            return d.in([&](base::transaction& t) { return inner::count_members(t, 1, matrix::room_id("!a:b"), membership); });
        };
        CHECK(count("join") == 31);
        CHECK(count("invite") == 10);
        CHECK(d.row("!a:b").encryption == "m.megolm.v1.aes-sha2");
    }

    TEST_CASE("many events of many rooms are taken in once each, in each room's order") {
        sync_desk d;
        d.take_state("!a:b", joined_me());
        d.take_state("!b:b", joined_me());
        auto const events = [](std::string const& room, int first, int last) {
            std::string list;
            for (int i = first; i < last; ++i) list += (i > first ? "," : "") + text_of("$" + room + std::to_string(i));
            return "\"!" + room + R"(:b":{"timeline":{"events":[)" + list + "]}}";
        };
        auto const response = [&](std::string const& next, std::string const& rooms) {
            return R"({"next_batch":")" + next + R"(","rooms":{"join":{)" + rooms + "}}}";
        };
        CHECK(d.take(response("s8", events("b", 0, 70) + "," + events("a", 0, 45))).rows == 115);
        CHECK(d.take(response("s9", events("b", 60, 80) + "," + events("a", 0, 45))).rows == 10);
        strings wanted;
        for (int i = 0; i < 80; ++i) wanted.push_back("$b" + std::to_string(i));
        CHECK(d.waiting("!b:b") == wanted);
    }

    TEST_CASE("a response that is for nobody moves our position on the disk at most once a minute, one with news at once") {
        sync_desk d;
        auto const position = [&] { return d.in([](base::transaction& t) { return inner::load_position(t, 1); }); };
        auto const own = R"({"type":"m.room.message","sender":"@me:b","event_id":"$own","content":{"msgtype":"m.notice","body":"done"}})";
        d.how.now = base::time_point(std::chrono::hours(1));
        d.take_state("!a:b", joined_me());
        CHECK(position() == "s1");
        d.take_timeline("!a:b", own);
        CHECK(position() == "s1");
        CHECK(d.take_timeline("!a:b", text_of("$news")).rows == 1);
        CHECK(position() == "s3");
        d.how.now += std::chrono::seconds(59);
        d.take_timeline("!a:b", own);
        CHECK(position() == "s3");
        d.how.now += std::chrono::seconds(1);
        d.take_timeline("!a:b", own);
        CHECK(position() == "s5");
        // A clock that was put back says nothing.
        d.how.now -= std::chrono::minutes(10);
        d.take_timeline("!a:b", own);
        CHECK(position() == "s6");
        CHECK(d.row("!a:b").last_event == "$own");
        d.take_timeline("!a:b", state_of("m.room.topic", "", R"({"topic":"news as well"})"));
        CHECK(position() == "s7");
    }

    TEST_CASE("a room that a response names twice keeps what the first mention said") {
        sync_desk d;
        d.take_state("!a:b", joined_me());
        d.take(R"({"next_batch":"s9","rooms":{"join":{"!a:b":{"state":{"events":[)" +
               state_of("m.room.encryption", "", R"({"algorithm":"m.megolm.v1.aes-sha2"})") + R"(]},"timeline":{"events":[)" +
               text_of("$last") + R"(]}}},"leave":{"!a:b":{}}}})");
        CHECK(d.row("!a:b").ours == inner::membership::leave);
        CHECK(d.row("!a:b").encryption == "m.megolm.v1.aes-sha2");
        CHECK(d.row("!a:b").last_event == "$last");
    }

    TEST_CASE("a redaction takes what current state said out of the store, from a sync and from a page of the past") {
        auto const named = [](std::string const& id, std::string const& name) {
            return R"({"type":"m.room.name","state_key":"","sender":"@eve:b","event_id":")" + id + R"(","content":{"name":")" + name +
                   "\"}}";
        };
        auto const redaction = [](std::string const& members) {
            return R"({"type":"m.room.redaction","sender":"@ann:b","event_id":"$r",)" + members + "}";
        };
        auto const create = state_of("m.room.create", "", R"({"room_version":"11"})");
        for (std::string const members : {R"("content":{"redacts":"$bad"})", R"("redacts":"$bad","content":{})"}) {
            sync_desk d;
            d.take_state("!a:b", create + "," + joined_me() + "," + named("$bad", "insults") + "," +
                                     state_of("m.room.topic", "", R"({"topic":"see $bad"})"));
            CHECK(d.take_timeline("!a:b", redaction(members)).changed.size() == 1);
            CHECK(d.info("!a:b")->given_name.empty());
            CHECK(d.info("!a:b")->topic == "see $bad");
            CHECK(d.take_timeline("!a:b", redaction(members)).changed.empty());
        }
        sync_desk d;
        settle(d, "!a:b");
        d.take_room("!a:b", R"("state":{"events":[)" + named("$bad", "insults") +
                                R"(]},"timeline":{"limited":true,"prev_batch":"p","events":[)" + text_of("$late") + "]}");
        CHECK(d.info("!a:b")->given_name == "insults");
        give_page(d, R"({"start":"a","end":"b","chunk":[)" + redaction(R"("content":{"redacts":"$bad"})") + "," + text_of("$late") + "]}");
        CHECK(d.info("!a:b")->given_name.empty());
    }

    TEST_CASE("with the state behind the timeline, the timeline's own state says nothing about what is current") {
        sync_desk d;
        d.take_state("!a:b", joined_me());
        auto const old_name = state_of("m.room.name", "", R"({"name":"old"})");
        auto const new_name = state_of("m.room.name", "", R"({"name":"new"})");
        d.take_room("!a:b", R"("state_after":{"events":[)" + new_name + R"(]},"timeline":{"events":[)" + old_name + "]}");
        CHECK(d.info("!a:b")->name == "new");
        d.take_room("!a:b", R"("org.matrix.msc4222.state_after":{"events":[]},"timeline":{"events":[)" + old_name + "]}");
        CHECK(d.info("!a:b")->name == "new");
        // A server that knows nothing of it: the timeline's state counts.
        d.take_room("!a:b", R"("state":{"events":[]},"timeline":{"events":[)" + old_name + "]}");
        CHECK(d.info("!a:b")->name == "old");
    }

    TEST_CASE("a homeserver that forgot our position shows what is known: nothing is taken in twice, what is new is") {
        sync_desk d;
        settle(d, "!a:b");
        forget(d);
        CHECK(d.in([](base::transaction& t) { return inner::load_position(t, 1); }).empty());
        auto const count =
            d.take_room("!a:b", R"("state":{"events":[)" + joined_me() + R"(]},"timeline":{"limited":true,"prev_batch":"p","events":[)" +
                                    text_of("$before") + "," + text_of("$known") + "," + text_of("$new") + "]}");
        CHECK(count.gaps == 0);
        CHECK(d.waiting("!a:b") == strings{"$known", "$new"});
    }

    TEST_CASE("what a forgetful homeserver leaves out is sought backwards, then filled forwards") {
        sync_desk d;
        settle(d, "!a:b");
        forget(d);
        auto const count =
            d.take_room("!a:b", R"("state":{"events":[)" + joined_me() + R"(]},"timeline":{"limited":true,"prev_batch":"p","events":[)" +
                                    text_of("$last") + "]}");
        CHECK(count.gaps == 1);
        auto gap = gap_of(d).value();
        CHECK(gap.seeking);
        CHECK(gap.token == "p");
        CHECK(gap.after_event == "$known");
        CHECK(give_page(d, R"({"chunk":[)" + text_of("$4") + "," + text_of("$3") + R"(],"end":"q"})") == inner::gap_outcome::open);
        CHECK(gap_of(d)->seeking);
        CHECK(gap_of(d)->token == "q");
        CHECK(give_page(d, R"({"chunk":[)" + text_of("$2") + "," + text_of("$known") + "," + text_of("$older") + R"(],"end":"r"})") ==
              inner::gap_outcome::open);
        gap = gap_of(d).value();
        CHECK_FALSE(gap.seeking);
        CHECK(gap.token == "r");
        CHECK(give_page(d, R"({"chunk":[)" + text_of("$older") + "," + text_of("$known") + "," + text_of("$2") + "," + text_of("$3") +
                               R"(],"end":"s"})") == inner::gap_outcome::open);
        CHECK(give_page(d, R"({"chunk":[)" + text_of("$4") + "," + text_of("$last") + R"(],"end":"t"})") == inner::gap_outcome::closed);
        CHECK(d.waiting("!a:b") == strings{"$known", "$2", "$3", "$4", "$last"});
        CHECK_FALSE(gap_of(d));
    }

    TEST_CASE("where a forgetful homeserver has nothing that we know, the loss is told in its place") {
        for (auto const* page : {R"({"chunk":[],"end":"q"})", R"({"chunk":[]})"}) {
            sync_desk d;
            settle(d, "!a:b");
            forget(d);
            d.take_room("!a:b", R"("state":{"events":[)" + joined_me() + R"(]},"timeline":{"limited":true,"prev_batch":"p","events":[)" +
                                    text_of("$last") + "]}");
            CHECK(give_page(d, page) == inner::gap_outcome::lost);
            auto const rows = d.waiting("!a:b");
            REQUIRE(rows.size() == 3);
            CHECK(rows[0] == "$known");
            CHECK(rows[1].substr(0, 4) == "gap ");
            CHECK(rows[2] == "$last");
        }
        sync_desk d;
        settle(d, "!a:b");
        forget(d);
        d.take_room("!a:b",
                    R"("state":{"events":[)" + joined_me() + R"(]},"timeline":{"limited":true,"events":[)" + text_of("$last") + "]}");
        CHECK(d.waiting("!a:b").at(1).substr(0, 4) == "gap ");
        CHECK_FALSE(gap_of(d));
    }

    TEST_CASE("the search for what is known ends at the bound") {
        sync_desk d;
        settle(d, "!a:b");
        forget(d);
        d.take_room("!a:b", R"("state":{"events":[)" + joined_me() + R"(]},"timeline":{"limited":true,"prev_batch":"p","events":[)" +
                                text_of("$last") + "]}");
        CHECK(give_page(d, R"({"chunk":[)" + text_of("$8") + "," + text_of("$9") + R"(],"end":"q"})", 3) == inner::gap_outcome::open);
        CHECK(give_page(d, R"({"chunk":[)" + text_of("$6") + "," + text_of("$7") + R"(],"end":"r"})", 3) == inner::gap_outcome::lost);
    }

    TEST_CASE("of a homeserver that starts over, what it does not show is over") {
        sync_desk d;
        settle(d, "!a:b");
        settle(d, "!gone:b");
        d.take_state("!a:b", state_of("m.room.topic", "", R"({"topic":"old"})"));
        forget(d);
        d.take_state("!a:b", joined_me());
        CHECK(d.info("!a:b")->topic.empty());
        CHECK_FALSE(d.info("!gone:b"));
        auto const rooms = d.in([](base::transaction& t) { return inner::joined_rooms(t, 1); });
        CHECK(rooms == std::vector{matrix::room_id("!a:b")});
        // The next batch is an ordinary one again.
        d.take_timeline("!a:b", text_of("$next"));
        CHECK(d.waiting("!a:b").back() == "$next");
        CHECK(d.in([](base::transaction& t) { return inner::joined_rooms(t, 1); }).size() == 1);
    }

    TEST_CASE("a room that ends is followed only if it ended while we were in it, and once") {
        auto const tombstone = state_of("m.room.tombstone", "", R"({"body":"moved","replacement_room":"!new:b"})");
        sync_desk d;
        d.how.follow_upgrades = true;
        // Over before we came.
        CHECK_FALSE(d.take_state("!old:b", joined_me() + "," + tombstone).upgrades);
        CHECK(d.info("!old:b")->successor == matrix::room_id("!new:b"));
        CHECK(d.info("!old:b")->tombstone == "moved");
        d.take_state("!a:b", joined_me());
        CHECK(d.take_state("!a:b", tombstone).upgrades);
        CHECK(d.row("!a:b").upgrade == inner::upgrade_step::pending);
        CHECK_FALSE(d.take_state("!a:b", tombstone).upgrades);
        forget(d);
        CHECK_FALSE(d.take_state("!a:b", joined_me() + "," + tombstone).upgrades);
        sync_desk off;
        off.take_state("!a:b", joined_me());
        CHECK_FALSE(off.take_state("!a:b", tombstone).upgrades);
    }

    TEST_CASE("members are known to be complete unless the homeserver shows them lazily") {
        sync_desk d;
        d.take_state("!a:b", joined_me());
        CHECK(d.row("!a:b").members_known);
        sync_desk lazy;
        lazy.how.lazy_members = true;
        lazy.take_state("!a:b", joined_me());
        CHECK_FALSE(lazy.row("!a:b").members_known);
        auto const load = [&](std::int64_t asked_at) {
            lazy.in([&](base::transaction& t) {
                auto const chunk = "{\"chunk\":[" + joined_me() + "," + member_of("@x:b", "join") + "," + member_of("@y:b", "join") + "]}";
                auto const page = inner::parse_page(chunk).value();
                inner::replace_members(t, 1, matrix::room_id("!a:b"), page.events, asked_at);
            });
        };
        // @y left while the list was on its way: the sync knows better.
        lazy.take_state("!a:b", member_of("@y:b", "leave"));
        load(1);
        auto const membership = [&](std::string const& user) {
            return lazy.in(
                [&](base::transaction& t) { return inner::membership_of(t, 1, matrix::room_id("!a:b"), matrix::user_id(user)); });
        };
        CHECK(membership("@x:b") == "join");
        CHECK(membership("@y:b") == "leave");
    }
}

}  // namespace chatrixcd::test
