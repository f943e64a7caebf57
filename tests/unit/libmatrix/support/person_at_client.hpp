// SPDX-License-Identifier: Apache-2.0
// People at clients who verify each other.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>

#include <chatrixcd/base/task_group.hpp>

#include "support/requests.hpp"
#include "support/world.hpp"

namespace chatrixcd::test {

// Somebody who says of what they are shown what the test wants.
class person_at_client {
public:
    person_at_client(world& of, std::string who, std::string in, unsigned shown_at_once = 50) : w(of) {
        client = w.make_client("store-" + in, [shown_at_once](matrix::options& o) {
            matrix::sync_filter filter;
            filter.timeline_limit(shown_at_once);
            o.encryption(true).filter(filter);
        });
        client->on_verification([this](matrix::verification asked) {
            ++requests;
            return look_after(std::move(asked));
        });
        client->on_message([this](matrix::message m) -> boost::asio::awaitable<void> {
            heard = m.text();
            believed = m.trust();
            co_return;
        });
        w.start(*client, who);
        (void)w.run(client->identity());
    }
    ~person_at_client() { w.stop(*client); }

    boost::asio::awaitable<void> look_after(matrix::verification asked) {
        ++times_asked;
        last = asked;
        if (leaves_it) co_return;
        auto const shown = co_await asked.codes();
        if (!shown) {
            problem = shown.error().message();
            co_return;
        }
        codes = *shown;
        if (only_looks) co_return;
        if (sees_others) asked.mismatch();
        auto work = only_agrees ? &matrix::verification::agree : &matrix::verification::confirm;
        auto const proof = co_await (asked.*work)();
        if (proof) proved = *proof;
        if (!proof) problem = proof.error().message();
    }

    // What was only looked at is the same.
    boost::asio::awaitable<void> confirm_last() {
        auto const proof = co_await last->confirm();
        if (proof) proved = *proof;
        if (!proof) problem = proof.error().message();
    }

    world& w;
    std::unique_ptr<matrix::client> client;
    std::optional<matrix::verification_codes> codes;
    std::optional<matrix::verified> proved;
    std::string problem;
    unsigned requests = 0;
    bool sees_others = false;
    bool only_agrees = false;
    bool leaves_it = false;   // does not even answer
    bool only_looks = false;  // at the codes
    int times_asked = 0;
    std::optional<matrix::verification> last;
    std::string heard;
    matrix::trust believed;
};

inline std::string room_of_both(world& w, person& ann, person& bot) {
    auto room = make_room_as(
        w, ann,
        R"({"invite":["@bot:test"],"initial_state":[{"type":"m.room.encryption","state_key":"","content":{"algorithm":"m.megolm.v1.aes-sha2"}}]})");
    bot.join(room);
    return room;
}

inline bool same(matrix::verification_codes const& a, matrix::verification_codes const& b) {
    auto const is_same = [](auto const& x, auto const& y) { return x.symbol == y.symbol; };
    return a.numbers == b.numbers && std::ranges::equal(a.emoji, b.emoji, is_same);
}

}  // namespace chatrixcd::test
