// SPDX-License-Identifier: Apache-2.0
// Semaphore's identifiers: numbers, each of its own kind, so that a task's cannot be taken for a template's. On BoltDB the ids of tasks
// count down, so that order says nothing about age.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace chatrixcd::semaphore {

template <class Tag>
class number_id {
public:
    number_id() = default;
    explicit number_id(std::int64_t value) noexcept : value_(value) {}
    std::int64_t value() const noexcept { return value_; }
    std::string str() const { return std::to_string(value_); }
    friend auto operator<=>(number_id const&, number_id const&) = default;

private:
    std::int64_t value_ = 0;
};

using project_id = number_id<struct project_tag>;
using template_id = number_id<struct template_tag>;
using task_id = number_id<struct task_tag>;
using user_id = number_id<struct user_tag>;
using view_id = number_id<struct view_tag>;
using inventory_id = number_id<struct inventory_tag>;
using repository_id = number_id<struct repository_tag>;
using environment_id = number_id<struct environment_tag>;
using key_id = number_id<struct key_tag>;
using schedule_id = number_id<struct schedule_tag>;
using integration_id = number_id<struct integration_tag>;
using runner_id = number_id<struct runner_tag>;

}  // namespace chatrixcd::semaphore
