// SPDX-License-Identifier: Apache-2.0
// Typing notices while somebody works, receipts for the newest message only.
#include <doctest/doctest.h>

#include <boost/json/object.hpp>
#include <optional>

#include <chatrixcd/base/json_reader.hpp>

#include "support/office.hpp"
#include "support/results.hpp"

namespace chatrixcd::test {

namespace {

// "on" and "off" as they reach the homeserver; receipts by their event.
strings watch(office& o, std::function<void(strings&)> work) {
    strings seen;
    o.w.network->observer = [&](base::http::request const& r, auto const&) {
        if (contains(r.path(), "/typing/")) seen.push_back(contains(r.body, "true") ? "on" : "off");
        if (contains(r.path(), "/receipt/")) seen.push_back(std::string(r.path().substr(r.path().rfind("%24") + 3)));
    };
    work(seen);
    o.w.network->observer = nullptr;
    return seen;
}

}  // namespace

TEST_SUITE("matrix::outbox courtesies") {
    TEST_CASE("typing is shown while a guard lives, refreshed before it fades, and hidden once") {
        office o;
        auto const seen = watch(o, [&](strings& so_far) {
            std::optional<matrix::typing_guard> guard(o.room().show_typing());
            o.w.pass(std::chrono::seconds(50));
            CHECK(so_far == strings{"on", "on", "on"});
            guard.reset();
            o.w.pass(std::chrono::seconds(60));
        });
        CHECK(seen == strings{"on", "on", "on", "off"});
    }

    TEST_CASE("several guards of a room are one notice") {
        office o;
        auto const seen = watch(o, [&](strings&) {
            auto first = o.room().show_typing();
            auto second = o.room().show_typing();
            o.w.pass(std::chrono::seconds(5));
            first.release();
            o.w.pass(std::chrono::seconds(5));
            second = matrix::typing_guard();
            o.w.pass(std::chrono::seconds(5));
            auto const again = o.room().show_typing();
            o.w.pass(std::chrono::seconds(5));
        });
        CHECK(seen == strings{"on", "off", "on"});
    }

    TEST_CASE("a notice that fails costs nothing") {
        office o;
        o.w.network->faults = [](base::http::request const& r) {
            return contains(r.path(), "/typing/") ? fault::server_error() : fault::none();
        };
        auto const guard = o.room().show_typing();
        CHECK(o.w.run(o.room().send("x")));
        o.w.pass(std::chrono::minutes(1));
    }

    TEST_CASE("of receipts within a moment only the newest is sent, and what is due leaves at a stop") {
        office o;
        strings events;
        for (auto const* text : {"a", "b", "c"}) events.push_back(o.ann.say(o.room_name, text));
        auto const seen = watch(o, [&](strings& so_far) {
            o.room().mark_read_soon(matrix::event_id(events[0]));
            o.room().mark_read_soon(matrix::event_id(events[1]));
            CHECK(so_far.empty());
            o.w.pass(std::chrono::seconds(5));
            CHECK(so_far.size() == 1);
            o.room().mark_read_soon(matrix::event_id(events[2]));
            o.w.stop(*o.bot);
        });
        CHECK(seen == strings{events[1].substr(1), events[2].substr(1)});
    }
}

}  // namespace chatrixcd::test
