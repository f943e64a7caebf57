// SPDX-License-Identifier: Apache-2.0
// Rooms whose members are pinned: a homeserver that adds a reader adds none.
#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "support/speaker.hpp"

namespace chatrixcd::test {

namespace {

// Ann, who pins, and the bot, whose client she talks to.
class pinned_room {
public:
    pinned_room() : ann(w.add("ann")), account(w.add("bot")), carol(w.add("carol")), room(secret_room(w, ann, account)) {
        watch_notices();
        bot = std::make_unique<speaker>(w, "bot");
        anns = std::make_unique<speaker>(w, "ann", "ann", pinning());
        anns->say(room, "first");
        bot->wait_for("first");
    }

    static std::function<void(matrix::options&)> pinning() {
        return [](matrix::options& o) { o.pinned_members([](matrix::room_id const&) { return true; }); };
    }
    void bring_carol() {
        ann.invite(room, carol.id());
        carol.join(room);
        w.pass(std::chrono::seconds(5));
    }
    matrix::room here() { return anns->client->room(matrix::room_id(room)); }
    std::vector<matrix::newcomer> waiting() { return w.run(here().newcomers()).value(); }

    world w;
    person ann;
    person account;
    person carol;
    std::string room;
    strings notices;  // codes of keys that were withheld, as they left
    std::unique_ptr<speaker> bot;
    std::unique_ptr<speaker> anns;

private:
    void watch_notices() {
        w.network->faults = [this](base::http::request const& r) {
            if (contains(r.path(), "/sendToDevice/m.room_key.withheld/")) {
                auto const at = r.body.find("\"code\":\"");
                auto const from = at + 8;
                notices.push_back(r.body.substr(from, r.body.find('"', from) - from));
            }
            return fault::none();
        };
    }
};

}  // namespace

TEST_SUITE("matrix::client::pinned_members") {
    TEST_CASE("who is added to a room of pinned members gets no key and is told so, until somebody accepts them") {
        pinned_room p;
        speaker carols(p.w, "carol");
        p.bring_carol();
        p.anns->say(p.room, "second");
        p.bot->wait_for("second");
        p.w.pass(std::chrono::seconds(5));
        CHECK(carols.heard.empty());
        CHECK(p.notices == strings{"m.unauthorised"});
        REQUIRE(p.anns->newcomers.size() == 1);
        CHECK(p.anns->newcomers[0].user.str() == "@carol:test");
        CHECK_FALSE(p.anns->newcomers[0].identity_changed);
        REQUIRE(p.waiting().size() == 1);
        auto const carol = p.waiting().at(0);
        CHECK_FALSE(carol.identity.empty());

        CHECK(p.w.run(p.here().accept_newcomer(carol.user, "another identity")).error().kind() == base::error_kind::conflict);
        CHECK(p.w.run(p.here().accept_newcomer(matrix::user_id("@dave:test"), "")).error().kind() == base::error_kind::not_found);
        REQUIRE(p.w.run(p.here().accept_newcomer(carol.user, carol.identity)).has_value());
        CHECK(p.waiting().empty());
        p.anns->say(p.room, "third");
        carols.wait_for("third");
        CHECK(carols.heard == strings{"third"});
        CHECK(p.anns->newcomers.size() == 1);
    }

    TEST_CASE("what is pinned, who waits and who was accepted is the same after a restart, and told once") {
        pinned_room p;
        speaker carols(p.w, "carol");
        p.bring_carol();
        p.anns->reopen();
        p.anns->say(p.room, "second");
        p.bot->wait_for("second");
        p.w.pass(std::chrono::seconds(5));
        CHECK(carols.heard.empty());
        CHECK(p.anns->newcomers.size() == 1);
        auto const carol = p.waiting().at(0);
        REQUIRE(p.w.run(p.here().accept_newcomer(carol.user, carol.identity)).has_value());
        p.anns->reopen();
        p.anns->say(p.room, "third");
        carols.wait_for("third");
        CHECK(carols.heard == strings{"third"});
        CHECK(p.anns->newcomers.size() == 1);
    }

    TEST_CASE("a pinned member who leaves and comes back is a newcomer, whether anything was said meanwhile or not") {
        for (bool const says : {false, true}) {
            CAPTURE(says);
            pinned_room p;
            p.ann.kick(p.room, p.account.id());
            p.w.pass(std::chrono::seconds(5));
            if (says) p.anns->say(p.room, "to myself");
            p.ann.invite(p.room, p.account.id());
            p.account.join(p.room);
            p.w.pass(std::chrono::seconds(5));
            p.anns->say(p.room, "second");
            p.w.pass(std::chrono::seconds(5));
            CHECK(p.bot->heard == strings{"first"});
            REQUIRE(p.waiting().size() == 1);
            CHECK(p.waiting().at(0).user.str() == "@bot:test");
        }
    }

    TEST_CASE("a pinned member who leaves and comes back while we are away is a newcomer") {
        pinned_room p;
        p.bring_carol();
        auto const carol = p.waiting().at(0);
        REQUIRE(p.w.run(p.here().accept_newcomer(carol.user, carol.identity)).has_value());
        CHECK(p.waiting().empty());
        p.w.stop(*p.anns->client);
        p.anns->client.reset();
        p.ann.kick(p.room, p.carol.id());
        p.bring_carol();
        for (int i = 0; i < 60; ++i) p.bot->say(p.room, std::to_string(i));
        p.anns->open();
        p.w.pass(std::chrono::minutes(1));
        CHECK(p.waiting().size() == 1);
    }

    TEST_CASE("who was invited when the room was pinned is no newcomer") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto const room = make_room_as(w, ann, secret_wish);
        speaker bot(w, "bot");
        speaker anns(w, "ann", "ann", pinned_room::pinning());
        anns.say(room, "to nobody yet");
        account.join(room);
        w.pass(std::chrono::seconds(5));
        anns.say(room, "hello");
        bot.wait_for("hello");
        CHECK(anns.newcomers.empty());
    }

    TEST_CASE("a room is pinned when it is first seen, not when something is first said in it") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto carol = w.add("carol");
        auto const room = secret_room(w, ann, account);
        speaker anns(w, "ann", "ann", pinned_room::pinning());
        w.pass(std::chrono::seconds(5));
        ann.invite(room, carol.id());
        carol.join(room);
        w.pass(std::chrono::seconds(5));
        REQUIRE(anns.newcomers.size() == 1);
        CHECK(anns.newcomers[0].user.str() == "@carol:test");
    }

    TEST_CASE("newcomers are spoken of where members are pinned alone") {
        pinned_room p;
        auto const there = p.bot->client->room(matrix::room_id(p.room));
        CHECK(p.w.run(there.newcomers()).error().kind() == base::error_kind::invalid);
        CHECK(p.w.run(there.accept_newcomer(matrix::user_id(p.carol.id()), "")).error().kind() == base::error_kind::invalid);
    }
}

}  // namespace chatrixcd::test
