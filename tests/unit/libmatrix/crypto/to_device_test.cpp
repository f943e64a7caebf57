// SPDX-License-Identifier: Apache-2.0
// What devices say to one another, and what somebody in between could make of it.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "crypto/olm/requests.hpp"
#include "crypto/rooms/waiting.hpp"
#include "support/olm_line.hpp"

namespace chatrixcd::test {

using crypto::refusal;

TEST_SUITE("matrix::crypto::to_device") {
    TEST_CASE("devices talk both ways, and each knows whom it hears") {
        olm_line l;
        auto const heard = l.hear(l.say("hello"));
        CHECK(word(heard) == "hello");
        auto const& event = std::get<crypto::device_event>(heard);
        REQUIRE(event.device);
        CHECK(event.device->device == l.alice.device);
        CHECK(word(olm_line::hear(l.alice, l.bob.me, l.reply("hello yourself"))) == "hello yourself");
        CHECK(word(l.hear(l.say("again"))) == "again");
    }

    TEST_CASE("a message that comes again is dropped without a word") {
        olm_line l;
        auto const message = l.say("once");
        CHECK(word(l.hear(message)) == "once");
        CHECK(why(l.hear(message)) == refusal::repeated);
        CHECK(give(l.bob, l.alice.me, message).complaints.empty());
    }

    TEST_CASE("a message that comes again in another spelling of its Base64 is the same message") {
        olm_line l;
        std::string word_to_say = "once";
        auto message = l.say(word_to_say);
        auto const body_of = [&l](json::object& of) -> json::string& {
            return of["ciphertext"].as_object().at(l.to_bob.curve25519).at("body").as_string();
        };
        // Only what does not fill its last group of four can be spelled otherwise.
        while (body_of(message).size() % 4 == 0) {
            CHECK(word(l.hear(message)) == word_to_say);
            message = l.say(word_to_say += "!");
        }
        CHECK(word(l.hear(message)) == word_to_say);
        auto padded = message;
        while (body_of(padded).size() % 4 != 0) body_of(padded) += "=";
        CHECK(why(l.hear(padded)) == refusal::repeated);
        // Bits of the last digit that stand for no byte.
        auto with_rest = message;
        std::string_view const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        auto& last = body_of(with_rest).back();
        last = digits.at(digits.find(last) + 1);
        CHECK(why(l.hear(with_rest)) == refusal::repeated);
    }

    TEST_CASE("who is not asked whose device it is hears it from the message itself") {
        olm_line l;
        l.bob.in([&](crypto::context const& with) { crypto::remove_device(with, l.alice.me, l.alice.device); });
        auto const heard = l.hear(l.say("hello"));
        REQUIRE(std::get<crypto::device_event>(heard).device);
        CHECK(std::get<crypto::device_event>(heard).device->device == l.alice.device);
    }

    TEST_CASE("a message for somebody else, of somebody else, or of another device is forged") {
        olm_line l;
        REQUIRE(std::holds_alternative<crypto::device_event>(l.hear_payload(l.good_payload())));
        auto const forged = [&](auto change) {
            auto payload = l.good_payload();
            change(payload);
            auto const heard = l.hear_payload(payload);
            return std::holds_alternative<crypto::refused_event>(heard) && why(heard) == refusal::forged;
        };
        CHECK(forged([](json::object& p) { p["sender"] = "@mallory:b"; }));
        CHECK(forged([](json::object& p) { p["recipient"] = "@mallory:b"; }));
        CHECK(forged([](json::object& p) { p["recipient_keys"] = json::object{{"ed25519", "AAAA"}}; }));
        CHECK(forged([](json::object& p) { p.erase("recipient_keys"); }));
        CHECK(forged([](json::object& p) { p.erase("keys"); }));
        CHECK(forged([](json::object& p) { p["keys"] = json::object{{"ed25519", "AAAA"}}; }));
        CHECK(forged([](json::object& p) { p["sender_device_keys"] = 7; }));
        party other("@alice:b", "OTHER", 5);
        CHECK(forged([&](json::object& p) { p["sender_device_keys"] = other.published(); }));
        auto claimed = l.alice.published();
        claimed["user_id"] = "@mallory:b";
        CHECK(forged([&](json::object& p) { p["sender_device_keys"] = claimed; }));
        CHECK(why(olm_line::hear(l.bob, matrix::user_id("@mallory:b"), l.say("x"))) == refusal::forged);
    }

    TEST_CASE("a forged first message does not use up the one-time key, so that the true one is read") {
        olm_line l;
        auto const message = l.say("hello");
        CHECK(why(olm_line::hear(l.bob, matrix::user_id("@mallory:b"), message)) == refusal::forged);
        CHECK(word(l.hear(message)) == "hello");
    }

    TEST_CASE("what is malformed is said to be, and breaks nothing") {
        olm_line l;
        auto const message = l.say("hello");
        auto wrong = message;
        wrong["algorithm"] = "m.olm.v2";
        CHECK(why(l.hear(wrong)) == refusal::malformed);
        wrong = message;
        wrong["sender_key"] = "AAAA";
        CHECK(why(l.hear(wrong)) == refusal::malformed);
        wrong = message;
        wrong["ciphertext"] = json::object{{"somebody else", json::object()}};
        CHECK(why(l.hear(wrong)) == refusal::not_for_us);
        wrong = message;
        wrong["ciphertext"].as_object().begin()->value() = json::object{{"type", 0}, {"body", "AwAA"}};
        CHECK(why(l.hear(wrong)) == refusal::undecryptable);
        CHECK(why(l.hear(json::object())) == refusal::malformed);
        CHECK(give(l.bob, l.alice.me, json::object{{"x", 1}}).complaints.size() == 1);
        CHECK(word(l.hear(message)) == "hello");
    }

    TEST_CASE("a broken session is begun anew at most once an hour, and only with a device that is known") {
        olm_line l;
        l.hear(l.say("hello"));
        auto broken = [&] {
            auto message = l.say("lost");
            auto& cipher = message["ciphertext"].as_object().begin()->value().as_object();
            auto body = std::string(cipher.at("body").as_string());
            body[body.size() / 2] = body[body.size() / 2] == 'A' ? 'B' : 'A';
            cipher["body"] = body;
            return message;
        };
        auto const wedged = [&] {
            return l.bob.in([](crypto::context const& with) {
                auto const rows = with.t.query("SELECT their_key FROM wedged WHERE account = ?1", {with.account}).size();
                with.t.run("DELETE FROM wedged");
                return rows;
            });
        };
        CHECK(give(l.bob, l.alice.me, broken()).complaints.size() == 1);
        CHECK(wedged() == 1);
        give(l.bob, l.alice.me, broken());
        CHECK(wedged() == 0);
        l.bob.now += std::chrono::minutes(59);
        give(l.bob, l.alice.me, broken());
        CHECK(wedged() == 0);
        l.bob.now += std::chrono::minutes(1);
        give(l.bob, l.alice.me, broken());
        CHECK(wedged() == 1);
        l.bob.now += std::chrono::hours(2);
        give(l.bob, matrix::user_id("@mallory:b"), broken());
        CHECK(wedged() == 0);
    }

    TEST_CASE("of several sessions the one that heard last is used, though another is newer") {
        olm_line l;
        l.hear(l.say("first"));
        auto const begins = [](json::object const& content) {
            return content.at("ciphertext").as_object().begin()->value().at("type") == 0;
        };
        CHECK(word(olm_line::hear(l.alice, l.bob.me, l.reply("on the first"))) == "on the first");
        CHECK_FALSE(begins(l.say("settled")));
        l.alice.now += std::chrono::minutes(1);
        l.connect();
        // The new one, for it is younger than what was last heard.
        CHECK(begins(l.say("lost on its way")));
        l.alice.now += std::chrono::minutes(1);
        CHECK(word(olm_line::hear(l.alice, l.bob.me, l.reply("on the first again"))) == "on the first again");
        auto const on_first = l.say("back on the first");
        CHECK_FALSE(begins(on_first));
        CHECK(word(l.hear(on_first)) == "back on the first");
    }

    TEST_CASE("a session too many takes the place of the one that is longest unused") {
        olm_line l;
        l.hear(l.say("first"));
        auto const ids = [&] {
            return l.alice.in([](crypto::context const& with) {
                std::vector<std::string> all;
                for (auto const& row : with.t.query("SELECT session_id FROM olm_session ORDER BY rowid", {})) all.push_back(row.text(0));
                return all;
            });
        };
        auto const another = [&] {
            l.alice.now += std::chrono::minutes(1);
            l.connect();
        };
        for (int i = 0; i < 7; ++i) another();
        auto const before = ids();
        REQUIRE(before.size() == 8);
        l.alice.now += std::chrono::minutes(1);
        CHECK(word(olm_line::hear(l.alice, l.bob.me, l.reply("on the first"))) == "on the first");
        another();
        auto const after = ids();
        CHECK(after.size() == 8);
        CHECK(std::ranges::count(after, before.at(0)) == 1);
        CHECK(std::ranges::count(after, before.at(1)) == 0);
        CHECK(word(olm_line::hear(l.alice, l.bob.me, l.reply("still on the first"))) == "still on the first");
    }

    TEST_CASE("keys of rooms come encrypted or not at all") {
        olm_line l;
        auto const group = l.alice.olm->make_outbound_group();
        json::object key{{"algorithm", crypto::megolm_algorithm}, {"room_id", lobby.str()}, {"session_id", group->id()}};
        key["session_key"] = group->session_key().reveal();
        for (auto const* type : {"m.room_key", "m.forwarded_room_key"}) {
            CHECK(give(l.bob, l.alice.me, key, type).keys.empty());
        }
        // Forwarded by somebody whom nobody asked.
        auto const message = l.alice.with_keys(
            [&](auto const& with, auto& own) { return crypto::write_to_device(with, own, l.to_bob, "m.forwarded_room_key", key).value(); });
        CHECK(give(l.bob, l.alice.me, message).keys.empty());
        CHECK_FALSE(
            l.bob.in([&](crypto::context const& with) { return crypto::find_room_key(with, lobby, group->id(), l.alice.me).has_value(); }));
    }

    TEST_CASE("a one-time key that the device did not sign begins no session") {
        olm_line l;
        party mallory("@bob:b", "LAPTOP", 9);
        party fresh("@carol:b", "DESK", 10);
        learn(l.alice, fresh.me, query_answer().device(fresh.published()).get());
        auto const device = l.alice.in([&](crypto::context const& with) { return crypto::devices_of(with, fresh.me).at(0); });
        auto const begins = [&](json::object const& keys) {
            json::object const answer{{"one_time_keys", json::object{{"@carol:b", json::object{{"DESK", keys}}}}}};
            return l.alice.with_keys(
                [&](auto const& with, auto& own) { return crypto::take_claim_answer(with, own, {device}, answer).empty(); });
        };
        CHECK_FALSE(begins(mallory.one_time_key()));
        CHECK_FALSE(begins(json::object()));
        CHECK_FALSE(begins(json::object{{"curve25519:AAAA", "x"}}));
        CHECK_FALSE(begins(json::object{{"signed_curve25519:AAAA", 5}}));
        CHECK(begins(fresh.one_time_key()));
    }

    TEST_CASE("an event that cannot be read waits for its key, in its place, and knows why it has none") {
        party me("@me:b", "BOT", 1);
        crypto::waiting_event event;
        event.room = lobby;
        event.id = "$1";
        event.sender = matrix::user_id("@alice:b");
        event.session = "S";
        event.position = 7;
        event.event = "{}";
        me.in([&](crypto::context const& with) { crypto::keep_waiting(with, event); });
        event.id = "$2";
        me.in([&](crypto::context const& with) { crypto::keep_waiting(with, event); });
        json::object const withheld{{"room_id", lobby.str()}, {"session_id", "S"}, {"code", "m.unverified"}, {"algorithm", "x"}};
        give(me, matrix::user_id("@alice:b"), withheld, "m.room_key.withheld");
        event.id = "$3";
        me.in([&](crypto::context const& with) { crypto::keep_waiting(with, event); });
        auto const overdue = [&] {
            return me.in([](crypto::context const& with) { return crypto::find_overdue(with, with.now - std::chrono::seconds(3)); });
        };
        CHECK(overdue().empty());
        me.now += std::chrono::seconds(3);
        auto const told = overdue();
        REQUIRE(told.size() == 1);
        CHECK(told[0].number == 3);
        CHECK(told[0].first.reason == "m.unverified");
        CHECK(told[0].first.position == 7);
        me.in([&](crypto::context const& with) { crypto::leave_waiting(with, told[0]); });
        CHECK(overdue().empty());
        me.in([](crypto::context const& with) { crypto::drop_waiting(with.t, with.account, lobby, "$2"); });
        auto const found = me.in([](crypto::context const& with) { return crypto::waiting_for_key(with, lobby, "S"); });
        REQUIRE(found.size() == 2);
        CHECK(found[0].id == "$1");
        CHECK(found[0].position == 7);
        CHECK(found[1].reason == "m.unverified");
        CHECK(me.in([](crypto::context const& with) { return crypto::count_waiting(with); }) == 2);
    }

    TEST_CASE("what is given up is not read later; what came meanwhile goes on waiting") {
        party me("@me:b", "BOT", 1);
        crypto::waiting_event event;
        event.room = lobby;
        event.id = "$1";
        event.sender = matrix::user_id("@alice:b");
        event.session = "S";
        event.event = "{}";
        me.in([&](crypto::context const& with) { crypto::keep_waiting(with, event); });
        me.now += std::chrono::seconds(3);
        event.id = "$2";
        me.in([&](crypto::context const& with) { crypto::keep_waiting(with, event); });
        me.in([](crypto::context const& with) {
            auto const before = with.now - std::chrono::seconds(3);
            auto const found = crypto::find_overdue(with, before);
            REQUIRE(found.size() == 1);
            CHECK(found[0].number == 1);
            CHECK(crypto::give_up(with, found[0], before) == std::vector<std::string>{"$1"});
        });
        auto const left = me.in([](crypto::context const& with) { return crypto::waiting_for_key(with, lobby, "S"); });
        REQUIRE(left.size() == 1);
        CHECK(left[0].id == "$2");
    }

    TEST_CASE("a request to devices is the same until the homeserver has it, and they leave in their order") {
        party me("@me:b", "BOT", 1);
        auto const add = [&](std::string const& transaction) {
            return me.in([&](crypto::context const& with) {
                crypto::device_messages messages;
                messages.add(matrix::user_id("@bob:b"), matrix::device_id("LAPTOP"), json::object{{"n", transaction}});
                auto const id = crypto::reserve_request(with, "m.room.encrypted", transaction);
                crypto::fill_request(with, id, std::move(messages).body());
                return id;
            });
        };
        auto const next = [&] { return me.in([](crypto::context const& with) { return crypto::next_request(with); }); };
        auto const first = add("t1");
        add("t2");
        CHECK(next()->transaction == "t1");
        CHECK(next()->body == R"({"messages":{"@bob:b":{"LAPTOP":{"n":"t1"}}}})");
        me.in([&](crypto::context const& with) { crypto::settle_request(with, first); });
        CHECK(next()->transaction == "t2");
    }
}

}  // namespace chatrixcd::test
