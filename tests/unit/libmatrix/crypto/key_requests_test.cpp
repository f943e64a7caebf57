// SPDX-License-Identifier: Apache-2.0
// Keys that were not given to this device, from another one of the account.
#include <doctest/doctest.h>

#include <string>
#include <variant>

#include <chatrixcd/protocol/base64.hpp>

#include "crypto/keys/own_identity.hpp"
#include "support/key_family.hpp"

namespace chatrixcd::test {

namespace {

std::string body_of(std::variant<crypto::clear_event, crypto::unreadable_event> const& said) {
    auto const* clear = std::get_if<crypto::clear_event>(&said);
    return clear == nullptr ? std::get<crypto::unreadable_event>(said).words : base::find_string(clear->content, "body").value_or("");
}

json::object question_of(party const& device, std::string const& session, std::string const& id = "R",
                         std::string const& action = "request") {
    json::object body{{"algorithm", crypto::megolm_algorithm}, {"room_id", lobby.str()}, {"session_id", session}};
    json::object content{{"action", action}, {"request_id", id}, {"requesting_device_id", device.device.str()}};
    content["body"] = std::move(body);
    return content;
}

}  // namespace

TEST_SUITE("matrix::crypto::key_requests") {
    TEST_CASE("a key is asked for, passed on and read with; nobody vouches for whose it is") {
        key_family f;
        f.wait(f.session, f.alice.me);
        auto const asked = f.ask();
        REQUIRE(asked.size() == 1);
        CHECK(asked[0].type == "m.room_key_request");
        f.request(asked[0].to(f.holding), f.asking.me);
        auto const answered = f.answer();
        REQUIRE(answered.size() == 1);
        CHECK(answered[0].type == "m.room.encrypted");
        CHECK(give(f.asking, f.holding.me, answered[0].to(f.asking)).keys.size() == 1);
        auto const said = read(f.asking, f.alice.me, f.message, "$1");
        REQUIRE(body_of(said) == "hello");
        auto const trust = std::get<crypto::clear_event>(said).believed;
        CHECK(trust.source == matrix::key_source::forwarded);
        CHECK_FALSE(trust.cross_signed);
        CHECK(trust.device.empty());
    }

    TEST_CASE("only verified devices of the account are asked, once, and told when the key has come") {
        key_family f;
        f.wait(f.session, f.alice.me);
        auto const asked = f.ask("T");
        REQUIRE(asked.size() == 1);
        CHECK(asked[0].is_for(f.holding));
        CHECK_FALSE(asked[0].is_for(f.planted));
        CHECK_FALSE(asked[0].is_for(f.asking));
        f.wait(f.session, f.alice.me, "$2");
        CHECK(f.ask("U").empty());
        f.asking.in([&](crypto::context const& with) {
            for (auto const& each : crypto::waiting_for_key(with, lobby, f.session)) {
                crypto::drop_waiting(with.t, with.account, lobby, each.id);
            }
        });
        auto const told = f.ask("V");
        REQUIRE(told.size() == 1);
        auto const content = told[0].to(f.holding);
        CHECK(content.at("action") == "request_cancellation");
        CHECK(content.at("request_id") == asked[0].to(f.holding).at("request_id"));
        CHECK(f.ask("W").empty());
        // What was taken back is not waited for.
        CHECK(f.pass_on(f.holding, f.forward()).keys.empty());
    }

    TEST_CASE("an identity that nobody has compared, and that this device does not hold, makes no device ours") {
        key_family f;
        f.wait(f.session, f.alice.me);
        f.asking.in([](crypto::context const& with) { with.t.run("DELETE FROM verified_user"); });
        CHECK(f.ask().empty());
        f.asking.in([](crypto::context const& with) { crypto::own_identity::make(*base::make_seeded_random(9)).save(with); });
        CHECK(f.ask().empty());
    }

    TEST_CASE("a key that nobody asked for is not taken") {
        key_family f;
        CHECK(f.pass_on(f.holding, f.forward()).keys.empty());
        f.wait("another session", f.alice.me);
        f.ask();
        CHECK(f.pass_on(f.holding, f.forward()).keys.empty());
        CHECK(body_of(read(f.asking, f.alice.me, f.message, "$1")) == "its key has not come");
    }

    TEST_CASE("a key is taken from verified devices of the account alone, whoever else knows that it is wanted") {
        key_family f;
        f.wait(f.session, f.alice.me);
        f.ask();
        CHECK(f.pass_on(f.planted, f.forward()).keys.empty());
        CHECK(f.pass_on(f.mallory, f.forward()).keys.empty());
        // In clear it could be anybody's.
        CHECK(give(f.asking, f.holding.me, f.forward(), "m.forwarded_room_key").keys.empty());
        CHECK(f.pass_on(f.holding, f.forward()).keys.size() == 1);
    }

    TEST_CASE("a key is that of the device that sent, of the session and of the room, or it is not taken") {
        key_family f;
        f.wait(f.session, f.alice.me);
        f.ask();
        auto const taken_with = [&](char const* member, std::string const& value) {
            auto content = f.forward();
            content[member] = value;
            return f.pass_on(f.holding, content).keys.size();
        };
        CHECK(taken_with("sender_key", f.device_of(f.asking, f.holding).curve25519) == 0);
        CHECK(taken_with("sender_key", "AAAA") == 0);
        CHECK(taken_with("sender_claimed_ed25519_key", f.device_of(f.asking, f.holding).ed25519) == 0);
        CHECK(taken_with("room_id", "!other:b") == 0);
        CHECK(taken_with("session_id", "another") == 0);
        CHECK(taken_with("session_key", "AAAA") == 0);
        CHECK(taken_with("algorithm", "m.megolm.v2") == 0);
        CHECK(f.pass_on(f.holding, f.forward()).keys.size() == 1);
    }

    TEST_CASE("who names another's session in a message of theirs gets nothing read as theirs") {
        key_family f;
        f.wait(f.session, f.mallory.me);
        f.ask();
        CHECK(f.pass_on(f.holding, f.forward()).keys.empty());
        CHECK(body_of(read(f.asking, f.mallory.me, f.message, "$1")) == "its key has not come");
        // Nor is the owner's own key kept away by it.
        f.wait(f.session, f.alice.me, "$2");
        f.ask();
        CHECK(f.pass_on(f.holding, f.forward()).keys.size() == 1);
    }

    TEST_CASE("a key that its owner gave keeps its worth; from earlier on it reads if the ratchets connect, and not else") {
        for (bool const connects : {false, true}) {
            CAPTURE(connects);
            key_family g;
            // Alice's device gives the key to the other device as well, from the second message on.
            learn(g.alice, g.asking.me,
                  query_answer()
                      .person(g.ours)
                      .device(g.ours.sign_device(g.asking.published()))
                      .device(g.ours.sign_device(g.holding.published()))
                      .get());
            for (auto const& [key, content] : share(g.alice, g.both, {&g.asking})) give(g.asking, g.alice.me, content);
            CHECK(body_of(read(g.asking, g.alice.me, encrypt(g.alice, "later"), "$2")) == "later");
            g.wait(g.session, g.alice.me);
            g.ask();
            auto content = g.forward();
            // The first ratchet of another session, under the public key of this one.
            if (!connects) {
                auto made_up = protocol::decode_base64(base::find_string(content, "session_key").value()).value();
                made_up.at(10) ^= std::byte{1};
                content["session_key"] = protocol::encode_base64(made_up);
            }
            CHECK(g.pass_on(g.holding, content).keys.size() == (connects ? 1 : 0));
            auto const said = read(g.asking, g.alice.me, g.message, "$1");
            CHECK((body_of(said) == "hello") == connects);
            if (connects) CHECK(std::get<crypto::clear_event>(said).believed.source == matrix::key_source::direct);
        }
    }

    TEST_CASE("a key that was made up does not keep the owner's away") {
        key_family f;
        f.wait(f.session, f.alice.me);
        f.ask();
        auto content = f.forward();
        auto made_up = protocol::decode_base64(base::find_string(content, "session_key").value()).value();
        made_up.at(10) ^= std::byte{1};
        content["session_key"] = protocol::encode_base64(made_up);
        CHECK(f.pass_on(f.holding, content).keys.size() == 1);
        learn(f.alice, f.asking.me,
              query_answer()
                  .person(f.ours)
                  .device(f.ours.sign_device(f.asking.published()))
                  .device(f.ours.sign_device(f.holding.published()))
                  .get());
        for (auto const& [key, given] : share(f.alice, f.both, {&f.asking})) CHECK(give(f.asking, f.alice.me, given).keys.size() == 1);
        auto const said = read(f.asking, f.alice.me, encrypt(f.alice, "later"), "$2");
        CHECK(body_of(said) == "later");
        CHECK(std::get<crypto::clear_event>(said).believed.source == matrix::key_source::direct);
    }

    TEST_CASE("a forwarded key does not make what its owner says now late") {
        key_family f;
        learn(f.alice, f.asking.me,
              query_answer()
                  .person(f.ours)
                  .device(f.ours.sign_device(f.asking.published()))
                  .device(f.ours.sign_device(f.holding.published()))
                  .get());
        f.alice.now += std::chrono::hours(24 * 8);
        for (auto const& [key, given] : share(f.alice, f.both, {&f.asking, &f.holding})) give(f.asking, f.alice.me, given);
        CHECK(body_of(read(f.asking, f.alice.me, encrypt(f.alice, "now"), "$2")) == "now");
        f.wait(f.session, f.alice.me);
        f.ask();
        CHECK(f.pass_on(f.holding, f.forward()).keys.size() == 1);
        CHECK(std::get<crypto::clear_event>(read(f.asking, f.alice.me, f.message, "$1")).believed.late);
        CHECK_FALSE(std::get<crypto::clear_event>(read(f.asking, f.alice.me, encrypt(f.alice, "and now"), "$3")).believed.late);
    }

    TEST_CASE("others' questions, those of devices that are not verified, and those for what is not here are not answered") {
        key_family f;
        CHECK(f.request(question_of(f.asking, f.session), f.alice.me).complaints.empty());
        CHECK(f.answer().empty());
        f.request(question_of(f.planted, f.session), f.asking.me);
        CHECK(f.answer().empty());
        f.request(question_of(f.alice, f.session), f.asking.me);
        CHECK(f.answer().empty());
        f.request(question_of(f.asking, "another session"), f.asking.me);
        CHECK(f.answer().empty());
        auto elsewhere = question_of(f.asking, f.session);
        elsewhere["body"].as_object()["room_id"] = "!other:b";
        f.request(elsewhere, f.asking.me);
        CHECK(f.answer().empty());
        f.request(question_of(f.asking, f.session), f.asking.me);
        CHECK(f.answer().size() == 1);
    }

    TEST_CASE("what lay at the homeserver is not passed on: it would be worth more for coming from us") {
        key_family f;
        f.holding.in([](crypto::context const& with) { with.t.run("UPDATE room_key SET source = 2", {}); });
        f.request(question_of(f.asking, f.session), f.asking.me);
        CHECK(f.answer().empty());
    }

    TEST_CASE("a question that was taken back is not answered, and one that is repeated is at most once an hour") {
        key_family f;
        f.request(question_of(f.asking, f.session), f.asking.me);
        f.request(question_of(f.asking, f.session, "R", "request_cancellation"), f.asking.me);
        CHECK(f.answer("A").empty());
        f.request(question_of(f.asking, f.session, "R2"), f.asking.me);
        CHECK(f.answer("B").size() == 1);
        f.holding.now += crypto::answer_again - std::chrono::minutes(1);
        f.request(question_of(f.asking, f.session, "R3"), f.asking.me);
        CHECK(f.answer("C").empty());
        f.holding.now += std::chrono::minutes(1);
        f.request(question_of(f.asking, f.session, "R4"), f.asking.me);
        CHECK(f.answer("D").size() == 1);
    }

    TEST_CASE("of questions a bounded number is kept, and what one user says makes us ask for a bounded number of keys") {
        key_family f;
        auto const kept = f.holding.in([&](crypto::context const& with) {
            for (std::int64_t i = 0; i < crypto::most_questions + 100; ++i) {
                crypto::note_key_request(with, with.me, question_of(f.asking, "S" + std::to_string(i), "R" + std::to_string(i)));
            }
            return with.t.first("SELECT count(*) FROM key_question")->integer(0);
        });
        CHECK(kept == crypto::most_questions);

        for (int i = 0; i < 100; ++i) f.wait("made up " + std::to_string(i), f.mallory.me, "$m" + std::to_string(i));
        f.wait(f.session, f.alice.me);
        std::size_t asked = 0;
        for (int i = 0; i < 20; ++i) asked += f.ask("T" + std::to_string(i)).size();
        CHECK(asked == crypto::most_requests_for_one + 1);
        // A day later there may be more.
        f.asking.now += std::chrono::hours(25);
        CHECK_FALSE(f.ask("next day").empty());
    }
}

}  // namespace chatrixcd::test
