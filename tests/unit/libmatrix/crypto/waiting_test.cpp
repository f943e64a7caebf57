// SPDX-License-Identifier: Apache-2.0
// What waits for its key: its place, its age, and the order in which it is read.
#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <vector>

#include "crypto/rooms/waiting.hpp"
#include "support/crypto_party.hpp"
#include "sync/decryption.hpp"

namespace chatrixcd::test {

TEST_SUITE("matrix::crypto::waiting") {
    TEST_CASE("what waits keeps its place and its age when it is tried in vain") {
        party me("@me:b", "BOT", 1);
        crypto::waiting_event event;
        event.room = lobby;
        event.sender = matrix::user_id("@alice:b");
        event.event = "{}";
        auto const wait_for = [&](std::string const& session, std::string const& id) {
            event.session = session;
            event.id = id;
            me.in([&](crypto::context const& with) { crypto::keep_waiting(with, event); });
        };
        wait_for("A", "$1");
        wait_for("B", "$2");
        me.now += std::chrono::seconds(3);
        wait_for("A", "$1");
        me.in([](crypto::context const& with) {
            auto const first = crypto::waiting_for_key(with, lobby, "A");
            auto const second = crypto::waiting_for_key(with, lobby, "B");
            REQUIRE(first.size() == 1);
            REQUIRE(second.size() == 1);
            CHECK(first[0].order < second[0].order);
            CHECK(crypto::find_overdue(with, with.now - std::chrono::seconds(3)).at(0).number == 2);
        });
    }

    TEST_CASE("messages of several sessions whose keys come together are read as they were said, and none is late for it") {
        party alice("@alice:b", "PHONE", 1);
        party bob("@bob:b", "LAPTOP", 2);
        learn(alice, bob.me, query_answer().device(bob.published()).get());
        learn(bob, alice.me, query_answer().device(alice.published()).get());
        crypto::audience both;
        both.users = {alice.me, bob.me};
        both.unsigned_devices = true;
        crypto::session_names keys;
        std::vector<json::object> messages;
        constexpr int sessions = 8;
        for (int i = 0; i < sessions; ++i) {
            alice.now += std::chrono::hours(24 * 8);
            for (auto const& [key, message] : share(alice, both, {&bob})) messages.push_back(message);
            auto const content = encrypt(alice, "message " + std::to_string(i));
            auto const session = base::find_string(content, "session_id").value();
            keys.emplace(lobby, session);
            json::object shown{{"type", "m.room.encrypted"}, {"event_id", "$" + std::to_string(i)}, {"sender", alice.me.str()}};
            shown["origin_server_ts"] = i;
            shown["content"] = content;
            crypto::waiting_event event;
            event.room = lobby;
            event.id = "$" + std::to_string(i);
            event.sender = alice.me;
            event.session = session;
            event.event = json::serialize(shown);
            bob.in([&](crypto::context const& with) { crypto::keep_waiting(with, event); });
        }
        REQUIRE(keys.size() == sessions);
        for (auto const& message : messages) give(bob, alice.me, message);
        bob.in([&](crypto::context const& with) {
            matrix::detail::decryption opening(with.t, with.olm, with.account, with.me, with.device, with.now);
            auto const read = opening.reopen(keys);
            REQUIRE(read.size() == sessions);
            for (int i = 0; i < sessions; ++i) {
                auto const& each = read[static_cast<std::size_t>(i)].opened;
                CHECK(each.event.content_text("body") == "message " + std::to_string(i));
                CHECK_FALSE(each.believed.late);
            }
            for (auto const& [room, session] : keys) CHECK(crypto::waiting_for_key(with, room, session).empty());
        });
    }
}

}  // namespace chatrixcd::test
