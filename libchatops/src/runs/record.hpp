// SPDX-License-Identifier: Apache-2.0
// What the store knows of one run. The card is a pure function of it (card_view.hpp).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/chatops/chat/values.hpp>
#include <chatrixcd/chatops/ci/values.hpp>

#include "runs/start_intent.hpp"

namespace chatrixcd::chatops::runs {

struct record {
    std::int64_t number = 0;  // given by insert()
    chat::origin from;        // the command that asked for it
    std::int64_t ordinal = 0;
    ci::run_key key;
    std::optional<std::string> thread;  // in which the command was said
    std::string requested_by;
    std::string trace;
    std::string server;
    ci::run_id id;  // empty until known
    ci::job_id job;
    std::string project_name;
    std::string job_name;
    ci::parameter_values parameters;  // as effective; secrets absent
    bool has_secrets = false;
    base::time_point created;
    start_state start = start_state::sending;
    std::optional<ci::run> latest;  // the CI's last answer
    std::string reason;             // of refused and in_doubt
    std::string stopped_by;         // who asked for its end
    std::string decision;           // "approved by @ann:a.org": the last about a gate of it
    std::string decided_in;         // the trace of the command that said so
    std::string excerpt;            // the log's last lines, once it has ended
    bool open = true;               // still followed
    std::optional<base::time_point> ended;
    std::int64_t revision = 0;  // of the card
    std::string shown;          // digest of the card as last handed to the outbox

    bool has_room() const noexcept { return !from.room.empty(); }
    std::string card_key() const { return "card." + key.str(); }
};

// What is needed to send a start, or to look for it.
struct intent {
    ci::plan what;
    std::int64_t attempt = 1;
    base::time_point first_sent;
    std::optional<ci::ticket> waiting;
};

}  // namespace chatrixcd::chatops::runs
