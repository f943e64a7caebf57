// SPDX-License-Identifier: Apache-2.0
// Why an event cannot be read.
#include "crypto/rooms/unread_cause.hpp"

#include <doctest/doctest.h>

#include "support/crypto_party.hpp"

namespace chatrixcd::test {

using crypto::unread_cause;

namespace {

unread_cause cause(std::string event, std::string code = {}) {
    crypto::waiting_event waiting;
    waiting.event = std::move(event);
    waiting.reason = std::move(code);
    return crypto::cause_of(waiting);
}

// How it is kept for who is told of the loss, whichever came first.
std::string kept_code(bool notice_first) {
    party bob("@bob:b", "LAPTOP", 2);
    matrix::user_id const alice("@alice:b");
    json::object const notice{{"algorithm", crypto::megolm_algorithm},
                              {"room_id", lobby.str()},
                              {"session_id", "S"},
                              {"sender_key", "K"},
                              {"code", "m.blacklisted"}};
    if (notice_first) give(bob, alice, notice, "m.room_key.withheld");
    bob.in([&](crypto::context const& with) {
        crypto::waiting_event waiting;
        waiting.room = lobby;
        waiting.id = "$1";
        waiting.sender = alice;
        waiting.session = "S";
        waiting.event = "{}";
        crypto::keep_waiting(with, waiting);
    });
    if (!notice_first) give(bob, alice, notice, "m.room_key.withheld");
    return bob.in([](crypto::context const& with) { return crypto::find_overdue(with, with.now).at(0).first.reason; });
}

}  // namespace

TEST_SUITE("matrix::crypto::unread_cause") {
    TEST_CASE("the cause is what the sender's device says, unless the event is none of ours") {
        CHECK(cause("{}") == unread_cause::unknown);
        CHECK(cause("{}", "m.unverified") == unread_cause::withheld_from_unverified);
        CHECK(cause("{}", "m.blacklisted") == unread_cause::withheld_by_sender);
        CHECK(cause("{}", "org.example.whim") == unread_cause::withheld_by_sender);
        CHECK(cause(R"({"unsigned":{"membership":"leave"}})") == unread_cause::sent_before_we_joined);
        CHECK(cause(R"({"unsigned":{"membership":"leave"}})", "m.unverified") == unread_cause::sent_before_we_joined);
        CHECK(cause(R"({"unsigned":{"membership":"invite"}})") == unread_cause::unknown);
        CHECK(cause(R"({"unsigned":{"membership":"join"}})", "m.unverified") == unread_cause::withheld_from_unverified);
        CHECK(cause(R"({"unsigned":{"membership":7}})") == unread_cause::unknown);
        CHECK(cause("no JSON") == unread_cause::unknown);
    }

    TEST_CASE("people are told the code, too") {
        for (auto const* code : {"m.blacklisted", "m.unauthorised", "m.unavailable", "org.example.whim"}) {
            auto const words = crypto::words_of(unread_cause::withheld_by_sender, code);
            CHECK(words.ends_with("(" + std::string(code) + ")"));
        }
        CHECK(crypto::words_of(unread_cause::withheld_from_unverified, "m.unverified").ends_with("(m.unverified)"));
        CHECK(crypto::words_of(unread_cause::unknown, "") == "their keys have not come");
    }

    TEST_CASE("the code of a notice reaches whoever is told of the loss, whether the notice or the event came first") {
        CHECK(kept_code(/*notice_first=*/true) == "m.blacklisted");
        CHECK(kept_code(/*notice_first=*/false) == "m.blacklisted");
    }
}

}  // namespace chatrixcd::test
