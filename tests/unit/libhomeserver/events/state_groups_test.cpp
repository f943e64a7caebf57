// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <boost/asio/io_context.hpp>
#include <chatrixcd/base/virtual_clock.hpp>
#include <random>
#include <vector>

#include "events/state_groups.hpp"
#include "store/schema.hpp"
#include "support/run_coroutine.hpp"

using namespace chatrixcd;
using namespace chatrixcd::homeserver;

TEST_SUITE("homeserver::state_groups") {
    TEST_CASE("the state of every earlier group stays what it was, over snapshots and forks") {
        base::store_options options;
        options.migrations = migrations();
        auto store = base::store::open(std::move(options), base::make_inline_store_runner()).value();
        boost::asio::io_context loop;
        base::virtual_clock time;
        auto work = [](base::transaction& db) {
            std::mt19937 random(3);
            std::vector<std::pair<std::int64_t, state_map>> groups{{no_state, {}}};
            bool right = true;
            for (int i = 0; i < 400; ++i) {
                // Mostly on the newest, sometimes on an older one.
                auto const parent = groups[random() % 10 == 0 ? random() % groups.size() : groups.size() - 1];
                state_slot const slot{"type" + std::to_string(random() % 3), "key" + std::to_string(random() % 20)};
                auto const event = "$" + std::to_string(i);
                auto expected = parent.second;
                expected[slot] = event;
                groups.emplace_back(extend_state(db, parent.first, slot, event), std::move(expected));
            }
            for (auto const& [group, expected] : groups) {
                right = right && state_at(db, group) == expected;
                for (auto const& [slot, event] : expected) right = right && state_event_at(db, group, slot.type, slot.state_key) == event;
                right = right && !state_event_at(db, group, "type0", "no such key");
            }
            auto const& [early, early_state] = groups[30];
            auto const& [late, late_state] = groups[380];
            auto rebuilt = early_state;
            for (auto const& [slot, event] : state_changes(db, early, late)) rebuilt[slot] = event;
            // The later state has no slot less on this chain; a fork may lack some.
            for (auto const& [slot, event] : late_state) right = right && rebuilt.at(slot) == event;
            auto const rows = db.query("SELECT MAX(length) FROM state_groups");
            return right && rows.at(0).integer(0) == 50;
        };
        CHECK(test::run_virtual(loop, time, store->write(work)));
    }
}
