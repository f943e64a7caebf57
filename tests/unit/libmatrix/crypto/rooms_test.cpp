// SPDX-License-Identifier: Apache-2.0
// Messages in encrypted rooms, from one device's store to another's.
#include <doctest/doctest.h>

#include <algorithm>

#include "crypto/sealed_columns.hpp"
#include "support/room_pair.hpp"

namespace chatrixcd::test {

using crypto::unreadable;

namespace {

std::string session_of(party& who, crypto::audience const& with_whom) {
    return who.with_keys([&](auto const& with, auto& own) { return crypto::room_sender(with, own, lobby).prepare(with_whom).session; });
}

}  // namespace

TEST_SUITE("matrix::crypto::rooms") {
    TEST_CASE("a message is read by whoever got its key, who learns which device sent it") {
        room_pair p;
        CHECK(p.introduce().keys.size() == 1);
        auto const said = read(p.bob, p.alice.me, encrypt(p.alice, "hello"), "$1");
        CHECK(body_in(said) == "hello");
        auto const trust = believed(said);
        CHECK(trust.encrypted);
        CHECK(trust.device == p.alice.device);
        CHECK_FALSE(trust.fingerprint.empty());
        CHECK(trust.cross_signed);
        CHECK_FALSE(trust.user_verified);
        CHECK(trust.source == matrix::key_source::direct);
        CHECK_FALSE(trust.late);
    }

    TEST_CASE("who sends reads what comes back") {
        room_pair p;
        p.introduce();
        CHECK(body_in(read(p.alice, p.alice.me, encrypt(p.alice, "mine"), "$1")) == "mine");
    }

    TEST_CASE("what relates an event to another is not encrypted, and is there again when it is read") {
        room_pair p;
        p.introduce();
        json::object const relation{{"rel_type", "m.thread"}, {"event_id", "$root"}};
        auto const content = p.alice.with_keys([&](auto const& with, auto& own) {
            return crypto::room_sender(with, own, lobby).encrypt("m.room.message", json::object{{"body", "x"}, {"m.relates_to", relation}});
        });
        CHECK(content.at("m.relates_to") == relation);
        auto const said = read(p.bob, p.alice.me, content, "$1");
        CHECK(std::get<crypto::clear_event>(said).content.at("m.relates_to") == relation);
    }

    TEST_CASE("the same message shown as another event is a repetition, over restarts; as the same event it is not") {
        room_pair p;
        p.introduce();
        auto const message = encrypt(p.alice, "deploy");
        CHECK(body_in(read(p.bob, p.alice.me, message, "$1")) == "deploy");
        CHECK(body_in(read(p.bob, p.alice.me, message, "$1")) == "deploy");
        CHECK(why(read(p.bob, p.alice.me, message, "$2")) == unreadable::repeated);
        // Nor is it the same event at another time.
        auto const later = base::time_point(std::chrono::hours(1)) + base::duration(1);
        CHECK(why(read(p.bob, p.alice.me, message, "$1", lobby, later)) == unreadable::repeated);
    }

    TEST_CASE("a message that was held back is late: by its index, and by a key that its sender has used since") {
        room_pair p;
        p.introduce();
        auto const first = encrypt(p.alice, "one");
        auto const second = encrypt(p.alice, "two");
        auto const third = encrypt(p.alice, "three");
        CHECK_FALSE(believed(read(p.bob, p.alice.me, second, "$2")).late);
        CHECK(believed(read(p.bob, p.alice.me, first, "$1")).late);
        p.alice.now += std::chrono::hours(24 * 8);
        p.introduce();
        CHECK_FALSE(believed(read(p.bob, p.alice.me, encrypt(p.alice, "four"), "$4")).late);
        CHECK(believed(read(p.bob, p.alice.me, third, "$3")).late);
    }

    TEST_CASE("a key serves for its owner and its room alone") {
        room_pair p;
        p.introduce();
        auto const message = encrypt(p.alice, "hello");
        CHECK(why(read(p.bob, p.bob.me, message, "$1")) == unreadable::missing_key);
        CHECK(why(read(p.bob, matrix::user_id("@mallory:b"), message, "$1")) == unreadable::missing_key);
        CHECK(why(read(p.bob, p.alice.me, message, "$1", matrix::room_id("!other:b"))) == unreadable::missing_key);
        CHECK(body_in(read(p.bob, p.alice.me, message, "$1")) == "hello");
    }

    TEST_CASE("what has no key says so, and what is no message is refused for good") {
        room_pair p;
        auto const sent = share(p.alice, p.both, {&p.bob});
        auto const message = encrypt(p.alice, "hello");
        CHECK(why(read(p.bob, p.alice.me, message, "$1")) == unreadable::missing_key);
        give(p.bob, p.alice.me, sent.begin()->second);
        auto wrong = message;
        wrong["algorithm"] = "m.megolm.v2";
        CHECK(why(read(p.bob, p.alice.me, wrong, "$1")) == unreadable::malformed);
        wrong = message;
        wrong["ciphertext"] = "AAAA";
        CHECK(why(read(p.bob, p.alice.me, wrong, "$1")) == unreadable::malformed);
        wrong = message;
        wrong["ciphertext"] = 7;
        wrong["session_id"] = json::array();
        CHECK(why(read(p.bob, p.alice.me, wrong, "$1")) == unreadable::malformed);
        CHECK(why(read(p.bob, p.alice.me, json::object(), "$1")) == unreadable::malformed);
    }

    TEST_CASE("what is encrypted in a room is a message of that room, and nothing else") {
        room_pair p;
        p.introduce();
        json::object const good{{"type", "m.room.message"}, {"content", json::object{{"body", "hello"}}}, {"room_id", lobby.str()}};
        auto const outcome = [&](std::string const& text) { return read(p.bob, p.alice.me, encrypt_text(p.alice, text), "$1"); };
        REQUIRE(body_in(outcome(json::serialize(good))) == "hello");
        for (std::string const text : {"", "7", "[]", "null", "{", R"("text")"}) {
            CAPTURE(text);
            CHECK(why(outcome(text)) == unreadable::malformed);
        }
        auto const changed = [&](char const* member, json::value value) {
            auto payload = good;
            payload[member] = std::move(value);
            return why(outcome(json::serialize(payload)));
        };
        auto const without = [&](char const* member) {
            auto payload = good;
            payload.erase(member);
            return why(outcome(json::serialize(payload)));
        };
        // State is never encrypted, and nothing is encrypted twice.
        CHECK(changed("state_key", "") == unreadable::malformed);
        CHECK(changed("state_key", nullptr) == unreadable::malformed);
        CHECK(changed("type", "m.room.encrypted") == unreadable::malformed);
        CHECK(changed("type", "") == unreadable::malformed);
        CHECK(changed("type", 7) == unreadable::malformed);
        CHECK(changed("content", json::array()) == unreadable::malformed);
        CHECK(changed("content", "hello") == unreadable::malformed);
        CHECK(changed("room_id", "!other:b") == unreadable::forged);
        CHECK(changed("room_id", json::array{lobby.str()}) == unreadable::forged);
        CHECK(without("type") == unreadable::malformed);
        CHECK(without("content") == unreadable::malformed);
        CHECK(without("room_id") == unreadable::forged);
        CHECK(body_in(read(p.bob, p.alice.me, encrypt(p.alice, "still there"), "$2")) == "still there");
    }

    TEST_CASE("who comes later reads from then on") {
        room_pair p;
        party tablet("@bob:b", "TABLET", 9);
        p.introduce();
        auto const before = encrypt(p.alice, "before");
        learn(p.alice, p.bob.me,
              query_answer()
                  .person(p.bobs)
                  .device(p.bobs.sign_device(p.bob.published()))
                  .device(p.bobs.sign_device(tablet.published()))
                  .get());
        auto const session = session_of(p.alice, p.both);
        auto const sent = share(p.alice, p.both, {&p.bob, &tablet});
        REQUIRE(sent.size() == 1);
        CHECK(session_of(p.alice, p.both) == session);
        give(tablet, p.alice.me, sent.begin()->second);
        CHECK(why(read(tablet, p.alice.me, before, "$1")) == unreadable::earlier_index);
        auto const after = encrypt(p.alice, "after");
        CHECK(body_in(read(tablet, p.alice.me, after, "$2")) == "after");
        CHECK(body_in(read(p.bob, p.alice.me, after, "$2")) == "after");
        // Nobody has told it whose device that is.
        CHECK(believed(read(tablet, p.alice.me, after, "$2")).device.empty());
    }

    TEST_CASE("the session is a new one when somebody has left, when a device is gone, after so many messages and after its time") {
        room_pair p;
        p.introduce();
        auto const first = session_of(p.alice, p.both);
        CHECK(session_of(p.alice, p.both) == first);

        crypto::audience alone;
        alone.users = {p.alice.me};
        auto const second = session_of(p.alice, alone);
        CHECK(second != first);
        // Bob was refused nothing: he is back, and gets the key of now.
        p.introduce();
        CHECK(session_of(p.alice, p.both) == second);

        learn(p.alice, p.bob.me, query_answer().person(p.bobs).get());
        auto const third = session_of(p.alice, p.both);
        CHECK(third != second);

        auto few = p.both;
        few.changes.messages = 2;
        encrypt(p.alice, "1");
        CHECK(session_of(p.alice, few) == third);
        encrypt(p.alice, "2");
        auto const fourth = session_of(p.alice, few);
        CHECK(fourth != third);

        p.alice.now += p.both.changes.age - base::duration(1);
        CHECK(session_of(p.alice, p.both) == fourth);
        p.alice.now += base::duration(1);
        auto const fifth = session_of(p.alice, p.both);
        CHECK(fifth != fourth);

        auto private_now = p.both;
        private_now.visibility = "joined";
        CHECK(session_of(p.alice, private_now) != fifth);
    }

    TEST_CASE("a room's wishes for its keys are taken within reason") {
        auto const read = [](char const* text) { return crypto::rotation_of(base::parse_json_object(text).value()); };
        CHECK(read("{}").messages == 100);
        CHECK(read("{}").age == std::chrono::hours(24 * 7));
        CHECK(read(R"({"rotation_period_msgs":0,"rotation_period_ms":1})").messages == 1);
        CHECK(read(R"({"rotation_period_msgs":0,"rotation_period_ms":1})").age == std::chrono::hours(1));
        CHECK(read(R"({"rotation_period_msgs":"5","rotation_period_ms":-9})").messages == 100);
        CHECK(read(R"({"rotation_period_msgs":9000000000})").messages == 10000);
    }

    TEST_CASE("a device for which its owner does not vouch gets no key and is told so, once; unless the room admits it") {
        room_pair p;
        party stranger("@bob:b", "PLANTED", 9);
        learn(p.alice, p.bob.me,
              query_answer().person(p.bobs).device(p.bobs.sign_device(p.bob.published())).device(stranger.published()).get());
        auto const plan = [&](crypto::audience const& who) {
            return p.alice.with_keys([&](auto const& with, auto& own) { return crypto::room_sender(with, own, lobby).prepare(who); });
        };
        auto const first = plan(p.both);
        REQUIRE(first.to_share.size() == 1);
        CHECK(first.to_share[0].device == p.bob.device);
        REQUIRE(first.to_refuse.size() == 1);
        CHECK(first.to_refuse[0].device == stranger.device);
        auto const told = p.alice.with_keys([&](auto const& with, auto& own) {
            return crypto::room_sender(with, own, lobby).refuse(first.to_refuse[0], "m.unverified", 5);
        });
        CHECK(told.at("code") == "m.unverified");
        CHECK(base::find_string(told, "session_id") == first.session);
        CHECK(plan(p.both).to_refuse.empty());
        auto open = p.both;
        open.unsigned_devices = true;
        CHECK(plan(open).to_share.size() == 2);
    }

    TEST_CASE("a device that has begun anew is given the key again, from the next message on") {
        room_pair p;
        p.introduce();
        auto const before = encrypt(p.alice, "before");
        CHECK(share(p.alice, p.both, {&p.bob}).empty());
        // Bob has lost his session with Alice, and says so by beginning another.
        auto const alices = p.bob.in([&](crypto::context const& with) { return crypto::devices_of(with, p.alice.me).at(0); });
        json::object const keys{{"@alice:b", json::object{{"PHONE", p.alice.one_time_key()}}}};
        p.bob.now += std::chrono::minutes(1);
        auto const dummy = p.bob.with_keys([&](auto const& with, auto& own) {
            with.t.run("DELETE FROM olm_session");
            with.t.run("DELETE FROM room_key");
            crypto::take_claim_answer(with, own, {alices}, json::object{{"one_time_keys", keys}});
            return crypto::write_to_device(with, own, alices, "m.dummy", json::object()).value();
        });
        CHECK(give(p.alice, p.bob.me, dummy).complaints.empty());
        auto const again = share(p.alice, p.both, {&p.bob});
        REQUIRE(again.size() == 1);
        CHECK(give(p.bob, p.alice.me, again.begin()->second).keys.size() == 1);
        CHECK(why(read(p.bob, p.alice.me, before, "$1")) == unreadable::earlier_index);
        CHECK(body_in(read(p.bob, p.alice.me, encrypt(p.alice, "after"), "$2")) == "after");
        CHECK(share(p.alice, p.both, {&p.bob}).empty());
    }

    TEST_CASE("no message leaves while somebody waits for its key") {
        room_pair p;
        auto const pending = [&] {
            return p.alice.with_keys([&](auto const& with, auto& own) { return crypto::room_sender(with, own, lobby).is_pending(); });
        };
        auto const plan =
            p.alice.with_keys([&](auto const& with, auto& own) { return crypto::room_sender(with, own, lobby).prepare(p.both); });
        REQUIRE(plan.to_share.size() == 1);
        json::object const keys{{"@bob:b", json::object{{"LAPTOP", p.bob.one_time_key()}}}};
        p.alice.with_keys([&](auto const& with, auto& own) {
            crypto::take_claim_answer(with, own, plan.to_share, json::object{{"one_time_keys", keys}});
            return crypto::room_sender(with, own, lobby).share(plan.to_share[0], /*request=*/7).has_value();
        });
        CHECK(pending());
        p.alice.in([](crypto::context const& with) { crypto::note_shared(with, 8); });
        CHECK(pending());
        p.alice.in([](crypto::context const& with) { crypto::note_shared(with, 7); });
        CHECK_FALSE(pending());
    }

    TEST_CASE("a session's key is its owner's: who passes it on cannot take it over, neither by being first nor by cutting it short") {
        for (bool const is_first : {false, true}) {
            CAPTURE(is_first);
            room_pair p;
            auto const sent = share(p.alice, p.both, {&p.bob});
            auto const before = encrypt(p.alice, "before");
            auto const session = base::find_string(before, "session_id").value();
            auto const key_now = p.alice.in([&](crypto::context const& with) {
                auto const row = with.t.first("SELECT pickle FROM sending_key WHERE session_id = ?1", {session});
                auto pickle = with.t.unseal(crypto::sealed_in::sending_key, row->bytes(0)).value();
                return with.olm.load_outbound_group(base::secret(std::move(pickle))).value()->session_key().reveal();
            });
            auto const passed_on = [&](party& by, std::string const& name) {
                learn(by, p.bob.me, query_answer().person(p.bobs).device(p.bobs.sign_device(p.bob.published())).get());
                auto const to = by.in([&](crypto::context const& with) { return crypto::devices_of(with, p.bob.me).at(0); });
                json::object const keys{{"@bob:b", json::object{{"LAPTOP", p.bob.one_time_key()}}}};
                auto const message = by.with_keys([&](auto const& with, auto& own) {
                    crypto::take_claim_answer(with, own, {to}, json::object{{"one_time_keys", keys}});
                    json::object content{{"algorithm", crypto::megolm_algorithm}, {"room_id", lobby.str()}, {"session_id", name}};
                    content["session_key"] = key_now;
                    return crypto::write_to_device(with, own, to, "m.room_key", content).value();
                });
                return give(p.bob, by.me, message);
            };
            party mallory("@mallory:b", "EVIL", 11);
            if (is_first) passed_on(mallory, session);
            CHECK(give(p.bob, p.alice.me, sent.begin()->second).keys.size() == 1);
            if (!is_first) passed_on(mallory, session);
            CHECK(passed_on(p.alice, session).keys.empty());
            CHECK(body_in(read(p.bob, p.alice.me, before, "$1")) == "before");
            CHECK(passed_on(mallory, "another id").complaints.size() == 1);
        }
    }
}

}  // namespace chatrixcd::test
