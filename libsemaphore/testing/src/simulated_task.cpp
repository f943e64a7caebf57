// SPDX-License-Identifier: Apache-2.0
#include "simulated_task.hpp"

#include <utility>

namespace chatrixcd::semaphore::testing {

simulated_task::simulated_task(std::int64_t number, project_id in, template_id of, script const& does, base::time_point now)
    : id(number), project(in), job(of), created(now), does_(does) {}

void simulated_task::finish(std::string with, base::time_point when) {
    status = std::move(with);
    end = when;
    over_ = true;
}

// Nobody looks whether a task waits when it is confirmed or rejected. One that did not stays so until its end, and never becomes a success.
std::string simulated_task::status_of_success() const { return status == "confirmed" || status == "rejected" ? status : "success"; }

void simulated_task::advance(base::time_point now, flavour const& as) {
    if (over_) return;
    if (stuck_) {
        if (stop_asked_) finish("stopped", now);
        return;
    }
    if (!start) {
        auto const leaves_queue = created + as.queue_tick;
        if (now < leaves_queue) return;
        if (stop_asked_) return finish("stopped", leaves_queue);
        start = leaves_queue;
        status = "running";
    }
    if (!does_.program.empty()) {
        // It ends when its program does, if that was begun.
        if (stop_asked_ && !program_taken_up_) finish(as.stopped_ends_as_error ? "error" : "stopped", now);
        return;
    }
    if (stop_asked_ && waits_since_) return;  // for ever
    if (stop_asked_) return finish(as.stopped_ends_as_error ? "error" : "stopped", now);
    if (waits_since_) return;
    if (does_.waits_for_confirmation && status == "running" && waited_ == base::duration(0) && now >= half()) {
        status = "waiting_confirmation";
        waits_since_ = half();
        return;
    }
    auto const done = *start + does_.lasts + waited_;
    if (now >= done) finish(does_.succeeds ? status_of_success() : "error", done);
}

void simulated_task::stop(base::time_point now, bool force) {
    if (over_) {
        status = "stopped";  // whatever it was
        return;
    }
    stop_asked_ = true;
    if (stopper_) stopper_(force);
    if (force) {
        finish("stopped", now);
    } else {
        status = "stopping";
    }
}

bool simulated_task::confirm(base::time_point now) {
    if (over_) return false;
    if (!waits_since_) {
        status = "confirmed";
        return true;
    }
    waited_ = now - *waits_since_ + base::duration(1);
    waits_since_.reset();
    status = "running";
    return true;
}

bool simulated_task::reject(base::time_point now) {
    if (over_) return false;
    if (waits_since_) {
        finish("error", now);
    } else {
        status = "rejected";
    }
    return true;
}

bool simulated_task::takes_program_up() {
    if (does_.program.empty() || !start || over_ || stuck_) return false;
    return !std::exchange(program_taken_up_, true);
}

void simulated_task::on_stop(std::function<void(bool force)> does) {
    stopper_ = std::move(does);
    if (stopper_ && stop_asked_) stopper_(/*force=*/over_);
}

void simulated_task::end_program(bool successfully, base::time_point now, flavour const& as) {
    stopper_ = nullptr;
    if (over_ || stuck_) return;
    if (stop_asked_) return finish(as.stopped_ends_as_error ? "error" : "stopped", now);
    finish(successfully ? status_of_success() : "error", now);
}

std::vector<std::pair<base::time_point, std::string>> simulated_task::output(base::time_point now, flavour const& as) const {
    std::vector<std::pair<base::time_point, std::string>> lines;
    auto const written = [&](base::time_point when, std::string text) {
        bool const happened = when <= now && (!end || when <= *end);
        if (happened && when + as.log_lags <= now) lines.emplace_back(when, std::move(text));
    };
    written(created, "Task " + std::to_string(id) + " added to queue");
    if (!start) return lines;
    written(*start, "Started: " + std::to_string(id));
    auto const count = static_cast<std::int64_t>(does_.prints.size());
    for (std::int64_t i = 0; i < count; ++i) {
        auto const when = *start + does_.lasts * i / count + (i * 2 >= count ? waited_ : base::duration(0));
        written(when, does_.prints[static_cast<std::size_t>(i)]);
    }
    for (auto const& [when, text] : printed_) written(when, text);
    if (over_ && status == "error")
        written(*end, as.spells_out_nulls ? "Running app failed: exit status 1" : "Failed to run task: exit status 1");
    return lines;
}

}  // namespace chatrixcd::semaphore::testing
