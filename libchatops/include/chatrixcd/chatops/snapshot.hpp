// SPDX-License-Identifier: Apache-2.0
// The engine's state as values: what a terminal view, a web page or a health check shows.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/chatops/ci/values.hpp>
#include <chatrixcd/chatops/view.hpp>

namespace chatrixcd::chatops {

struct run_summary {
    std::int64_t number = 0;  // "#3": counts from 1 in a store
    std::string server;       // the CI's name in the bot's configuration
    ci::run_id id;            // empty until the CI has named it
    std::string project_name;
    std::string job_name;
    card_state state = card_state::waiting;
    std::string summary;       // "succeeded after 2 s"
    std::string requested_by;  // "@ann:example.org"
    std::string service;       // the chat; empty: a local operator's
    std::string room;
    std::string trace;
    base::time_point created;
    std::optional<base::time_point> ended;
    bool open = true;            // still followed
    std::uint64_t revision = 0;  // of its last change
    friend bool operator==(run_summary const&, run_summary const&) = default;
};

// A room from which a command has come to this process, or in which a run was started.
struct room_summary {
    std::string service;
    std::string room;
    std::optional<std::int64_t> last_run;
    friend bool operator==(room_summary const&, room_summary const&) = default;
};

struct server_health {
    std::string name;
    bool reachable = true;   // as far as is known: the last call was answered
    std::string problem;     // why not, one line
    base::time_point since;  // of the last change between the two
    std::uint64_t revision = 0;
    friend bool operator==(server_health const&, server_health const&) = default;
};

struct engine_snapshot {
    std::uint64_t revision = 0;
    std::vector<run_summary> runs;  // every open run and the last 100 that ended, newest first
    std::vector<room_summary> rooms;
    std::vector<server_health> servers;
};

// What has a revision above the one asked for.
struct engine_changes {
    std::uint64_t revision = 0;
    std::vector<run_summary> runs;
    std::vector<server_health> servers;
};

}  // namespace chatrixcd::chatops
