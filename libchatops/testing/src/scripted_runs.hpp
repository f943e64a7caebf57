// SPDX-License-Identifier: Apache-2.0
// One run of the scripted CI as a function of time: nothing happens in it, it is only looked at later.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <chatrixcd/chatops/testing/scripted_ci.hpp>

namespace chatrixcd::chatops::testing {

class scripted_run {
public:
    scripted_run(ci::run_id id, ci::run_key key, scripted_job job, ci::parameter_values parameters, base::time_point created);

    ci::run_id const& id() const noexcept { return id_; }
    ci::run_key const& key() const noexcept { return key_; }
    ci::job_id const& job() const noexcept { return job_.described.id; }
    base::time_point created() const noexcept { return created_; }

    ci::run at(base::time_point now) const;
    // The lines printed so far.
    std::size_t lines_at(base::time_point now) const;
    std::vector<std::string> const& lines() const noexcept { return job_.lines; }
    // When it will change next; nothing once it has ended.
    std::optional<base::time_point> next_change(base::time_point now) const;
    void cancel(base::time_point now);
    // False: it does not wait for a decision.
    bool decide(base::time_point now, bool goes_on);

private:
    base::time_point starts() const { return created_ + job_.queue_time; }
    base::time_point gate_opens() const { return starts() + job_.run_time / 2; }
    bool is_gated(base::time_point now) const { return job_.is_gated && !decided_ && !canceled_ && now >= gate_opens(); }
    base::time_point ends() const;

    ci::run_id id_;
    ci::run_key key_;
    scripted_job job_;
    ci::parameter_values parameters_;  // secrets absent
    base::time_point created_;
    std::optional<base::time_point> canceled_;
    std::optional<base::time_point> decided_;
    bool goes_on_ = false;
};

}  // namespace chatrixcd::chatops::testing
