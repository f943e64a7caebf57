// SPDX-License-Identifier: Apache-2.0
#include "facets.hpp"

#include <algorithm>
#include <limits>
#include <utility>

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

// Larger ones are read anew each time.
constexpr std::size_t most_kept = 16U << 20U;

std::size_t bytes_of(task_log const& log) {
    std::size_t sum = 0;
    for (auto const& line : log.lines) sum += line.size() + sizeof(std::string);
    return sum;
}

// Of the time, what reading a log may take at most is one part in so many; but nobody waits for longer than this.
constexpr int reads_one_part_in = 5;
constexpr base::duration longest_pause = std::chrono::seconds(5);
// More than any log has: it is read anew unless it is settled.
constexpr std::size_t everything = std::numeric_limits<std::size_t>::max();

ci::log_chunk piece(task_log const& log, std::size_t first, std::size_t count) {
    first = std::min(first, log.lines.size());
    auto const end = std::min(first + count, log.lines.size());
    ci::log_chunk chunk;
    chunk.complete = log.complete && end == log.lines.size();
    chunk.lines.assign(log.lines.begin() + static_cast<std::ptrdiff_t>(first), log.lines.begin() + static_cast<std::ptrdiff_t>(end));
    chunk.next = std::to_string(end);
    return chunk;
}

}  // namespace

class run_logs::kept_log {
public:
    kept_log(task_name task, task_log what, base::duration when, base::duration how_long)
        : of(task), log(std::move(what)), read_at(when), took(how_long) {}
    task_name of;
    task_log log;
    base::duration read_at;
    base::duration took;
};

awaitable<ci::result<run_logs::kept_ptr>> run_logs::log_of(task_name of, std::size_t more_than) {
    auto const known = kept_;
    if (known && known->of == of) {
        // Of one that has just ended, lines may come for some time.
        if (known->log.is_settled || known->log.lines.size() > more_than) co_return known;
        auto const pause = std::min(known->took * (reads_one_part_in - 1), longest_pause);
        if (more_than != everything) co_await time_.sleep(known->read_at + pause - time_.uptime());
    }
    auto const began = time_.uptime();
    auto log = co_await read_log(server_, tasks_, time_, how_, of);
    if (!log) co_return log.error();
    auto const now = time_.uptime();
    auto const fresh = std::make_shared<kept_log const>(of, std::move(*log), now, now - began);
    kept_ = bytes_of(fresh->log) <= most_kept ? fresh : nullptr;
    co_return fresh;
}

awaitable<ci::result<ci::log_chunk>> run_logs::read(ci::run_id id, std::string cursor, std::size_t max_lines) {
    if (auto wrong = check_lines(max_lines)) co_return std::move(*wrong);
    auto const of = co_await tasks_.named(std::move(id));
    if (!of) co_return of.error();
    auto const first = cursor.empty() ? std::optional<std::int64_t>(0) : to_number(cursor);
    if (!first) co_return error(error_kind::invalid, "not a cursor of this server's logs").with_hint("begin with an empty one");
    auto const log = co_await log_of(*of, static_cast<std::size_t>(*first));
    if (!log) co_return log.error();
    co_return piece((*log)->log, static_cast<std::size_t>(*first), max_lines);
}

awaitable<ci::result<ci::log_chunk>> run_logs::tail(ci::run_id id, std::size_t lines) {
    if (auto wrong = check_lines(lines)) co_return std::move(*wrong);
    auto const of = co_await tasks_.named(std::move(id));
    if (!of) co_return of.error();
    auto const log = co_await log_of(*of, everything);
    if (!log) co_return log.error();
    auto const all = (*log)->log.lines.size();
    co_return piece((*log)->log, all - std::min(all, lines), lines);
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

void run_control::recall_cancel(ci::run_id const& id) {
    auto const of = to_task(id);
    if (of) tasks_.note_cancel(*of);
}

// A confirmation is never sent to a task that does not wait for one: Semaphore would take it, and the task would never become a success.
awaitable<ci::result<task_name>> run_gates::gated(ci::run_id id) {
    auto const of = co_await tasks_.named(std::move(id));
    if (!of) co_return of.error();
    auto const task = co_await tasks_.find(*of);
    if (!task) co_return task.error();
    if (task->status == semaphore::task_status::waiting_confirmation && !task->is_finished()) co_return *of;
    co_return error(error_kind::conflict, "the run does not wait for a decision: it is \"" + task->raw_status + "\"");
}

// What became of a decision whose answer was lost.
awaitable<ci::result<void>> run_gates::make_sure(task_name of, ci::result<void> answer) {
    if (answer || answer.error().kind() != error_kind::timeout_unknown) co_return answer;
    auto const task = co_await tasks_.find(of);
    bool const has_come = task && task->status != semaphore::task_status::waiting_confirmation;
    if (has_come) co_return ci::result<void>();
    co_return answer;
}

awaitable<ci::result<void>> run_gates::approve(ci::run_id id) {
    auto const of = co_await gated(std::move(id));
    if (!of) co_return of.error();
    tasks_.forget_rejection(*of);
    auto answer = co_await server_.confirm(of->project, of->task);
    co_return co_await make_sure(*of, std::move(answer));
}

// Servers that cannot reject can be made to stop.
awaitable<ci::result<void>> run_gates::reject(ci::run_id id) {
    auto const of = co_await gated(std::move(id));
    if (!of) co_return of.error();
    tasks_.note_rejection(*of);
    auto answer = co_await server_.reject(of->project, of->task);
    if (!answer && answer.error().kind() == error_kind::unsupported) answer = co_await server_.stop(of->project, of->task, /*force=*/true);
    auto sure = co_await make_sure(*of, std::move(answer));
    bool const may_have_come = sure || sure.error().kind() == error_kind::timeout_unknown;
    if (!may_have_come) tasks_.forget_rejection(*of);
    co_return sure;
}

awaitable<ci::result<ci::run>> run_events::next() {
    auto changed = co_await from_.next();
    if (!changed) co_return changed.error();
    co_return co_await convert_(std::move(*changed));
}

}  // namespace chatrixcd::chatops::semaphore_ci
