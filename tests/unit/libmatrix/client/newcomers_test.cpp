// SPDX-License-Identifier: Apache-2.0
// Who reads what, of those who come later: to a room, with a new device, or from a homeserver that did not answer.
#include <doctest/doctest.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <memory>
#include <string>

#include "support/speaker.hpp"

namespace chatrixcd::test {

namespace {

std::string const public_wish =
    R"({"preset":"public_chat","initial_state":[{"type":"m.room.encryption","state_key":"","content":{"algorithm":"m.megolm.v1.aes-sha2"}}]})";

bool has_heard(speaker const& who, std::string const& text) { return std::ranges::find(who.heard, text) != who.heard.end(); }

}  // namespace

TEST_SUITE("matrix::client::newcomers") {
    TEST_CASE("who is invited is given the key at once, and reads from the joining on without another one") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto const room = make_room_as(w, ann, secret_wish);
        speaker bot(w, "bot");
        speaker anns(w, "ann");
        w.pass(std::chrono::seconds(5));
        anns.say(room, "while you were invited");
        account.join(room);
        w.pass(std::chrono::seconds(5));
        anns.say(room, "in the room");
        bot.wait_for("in the room");
        // What was said before is not for who was not there.
        CHECK(bot.heard == strings{"in the room"});
        auto const all = sessions_of(ann, room);
        REQUIRE(all.size() == 2);
        CHECK(all[0] == all[1]);
    }

