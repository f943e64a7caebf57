// SPDX-License-Identifier: Apache-2.0
// The start of one run as a plain state machine: what happened goes in, what to do next comes out. No I/O, no clock of its own.
//
//   sending ──run id──────────────────────────────► started
//      │ ──ticket──► queued ──run id──────────────► started
//      │ ──refusal (it has certainly not started)─► refused
//      │ ──no answer, or our process was killed:
//      ▼
//   looking ──found───────────────────────────────► started   (adopted)
//      │ ──cannot be known──────────────────────────► in doubt
//      │ ──absent, twice, and no request of ours can still be under way:
//      ▼
//   does the CI itself refuse a second start with the same key?  yes ─► sending again   no ─► in doubt
//
// The one rule that everything here serves: start() is called at most once, unless the CI itself makes a second call harmless.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/chatops/ci/values.hpp>

namespace chatrixcd::chatops::runs {

enum class start_state : std::uint8_t { sending, queued, started, refused, in_doubt };
std::string_view to_string(start_state s) noexcept;
std::optional<start_state> start_state_from(std::string_view word) noexcept;

struct intent_rules {
    base::duration start_limit{std::chrono::seconds(60)};   // a start() of ours is under way at most so long
    base::duration start_margin{std::chrono::seconds(60)};  // and the server may still be working on it so much longer
    base::duration give_up_after{std::chrono::hours(1)};    // of looking at a CI that does not answer
};

class start_intent {
public:
    // Commit the attempt as sending, call start(), then say sent(). `attempt` counts from 1.
    struct send {
        std::int64_t attempt;
    };
    // Call find(), then say looked().
    struct look {};
    // Commit the ticket, then say kept().
    struct keep_ticket {
        ci::ticket waiting;
    };
    // Call resolve(), then say asked().
    struct ask {
        ci::ticket waiting;
    };
    // Call info(), then say learned().
    struct learn {};
    // Sleep, then say waited().
    struct wait {
        base::duration span;
    };
    // Decided for good.
    struct decide {
        start_state as;      // started, refused, in_doubt
        ci::run_id run;      // of `started`
        std::string reason;  // of the others, one line
    };
    using action = std::variant<send, look, keep_ticket, ask, learn, wait, decide>;

    explicit start_intent(intent_rules rules) : rules_(rules) {}

    // `now` is monotonic time everywhere. A new intent, whose row has been committed.
    action begin(base::duration now);
    // An intent that another process left behind, after so many attempts, perhaps with a ticket.
    action resume(std::int64_t attempts, std::optional<ci::ticket> waiting, base::duration now);

    action sent(ci::result<ci::started> const& answer, base::duration now);
    action looked(ci::result<ci::found> const& answer, base::duration now);
    action asked(ci::result<ci::started> const& answer, base::duration now);
    action learned(ci::result<ci::server_info> const& answer, base::duration now);
    action kept(base::duration now);
    action waited();

    // Whether the start's fate is being looked for: nobody knows at the moment whether it runs.
    bool is_looking() const noexcept { return step_ == step::look || step_ == step::learn; }

private:
    enum class step : std::uint8_t { send, look, ask, learn, decided };

    action send_again(base::duration now);
    action begin_looking(base::duration now);
    action pause(base::duration least, base::duration now);
    action unanswered(base::error const& why, base::duration now);
    action decided(start_state as, ci::run_id run, std::string reason);

    intent_rules rules_;
    step step_ = step::send;
    std::int64_t attempt_ = 1;
    base::duration sent_at_{0};
    base::duration quiet_from_{0};  // from here on no request of ours can be under way
    base::duration unanswered_from_{0};
    bool unanswered_ = false;
    base::duration pause_{0};
    int absences_ = 0;
    ci::ticket waiting_;
};

}  // namespace chatrixcd::chatops::runs
