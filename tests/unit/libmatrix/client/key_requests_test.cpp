// SPDX-License-Identifier: Apache-2.0
// Two devices of one account on the embedded homeserver: what one has not been given, the other passes on.
#include <doctest/doctest.h>

#include <functional>
#include <optional>
#include <string>

#include <boost/json/array.hpp>
#include <chatrixcd/matrix/recovery_key.hpp>

#include "support/speaker.hpp"

namespace chatrixcd::test {

namespace json = boost::json;

namespace {

// Leaves out what Ann's devices say to others.
void hide_anns(json::object& answer) {
    auto* all = answer.if_contains("to_device");
    if (all == nullptr) return;
    auto& events = all->as_object()["events"];
    json::array others;
    for (auto const& each : events.is_array() ? events.as_array() : json::array()) {
        if (base::find_string(each.as_object(), "sender") != "@ann:test") others.push_back(each);
    }
    events = std::move(others);
}

class two_devices {
public:
    two_devices() : ann(w.add("ann")), account(w.add("bot")), room(secret_room(w, ann, account)) {
        std::optional<std::string> token;
        w.network->faults = [&](base::http::request const& r) {
            if (contains(r.path(), "/sync")) token = r.headers.get("Authorization");
            return fault::none();
        };
        auto const same = [this](matrix::options& o) { o.recovery(key); };
        first.emplace(w, "bot", "first", same);
        w.pass(std::chrono::seconds(5));
        auto const firsts = token;
        w.network->faults = [this, firsts](base::http::request const& r) {
            bool const is_firsts = r.headers.get("Authorization") == firsts;
            if (contains(r.path(), "/sendToDevice/m.room_key_request/")) ++requests;
            bool const hides = is_firsts && contains(r.path(), "/sync");
            return hides ? fault::lie("nothing from Ann's devices", hide_anns) : fault::none();
        };
        second.emplace(w, "bot", "second", same);
        anns.emplace(w, "ann");
        w.pass(std::chrono::seconds(5));
    }

    world w;
    matrix::recovery_key key = matrix::recovery_key::make(*base::make_seeded_random(3));
    person ann;
    person account;
    std::string room;
    unsigned requests = 0;
    std::optional<speaker> first;
    std::optional<speaker> second;
    std::optional<speaker> anns;
};

}  // namespace

TEST_SUITE("matrix::client::key_requests") {
    TEST_CASE("a device of the account that has not been given a key gets it from another, and knows that nobody vouches for it") {
        two_devices d;
        d.anns->say(d.room, "one");
        d.first->wait_for("one");
        CHECK(d.second->heard == strings{"one"});
        CHECK(d.second->trusts.at(0).source == matrix::key_source::direct);
        auto const& trust = d.first->trusts.at(0);
        CHECK(trust.source == matrix::key_source::forwarded);
        CHECK_FALSE(trust.cross_signed);
        d.anns->say(d.room, "two");
        d.first->wait_for("two");
        d.w.pass(std::chrono::seconds(5));
        // It was asked for once, and taken back.
        CHECK(d.requests == 2);
    }

    TEST_CASE("what was asked for before a restart is taken after it") {
        two_devices d;
        d.w.stop(*d.second->client);
        d.second->client.reset();
        d.anns->say(d.room, "one");
        d.w.pass(std::chrono::seconds(5));
        CHECK(d.requests == 1);
        d.first->reopen();
        d.w.pass(std::chrono::seconds(5));
        CHECK(d.requests == 1);
        d.second->open();
        d.first->wait_for("one");
        CHECK(d.requests == 2);
    }
}

}  // namespace chatrixcd::test
