// SPDX-License-Identifier: Apache-2.0
// A task's life, computed from the time whenever somebody looks: there is nothing to run, unless it has a program (program_run.hpp).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <chatrixcd/semaphore/testing/double.hpp>

namespace chatrixcd::semaphore::testing {

class simulated_task {
public:
    simulated_task(std::int64_t number, project_id in, template_id of, script const& does, base::time_point now);

    // Lets it live until now.
    void advance(base::time_point now, flavour const& as);
    // Asks it to end. One that has ended is called stopped from then on; one that waits for confirmation hangs unless it is forced.
    void stop(base::time_point now, bool force);
    // Lets it go on, or not. False: it has ended, or waits for nothing.
    bool confirm(base::time_point now);
    bool reject(base::time_point now);

    bool is_over() const noexcept { return over_; }
    // Its server has forgotten it: nothing happens by itself any more.
    void get_stuck() noexcept { stuck_ = !over_; }

    // True, once, when it is time to run its program.
    bool takes_program_up();
    std::vector<std::string> const& program() const noexcept { return does_.program; }
    void print(base::time_point now, std::string line) { printed_.emplace_back(now, std::move(line)); }
    // Called when somebody asks for its end, and at once if somebody has; until end_program().
    void on_stop(std::function<void(bool force)> does);
    void end_program(bool successfully, base::time_point now, flavour const& as);
    std::vector<std::pair<base::time_point, std::string>> output(base::time_point now, flavour const& as) const;

    std::int64_t id;
    project_id project;
    template_id job;
    std::string status = "waiting";
    std::string message;
    std::string environment;
    base::time_point created;
    std::optional<base::time_point> start;
    std::optional<base::time_point> end;

private:
    base::time_point half() const { return *start + does_.lasts / 2; }
    void finish(std::string with, base::time_point when);
    std::string status_of_success() const;

    script does_;
    bool stop_asked_ = false;
    bool over_ = false;
    bool stuck_ = false;
    bool program_taken_up_ = false;
    std::vector<std::pair<base::time_point, std::string>> printed_;
    std::function<void(bool force)> stopper_;
    std::optional<base::time_point> waits_since_;
    base::duration waited_{};
};

}  // namespace chatrixcd::semaphore::testing
