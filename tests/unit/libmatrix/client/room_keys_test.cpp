// SPDX-License-Identifier: Apache-2.0
// When the key of a room is another one, and when it stays.
#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <chatrixcd/matrix/profile.hpp>

#include "support/speaker.hpp"

namespace chatrixcd::test {

namespace {

std::string const two_messages_a_session =
    R"({"preset":"private_chat","invite":["@bot:test"],"initial_state":[{"type":"m.room.encryption","state_key":"","content":)"
    R"({"algorithm":"m.megolm.v1.aes-sha2","rotation_period_msgs":2}}]})";
std::string const two_hours_a_session =
    R"({"preset":"private_chat","invite":["@bot:test"],"initial_state":[{"type":"m.room.encryption","state_key":"","content":)"
    R"({"algorithm":"m.megolm.v1.aes-sha2","rotation_period_ms":7200000}}]})";

// Ann's client and the bot's in a room, in which Ann's has spoken once.
struct conversation {
    explicit conversation(std::string const& wish = secret_wish)
        : ann(w.add("ann")), account(w.add("bot")), room(make_room_as(w, ann, wish)) {
        account.join(room);
        bot = std::make_unique<speaker>(w, "bot");
        anns = std::make_unique<speaker>(w, "ann", "ann", /*admits=*/true);
        say("first");
    }
    void say(std::string const& text) {
        anns->say(room, text);
        bot->wait_for(text);
    }
    // Whether the last message is of another session than the one before.
    bool has_changed() {
        auto const all = sessions_of(ann, room);
        REQUIRE(all.size() >= 2);
        return all.back() != all.at(all.size() - 2);
    }

