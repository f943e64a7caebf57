// SPDX-License-Identifier: Apache-2.0
// What happens in one life of an encrypted room: drawn from a seed, and nothing else. A list of steps, so that of a life that breaks a
// promise steps can be left out until no more can.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace chatrixcd::test {

enum class deed : std::uint8_t {
    say,              // party
    wait,             // seconds
    stop,             // party, in good order
    start,            // party
    start_doomed,     // party; dies at place `choice`, `number`
    stumble,          // party; its commit `number` fails, or (odd choice) is kept without its being told
    storm,            // `number` of a thousand requests meet bad weather
    calm,             // the storm is over
    stale_syncs,      // party; `number` syncs give what was true before, or an old position
    repeat_events,    // party; `number` syncs have the events of before once more
    shuffle_devices,  // party; `number` syncs have messages to devices repeated or in the opposite order
    lose_devices,     // party; `number` syncs have no messages to devices, or have them too late
    claim_counts,     // party; `number` syncs claim a wrong number of one-time keys
    add_device,       // party; `number` answers about devices name one that its owner did not sign
    hide_keys,        // party; `number` claims are answered without a key
    forget_token,     // party; its token is not known any more: it logs in again, as the same device
    forget_device,    // party; the same, as a new device
    leave,            // carol is sent away
    join,             // carol is asked in, and comes
};

struct step {
    deed what = deed::wait;
    unsigned who = 0;     // of the parties
    unsigned number = 0;  // how many, how long, at which
    unsigned choice = 0;
};

struct life_plan {
    std::uint64_t seed = 0;
    bool has_carol = false;        // a third account, which comes and goes
    bool has_second = false;       // Ann has two devices
    unsigned rotation = 100;       // messages of one Megolm session
    unsigned timeline_limit = 50;  // events of a sync
    bool is_strict = false;        // keys for signed devices alone; each account has a recovery key, and so a backup
    std::vector<step> steps;
};

// How rough a life is.
enum class roughness : std::uint8_t {
    weather,  // a network and processes that fail: nothing may be lost
    lies      // the homeserver lies and keeps keys back, too: what is lost is told
};

life_plan draw_plan(std::uint64_t seed, roughness how);
std::string to_text(life_plan const& plan);
// A plan with as few steps as can be found in so many tries that still breaks a promise.
life_plan shrink(life_plan plan, std::function<bool(life_plan const&)> const& breaks, unsigned most_tries);

}  // namespace chatrixcd::test