    TEST_CASE("where history is for those who have joined, who is invited is given no key, and gets one with the joining") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto const room = make_room_as(w, ann, secret_wish);
        put_state_as(w, ann, room, "m.room.history_visibility", R"({"history_visibility":"joined"})");
        int keys = 0;
        w.network->leaving = [&](base::http::request const& r) { keys += contains(r.path(), "/sendToDevice/m.room.encrypted/") ? 1 : 0; };
        speaker bot(w, "bot");
        speaker anns(w, "ann");
        w.pass(std::chrono::seconds(5));
        anns.say(room, "while you were invited");
        CHECK(keys == 0);
        account.join(room);
        w.pass(std::chrono::seconds(5));
        anns.say(room, "in the room");
        bot.wait_for("in the room");
        CHECK(keys == 1);
        CHECK(bot.heard == strings{"in the room"});
    }

    TEST_CASE("in a room that everybody may enter a newcomer is given no key of what was said before") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto const room = make_room_as(w, ann, public_wish);
        speaker bot(w, "bot");
        speaker anns(w, "ann");
        w.pass(std::chrono::seconds(5));
        anns.say(room, "before");
        account.join(room);
        w.pass(std::chrono::seconds(5));
        anns.say(room, "after");
        bot.wait_for("after");
        CHECK(bot.heard == strings{"after"});
    }

    TEST_CASE("who leaves and comes back reads nothing of the time between, though the homeserver shows it") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto const room = make_room_as(w, ann, public_wish);
        account.join(room);
        speaker bot(w, "bot");
        speaker anns(w, "ann");
        w.pass(std::chrono::seconds(5));
        anns.say(room, "one");
        bot.wait_for("one");
        REQUIRE(w.run(bot.client->room(matrix::room_id(room)).leave()).has_value());
        w.pass(std::chrono::seconds(5));
        anns.say(room, "while you were gone");
        account.join(room);
        w.pass(std::chrono::seconds(5));
        anns.say(room, "two");
        bot.wait_for("two");
        CHECK(bot.heard == strings{"one", "two"});
        auto const all = sessions_of(ann, room);
        REQUIRE(all.size() == 3);
        CHECK(all[0] != all[1]);
    }

    TEST_CASE("a new device reads from its login to its logout, and another login begins anew") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto const room = secret_room(w, ann, account);
        speaker bot(w, "bot");
        speaker anns(w, "ann", "ann", /*admits=*/true);
        anns.say(room, "before");
        bot.wait_for("before");
        auto second = std::make_unique<speaker>(w, "bot", "bot-2", /*admits=*/false);
        w.pass(std::chrono::seconds(5));
        anns.say(room, "with it");
        second->wait_for("with it");
        CHECK(second->heard == strings{"with it"});
        REQUIRE(w.run(second->client->log_out()).has_value());
        second.reset();
        w.pass(std::chrono::seconds(5));
        anns.say(room, "without it");
        bot.wait_for("without it");
        second = std::make_unique<speaker>(w, "bot", "bot-3", /*admits=*/false);
        w.pass(std::chrono::seconds(5));
        anns.say(room, "with another");
        second->wait_for("with another");
        CHECK(second->heard == strings{"with another"});
    }

    TEST_CASE("who becomes another device while nobody speaks publishes its keys, and reads what is said next") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto const room = secret_room(w, ann, account);
        // Nobody else is there yet.
        std::string bots_token;
        w.network->faults = [&](base::http::request const& r) {
            if (contains(r.path(), "/sync")) bots_token = r.headers.get("Authorization").value_or("");
            return fault::none();
        };
        speaker bot(w, "bot");
        w.pass(std::chrono::seconds(5));
        w.network->calm();
        speaker anns(w, "ann");
        w.pass(std::chrono::minutes(2));
        auto const before = bot.client->device();
        w.network->faults = [&](base::http::request const& r) {
            return r.headers.get("Authorization") == bots_token ? fault::unknown_token(/*soft_logout=*/false) : fault::none();
        };
        w.until([&] { return bot.client->device() != before; });
        w.pass(std::chrono::minutes(1));
        anns.say(room, "to the new device");
        bot.wait_for("to the new device");
        CHECK(bot.trusts.back().encrypted);
    }

    TEST_CASE("whose homeserver does not answer for their keys is not waited for, and reads from when it does") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto carol = w.add("carol");
        auto const room = secret_room(w, ann, account);
        speaker bot(w, "bot");
        speaker anns(w, "ann");
        speaker carols(w, "carol");
        w.pass(std::chrono::seconds(5));
        // As if the bot were of another homeserver, which is down.
        auto const fails = [](boost::json::object& answer) {
            boost::json::object failures;
            failures["test"] = boost::json::object();
            answer["failures"] = std::move(failures);
            answer["device_keys"] = boost::json::object();
        };
        w.network->faults = [&](base::http::request const& r) {
            bool const asks_for_it = contains(r.path(), "/keys/query") && contains(r.body, account.id());
            return asks_for_it ? fault::lie("it does not answer", fails) : fault::none();
        };
        ann.invite(room, carol.id());
        carol.join(room);
        w.pass(std::chrono::seconds(5));
        carols.say(room, "without the bot");
        w.network->calm();
        w.pass(std::chrono::minutes(2));
        carols.say(room, "with the bot");
        bot.wait_for("with the bot");
        CHECK(bot.heard == strings{"with the bot"});
    }

    TEST_CASE("whoever has a session with a device needs neither its homeserver nor another key for another room") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto const room = secret_room(w, ann, account);
        speaker bot(w, "bot");
        speaker anns(w, "ann");
        anns.say(room, "in the first room");
        bot.wait_for("in the first room");
        auto const other = secret_room(w, ann, account);
        w.network->faults = [](base::http::request const& r) {
            bool const is_about_keys = contains(r.path(), "/keys/query") || contains(r.path(), "/keys/claim");
            return is_about_keys ? fault::server_error(502) : fault::none();
        };
        w.pass(std::chrono::seconds(5));
        anns.say(other, "in the second room");
        bot.wait_for("in the second room");
        CHECK(bot.trusts.back().encrypted);
    }

    TEST_CASE("a message under another's name is not believed, and its own sender's is") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto carol = w.add("carol");
        auto const room = secret_room(w, ann, account);
        ann.invite(room, carol.id());
        carol.join(room);
        speaker bot(w, "bot");
        speaker anns(w, "ann");
        speaker carols(w, "carol");
        w.pass(std::chrono::seconds(5));
        unsigned renamed = 0;
        auto const rename = [&](boost::json::object& answer) {
            auto* rooms = answer.if_contains("rooms");
            auto const* joined = rooms == nullptr ? nullptr : base::find_object(rooms->as_object(), "join");
            if (joined == nullptr || !joined->contains(room)) return;
            for (auto& event : rooms->at("join").at(room).at("timeline").at("events").as_array()) {
                if (event.at("type") != "m.room.encrypted" || event.at("sender").as_string() != carol.id()) continue;
                event.as_object()["sender"] = ann.id();
                ++renamed;
            }
        };
        w.network->faults = [&](base::http::request const& r) {
            return contains(r.path(), "/sync") ? fault::lie("Carol's messages are Ann's", rename) : fault::none();
        };
        carols.say(room, "as somebody else");
        w.pass(std::chrono::seconds(30));
        CHECK(renamed > 0);
        CHECK_FALSE(has_heard(bot, "as somebody else"));
        w.network->calm();
        // The poll that is under way is answered yet with a lie.
        w.pass(std::chrono::minutes(1));
        carols.say(room, "as myself");
        bot.wait_for("as myself");
        anns.say(room, "and I am Ann");
        bot.wait_for("and I am Ann");
        CHECK(bot.heard == strings{"as myself", "and I am Ann"});
    }
}

}  // namespace chatrixcd::test
