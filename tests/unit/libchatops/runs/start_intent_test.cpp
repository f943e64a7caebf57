// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <chrono>

#include "runs/start_intent.hpp"

namespace base = chatrixcd::base;
namespace ci = chatrixcd::chatops::ci;
using namespace chatrixcd::chatops::runs;
using namespace std::chrono_literals;

namespace {

base::error error_of(base::error_kind kind) { return {kind, "as scripted"}; }

ci::server_info native(bool yes) {
    ci::server_info info;
    info.keyed_start_native = yes;
    return info;
}

template <class T>
T const& as(start_intent::action const& next) {
    REQUIRE(std::holds_alternative<T>(next));
    return std::get<T>(next);
}

ci::result<ci::found> const absent = ci::found(ci::absent());

// Looks and waits until something else than that is wanted; `now` goes on.
start_intent::action look_in_vain(start_intent& machine, start_intent::action next, base::duration& now) {
    for (int step = 0; step < 1000; ++step) {
        if (auto const* pause = std::get_if<start_intent::wait>(&next)) {
            now += pause->span;
            next = machine.waited();
        } else if (std::holds_alternative<start_intent::look>(next)) {
            next = machine.looked(absent, now);
        } else {
            return next;
        }
    }
    FAIL("it looks for ever");
    return next;
}

}  // namespace

TEST_SUITE("chatops::runs::start_intent") {
    TEST_CASE("an answered start is decided") {
        start_intent machine({});
        CHECK(as<start_intent::send>(machine.begin(0s)).attempt == 1);
        auto const next = machine.sent(ci::started(ci::run_id("7")), 1s);
        CHECK(as<start_intent::decide>(next).as == start_state::started);
        CHECK(as<start_intent::decide>(next).run == ci::run_id("7"));
    }

    TEST_CASE("every refusal but an unknown time-out has certainly not started") {
        for (auto const kind : {base::error_kind::invalid, base::error_kind::unavailable, base::error_kind::rate_limited,
                                base::error_kind::conflict, base::error_kind::forbidden}) {
            start_intent machine({});
            machine.begin(0s);
            auto const next = machine.sent(error_of(kind), 1s);
            CHECK(as<start_intent::decide>(next).as == start_state::refused);
        }
    }

    TEST_CASE("after a lost answer the run is looked for and adopted") {
        start_intent machine({});
        machine.begin(0s);
        as<start_intent::look>(machine.sent(error_of(base::error_kind::timeout_unknown), 30s));
        CHECK(machine.is_looking());
        ci::found_run hit{ci::run_id("9")};
        auto const next = machine.looked(ci::found(hit), 31s);
        CHECK(as<start_intent::decide>(next).as == start_state::started);
        CHECK(as<start_intent::decide>(next).run == ci::run_id("9"));
    }

    TEST_CASE("an absence is believed twice, and only when no request can still be under way") {
        start_intent machine({});
        machine.begin(0s);
        base::duration now = 30s;
        auto next = look_in_vain(machine, machine.sent(error_of(base::error_kind::timeout_unknown), now), now);
        as<start_intent::learn>(next);
        CHECK(now >= 120s);  // total time-out and 60 s
        CHECK(now < 180s);
    }

    TEST_CASE("what another process sent is waited for from our own start on") {
        start_intent machine({});
        base::duration now = 1000s;
        auto next = look_in_vain(machine, machine.resume(1, std::nullopt, now), now);
        as<start_intent::learn>(next);
        CHECK(now >= 1120s);
    }

    TEST_CASE("an absent run is started again only where the CI refuses a second one by itself") {
        for (bool const yes : {true, false}) {
            start_intent machine({});
            base::duration now = 0s;
            auto next = look_in_vain(machine, machine.resume(1, std::nullopt, now), now);
            as<start_intent::learn>(next);
            next = machine.learned(native(yes), now);
            if (yes) {
                CHECK(as<start_intent::send>(next).attempt == 2);
            } else {
                CHECK(as<start_intent::decide>(next).as == start_state::in_doubt);
            }
        }
    }

    TEST_CASE("a second attempt that collides has met the first") {
        start_intent machine({});
        base::duration now = 0s;
        look_in_vain(machine, machine.resume(1, std::nullopt, now), now);
        as<start_intent::send>(machine.learned(native(true), now));
        as<start_intent::look>(machine.sent(error_of(base::error_kind::conflict), now));
    }

    TEST_CASE("it does not send for ever") {
        start_intent machine({});
        base::duration now = 0s;
        auto next = machine.resume(1, std::nullopt, now);
        int sent = 0;
        while (!std::holds_alternative<start_intent::decide>(next)) {
            next = look_in_vain(machine, next, now);
            if (std::holds_alternative<start_intent::learn>(next)) next = machine.learned(native(true), now);
            if (std::holds_alternative<start_intent::send>(next)) {
                ++sent;
                next = machine.sent(error_of(base::error_kind::timeout_unknown), now);
            }
        }
        CHECK(sent == 2);
        CHECK(as<start_intent::decide>(next).as == start_state::in_doubt);
    }

    TEST_CASE("what cannot be known is in doubt at once") {
        start_intent machine({});
        machine.resume(1, std::nullopt, 0s);
        CHECK(as<start_intent::decide>(machine.looked(ci::found(ci::unknown()), 1s)).as == start_state::in_doubt);
        start_intent other({});
        other.resume(1, std::nullopt, 0s);
        CHECK(as<start_intent::decide>(other.looked(error_of(base::error_kind::unsupported), 1s)).as == start_state::in_doubt);
    }

    TEST_CASE("a CI that does not answer is asked for an hour, then a person is") {
        start_intent machine({});
        base::duration now = 0s;
        auto next = machine.resume(1, std::nullopt, now);
        while (!std::holds_alternative<start_intent::decide>(next)) {
            if (auto const* pause = std::get_if<start_intent::wait>(&next)) {
                now += pause->span;
                next = machine.waited();
            } else {
                next = machine.looked(error_of(base::error_kind::unavailable), now);
            }
            REQUIRE(now < 2h);
        }
        CHECK(now >= 1h);
        CHECK(as<start_intent::decide>(next).as == start_state::in_doubt);
    }

    TEST_CASE("a ticket is kept before it is asked for, and survives the process") {
        start_intent machine({});
        machine.begin(0s);
        auto next = machine.sent(ci::started(ci::ticket("q1")), 1s);
        CHECK(as<start_intent::keep_ticket>(next).waiting == ci::ticket("q1"));
        as<start_intent::wait>(machine.kept(1s));
        as<start_intent::ask>(machine.waited());

        start_intent resumed({});
        CHECK(as<start_intent::ask>(resumed.resume(1, ci::ticket("q1"), 50s)).waiting == ci::ticket("q1"));
        as<start_intent::wait>(resumed.asked(ci::started(ci::ticket("q1")), 51s));
        as<start_intent::ask>(resumed.waited());
        as<start_intent::wait>(resumed.asked(error_of(base::error_kind::unavailable), 52s));
        as<start_intent::ask>(resumed.waited());
        CHECK(as<start_intent::decide>(resumed.asked(ci::started(ci::run_id("4")), 60s)).run == ci::run_id("4"));
    }

    TEST_CASE("a forgotten ticket is looked for by its key") {
        start_intent machine({});
        machine.resume(1, ci::ticket("q1"), 0s);
        as<start_intent::look>(machine.asked(error_of(base::error_kind::not_found), 1s));
    }
}
