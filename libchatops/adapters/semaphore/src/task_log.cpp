// SPDX-License-Identifier: Apache-2.0
#include "task_log.hpp"

namespace chatrixcd::chatops::semaphore_ci {

using boost::asio::awaitable;

namespace {

// Whoever ended longer ago has nothing to come.
constexpr base::duration settled_after = std::chrono::minutes(1);
// Nothing new so often is the end. Rows were seen to come up to 2.5 s after it, a few hundred a second.
constexpr int quiet_looks = 2;

std::vector<std::string> texts_of(std::vector<semaphore::output_line> output) {
    std::vector<std::string> lines;
    lines.reserve(output.size());
    for (auto& line : output) lines.push_back(std::move(line.text));
    return lines;
}

}  // namespace

awaitable<ci::result<task_log>> read_log(semaphore::client& server, tasks& known, base::clock& time, semaphore_ci_options const& how,
                                         task_name of) {
    auto const task = co_await known.find(of);
    if (!task) co_return task.error();
    auto output = co_await server.output(of.project, of.task);
    if (!output) co_return output.error();
    bool const settles = task->is_finished() && known.ended_since(of) < settled_after;
    auto const until = time.uptime() + how.log_settles_within;
    for (int same = 0; settles && same < quiet_looks && time.uptime() < until;) {
        co_await time.sleep(how.log_asked_every);
        auto again = co_await server.output(of.project, of.task);
        if (!again) co_return again.error();
        same = again->size() == output->size() ? same + 1 : 0;
        output = std::move(again);
    }
    task_log log;
    log.lines = texts_of(std::move(*output));
    log.complete = task->is_finished();
    log.is_settled = log.complete && !settles;
    co_return log;
}

}  // namespace chatrixcd::chatops::semaphore_ci
