// SPDX-License-Identifier: Apache-2.0
#include "facets.hpp"

#include <algorithm>
#include <iterator>

#include "task_log.hpp"

namespace chatrixcd::chatops::semaphore_ci {

using base::error;
using base::error_kind;
using boost::asio::awaitable;

namespace {

constexpr std::size_t most_lines = 10000;
constexpr int most_tries = 3;

// A task that waits for confirmation hangs in "stopping" unless it is forced; who asks once more means it. Not one that never ran: the
// server would call it stopped, and run it later.
bool needs_force(semaphore::task const& task) {
    return task.status == semaphore::task_status::waiting_confirmation || (task.status == semaphore::task_status::stopping && task.start);
}

std::optional<error> check_lines(std::size_t lines) {
    if (lines >= 1 && lines <= most_lines) return std::nullopt;
    return error(error_kind::invalid, "cannot read " + std::to_string(lines) + " lines at once").with_hint("1–10000");
}

ci::log_chunk piece(task_log log, std::size_t first, std::size_t count) {
    first = std::min(first, log.lines.size());
    auto const end = std::min(first + count, log.lines.size());
    auto const at = [&](std::size_t index) { return std::make_move_iterator(log.lines.begin() + static_cast<std::ptrdiff_t>(index)); };
    ci::log_chunk chunk;
    chunk.complete = log.complete && end == log.lines.size();
    chunk.lines.assign(at(first), at(end));
    chunk.next = std::to_string(end);
    return chunk;
}

}  // namespace

awaitable<ci::result<ci::log_chunk>> run_logs::read(ci::run_id id, std::string cursor, std::size_t max_lines) {
    if (auto wrong = check_lines(max_lines)) co_return std::move(*wrong);
    auto const of = co_await tasks_.named(std::move(id));
    if (!of) co_return of.error();
    auto const first = cursor.empty() ? std::optional<std::int64_t>(0) : to_number(cursor);
    if (!first) co_return error(error_kind::invalid, "not a cursor of this server's logs").with_hint("begin with an empty one");
    auto log = co_await read_log(server_, tasks_, time_, how_, *of);
    if (!log) co_return log.error();
    co_return piece(std::move(*log), static_cast<std::size_t>(*first), max_lines);
}

awaitable<ci::result<ci::log_chunk>> run_logs::tail(ci::run_id id, std::size_t lines) {
    if (auto wrong = check_lines(lines)) co_return std::move(*wrong);
    auto const of = co_await tasks_.named(std::move(id));
    if (!of) co_return of.error();
    auto log = co_await read_log(server_, tasks_, time_, how_, *of);
    if (!log) co_return log.error();
    auto const all = log->lines.size();
    co_return piece(std::move(*log), all - std::min(all, lines), lines);
}

// A stop is never sent to a task of which we do not know that it goes on: one that has ended would be called stopped from then on. So a
// lost answer is followed by a look.
awaitable<ci::result<void>> run_control::cancel(ci::run_id id) {
    auto const of = co_await tasks_.named(std::move(id));
    if (!of) co_return of.error();
    for (int tries = 1;; ++tries) {
        auto const task = co_await tasks_.find(*of);
        if (!task) co_return task.error();
        if (task->is_finished() && tries == 1) co_return error(error_kind::conflict, "the run has ended already");
        if (task->is_finished()) co_return ci::result<void>();
        // Before the request: the task may end before its answer comes.
        tasks_.note_cancel(*of);
        auto const asked = co_await server_.stop(of->project, of->task, needs_force(*task));
        if (asked) co_return asked;
        bool const may_have_come = asked.error().kind() == error_kind::timeout_unknown;
        if (!may_have_come) tasks_.forget_cancel(*of);
        if (!may_have_come || tries == most_tries) co_return asked.error();
    }
}

awaitable<ci::result<ci::run>> run_events::next() {
    auto changed = co_await from_.next();
    if (!changed) co_return changed.error();
    co_return co_await convert_(std::move(*changed));
}

}  // namespace chatrixcd::chatops::semaphore_ci
