// SPDX-License-Identifier: Apache-2.0
#include "runs/start_intent.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace chatrixcd::chatops::runs {

namespace {

using namespace std::chrono_literals;

constexpr std::int64_t most_attempts = 3;
constexpr int absences_needed = 2;
constexpr base::duration first_pause = 2s;
constexpr base::duration longest_pause = 30s;

constexpr std::array<std::string_view, 5> words{"sending", "queued", "started", "refused", "in_doubt"};

}  // namespace

std::string_view to_string(start_state s) noexcept { return words[static_cast<std::size_t>(s)]; }

std::optional<start_state> start_state_from(std::string_view word) noexcept {
    auto const place = std::find(words.begin(), words.end(), word);
    if (place == words.end()) return std::nullopt;
    return static_cast<start_state>(place - words.begin());
}

start_intent::action start_intent::begin(base::duration now) {
    step_ = step::send;
    sent_at_ = now;
    return send{attempt_};
}

// The dead process may have sent its request a moment before it died, whatever the wall clock says now: the whole window is waited for.
start_intent::action start_intent::resume(std::int64_t attempts, std::optional<ci::ticket> waiting, base::duration now) {
    attempt_ = attempts;
    sent_at_ = now;
    if (waiting) {
        waiting_ = std::move(*waiting);
        step_ = step::ask;
        return ask{waiting_};
    }
    return begin_looking(now);
}

start_intent::action start_intent::sent(ci::result<ci::started> const& answer, base::duration now) {
    if (answer) {
        if (auto const* id = std::get_if<ci::run_id>(&*answer)) return decided(start_state::started, *id, {});
        waiting_ = std::get<ci::ticket>(*answer);
        step_ = step::ask;
        pause_ = 0s;
        return keep_ticket{waiting_};
    }
    auto const kind = answer.error().kind();
    // A second attempt that collides has met the first one.
    bool const collided = kind == base::error_kind::conflict && attempt_ > 1;
    if (kind == base::error_kind::timeout_unknown || collided) return begin_looking(now);
    return decided(start_state::refused, {}, answer.error().describe());
}

start_intent::action start_intent::looked(ci::result<ci::found> const& answer, base::duration now) {
    if (!answer) return unanswered(answer.error(), now);
    unanswered_ = false;
    if (auto const* run = std::get_if<ci::found_run>(&*answer)) return decided(start_state::started, run->id, {});
    if (std::holds_alternative<ci::unknown>(*answer)) {
        return decided(start_state::in_doubt, {}, "the answer to the start was lost, and the CI cannot tell whether it arrived");
    }
    if (now < quiet_from_) return pause(0s, now);
    if (++absences_ < absences_needed) return pause(5s, now);
    step_ = step::learn;
    return learn{};
}

start_intent::action start_intent::learned(ci::result<ci::server_info> const& answer, base::duration now) {
    if (!answer) return unanswered(answer.error(), now);
    if (!answer->keyed_start_native) {
        return decided(start_state::in_doubt, {}, "the answer to the start was lost; the CI shows no such run, but it may still appear");
    }
    return send_again(now);
}

start_intent::action start_intent::asked(ci::result<ci::started> const& answer, base::duration now) {
    if (!answer) {
        // A ticket that the server does not know any more may have become a run: its key finds it.
        if (answer.error().kind() == base::error_kind::not_found) return begin_looking(now);
        return unanswered(answer.error(), now);
    }
    unanswered_ = false;
    if (auto const* id = std::get_if<ci::run_id>(&*answer)) return decided(start_state::started, *id, {});
    auto const& still = std::get<ci::ticket>(*answer);
    if (still == waiting_) return pause(0s, now);
    waiting_ = still;
    return keep_ticket{waiting_};
}

start_intent::action start_intent::kept(base::duration now) { return pause(0s, now); }

start_intent::action start_intent::waited() {
    switch (step_) {
        case step::ask:
            return ask{waiting_};
        case step::learn:
            return learn{};
        default:
            return look{};
    }
}

start_intent::action start_intent::send_again(base::duration now) {
    if (attempt_ >= most_attempts) {
        return decided(start_state::in_doubt, {}, "the CI took several requests to start it and shows no run");
    }
    ++attempt_;
    step_ = step::send;
    sent_at_ = now;
    return send{attempt_};
}

start_intent::action start_intent::begin_looking(base::duration now) {
    step_ = step::look;
    quiet_from_ = std::max(now, sent_at_ + rules_.start_limit) + rules_.start_margin;
    unanswered_ = false;
    pause_ = 0s;
    absences_ = 0;
    return look{};
}

// Waits ever longer, but no longer than until an absence can be believed.
start_intent::action start_intent::pause(base::duration least, base::duration now) {
    pause_ = pause_ == 0s ? first_pause : std::min(pause_ * 2, longest_pause);
    auto span = std::max(pause_, least);
    if (step_ == step::look && now < quiet_from_) span = std::min(span, quiet_from_ - now);
    return wait{span};
}

start_intent::action start_intent::unanswered(base::error const& why, base::duration now) {
    if (why.kind() == base::error_kind::unsupported) {
        return decided(start_state::in_doubt, {}, "the answer to the start was lost, and the CI cannot search for it");
    }
    if (!unanswered_) {
        unanswered_ = true;
        unanswered_from_ = now;
    }
    // What has a ticket is only waiting; what has none may be running unseen, and a person must hear of it some day.
    if (step_ != step::ask && now - unanswered_from_ >= rules_.give_up_after) {
        return decided(start_state::in_doubt, {}, "the answer to the start was lost, and the CI does not answer since: " + why.describe());
    }
    return pause(0s, now);
}

start_intent::action start_intent::decided(start_state as, ci::run_id run, std::string reason) {
    step_ = step::decided;
    return decide{as, std::move(run), std::move(reason)};
}

}  // namespace chatrixcd::chatops::runs