    world w;
    person ann;
    person account;
    std::string room;
    std::unique_ptr<speaker> bot;
    std::unique_ptr<speaker> anns;
};

}  // namespace

TEST_SUITE("matrix::client::room keys") {
    TEST_CASE("the key changes when somebody leaves, and who has left gets none of the new one") {
        conversation c;
        auto carol = c.w.add("carol");
        c.ann.invite(c.room, carol.id());
        carol.join(c.room);
        speaker carols(c.w, "carol");
        c.w.pass(std::chrono::seconds(5));
        c.say("for three");
        carols.wait_for("for three");
        c.ann.kick(c.room, carol.id());
        c.w.pass(std::chrono::seconds(5));
        std::string given;
        c.w.network->leaving = [&](base::http::request const& r) {
            if (contains(r.url, "/sendToDevice/")) given += r.body;
        };
        c.say("for two");
        CHECK(c.has_changed());
        CHECK(contains(given, "@bot:test"));
        CHECK_FALSE(contains(given, "@carol:test"));
        c.w.network->leaving = nullptr;
    }

    TEST_CASE("the key changes when somebody leaves who was given none: others may have passed it on") {
        conversation c;
        auto carol = c.w.add("carol");
        c.ann.invite(c.room, carol.id());
        c.w.pass(std::chrono::seconds(5));
        c.say("with an invitation");
        CHECK_FALSE(c.has_changed());
        c.ann.kick(c.room, carol.id());
        c.w.pass(std::chrono::seconds(5));
        c.say("without");
        CHECK(c.has_changed());
        c.say("still without");
        CHECK_FALSE(c.has_changed());
    }

    TEST_CASE("the key changes when somebody came, left and came back while we were away, and stays if nobody went") {
        auto const is_new = [](bool leaves, bool lazy) {
            conversation c;
            auto carol = c.w.add("carol");
            c.anns.reset();
            auto const visit = [&] {
                c.ann.invite(c.room, carol.id());
                carol.join(c.room);
            };
            visit();
            if (leaves) {
                c.ann.kick(c.room, carol.id());
                visit();
            }
            for (int i = 0; i < 60; ++i) c.bot->say(c.room, std::to_string(i));
            c.anns = std::make_unique<speaker>(c.w, "ann", "ann", [lazy](matrix::options& o) {
                o.unsigned_devices([](matrix::room_id const&) { return true; }).filter(matrix::sync_filter().lazy_members(lazy));
            });
            c.w.pass(std::chrono::minutes(1));
            c.anns->say(c.room, "back");
            c.bot->wait_for("back");
            auto const all = sessions_of(c.ann, c.room);
            return std::ranges::count(all, all.back()) == 1;
        };
        CHECK(is_new(/*leaves=*/true, /*lazy=*/false));
        CHECK_FALSE(is_new(/*leaves=*/false, /*lazy=*/false));
        // Who left could be left out.
        CHECK(is_new(/*leaves=*/true, /*lazy=*/true));
        CHECK(is_new(/*leaves=*/false, /*lazy=*/true));
    }

    TEST_CASE("the key changes when a device logs out, and does not when one logs in") {
        conversation c;
        auto second = std::make_unique<speaker>(c.w, "bot", "bot-2", /*admits=*/false);
        c.w.pass(std::chrono::seconds(5));
        c.say("for both devices");
        second->wait_for("for both devices");
        CHECK_FALSE(c.has_changed());
        REQUIRE(c.w.run(second->client->log_out()).has_value());
        second.reset();
        c.w.pass(std::chrono::seconds(5));
        c.say("for one device");
        CHECK(c.has_changed());
    }

    TEST_CASE("the key changes after as many messages as the room says, and after as much time") {
        conversation messages(two_messages_a_session);
        messages.say("second");
        CHECK_FALSE(messages.has_changed());
        messages.say("third");
        CHECK(messages.has_changed());

        conversation time(two_hours_a_session);
        time.w.pass(std::chrono::minutes(110));
        time.say("within two hours");
        CHECK_FALSE(time.has_changed());
        time.w.pass(std::chrono::minutes(20));
        time.say("beyond");
        CHECK(time.has_changed());
    }

    TEST_CASE("the key changes when others may read the history") {
        conversation c;
        put_state_as(c.w, c.ann, c.room, "m.room.history_visibility", R"({"history_visibility":"joined"})");
        c.w.pass(std::chrono::seconds(5));
        c.say("for those who are in the room");
        CHECK(c.has_changed());
    }

    TEST_CASE("an algorithm that is not known here ends the talking, not the secrecy") {
        conversation c;
        put_state_as(c.w, c.ann, c.room, "m.room.encryption", R"({"algorithm":"m.megolm.v9"})");
        c.w.pass(std::chrono::seconds(5));
        auto const sent = c.w.run(c.anns->client->room(matrix::room_id(c.room)).send(matrix::outgoing::text("second")));
        CHECK(sent.error().kind() == base::error_kind::unsupported);
        CHECK(sessions_of(c.ann, c.room).size() == 1);
        CHECK(count_of(c.ann, c.room, "m.room.message") == 0);
    }

    TEST_CASE("neither a restart nor a name changes the key, and nobody is given it again") {
        conversation c;
        std::vector<std::pair<char const*, std::function<void()>>> const events{
            {"a restart of who speaks", [&] { c.anns->reopen(); }},
            {"a restart of who listens", [&] { c.bot->reopen(); }},
            {"a name", [&] { CHECK(c.w.run(c.bot->client->profile().set_display_name("Robot")).has_value()); }},
            {"a name of who speaks", [&] { CHECK(c.w.run(c.anns->client->profile().set_display_name("Annie")).has_value()); }}};
        for (auto const& each : events) {
            CAPTURE(each.first);
            each.second();
            c.w.pass(std::chrono::seconds(5));
            unsigned given = 0;
            c.w.network->leaving = [&](base::http::request const& r) { given += contains(r.url, "/sendToDevice/") ? 1U : 0U; };
            c.say(std::string("after ") + each.first);
            CHECK_FALSE(c.has_changed());
            CHECK(given == 0);
            c.w.network->leaving = nullptr;
        }
    }
}

}  // namespace chatrixcd::test
