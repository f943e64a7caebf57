// SPDX-License-Identifier: Apache-2.0
#include "run/driver.hpp"

#include <exception>
#include <utility>
#include <variant>
#include <vector>

#include <chatrixcd/base/task_group.hpp>

#include "run/verdict.hpp"
#include "store/output.hpp"

namespace chatrixcd::executor {

namespace asio = boost::asio;

namespace {

// Output is stored this long after it came, so that a job that prints a line at a time costs few commits.
constexpr base::duration save_delay = std::chrono::seconds(1);
constexpr base::duration retry_delay = std::chrono::seconds(1);

// What `run` holds that is not stored: everything, once its process has ended.
std::vector<line_block> rest_of(active_run& run) {
    std::vector<line_block> blocks;
    if (run.unsaved) blocks.push_back(*std::exchange(run.unsaved, std::nullopt));
    while (auto block = run.output.take_head(chunk_size)) blocks.push_back(std::move(*block));
    for (auto& block : run.output.take_tail(chunk_size)) blocks.push_back(std::move(block));
    return blocks;
}

}  // namespace

progress driver::at(run_state state, std::string detail) const {
    progress step;
    step.state = state;
    step.detail = std::move(detail);
    step.when = time_.now();
    return step;
}

asio::awaitable<void> driver::drive(std::shared_ptr<active_run> run, run_state state) {
    progress last;
    bool failed = false;
    try {
        last = co_await execute(run, state);
    } catch (std::exception const& e) {
        log_.error("lost sight of a run", {{"run", run->id}, {"reason", e.what()}});
        failed = true;
    }
    if (failed) last = at(run_state::lost, "lost sight of its process");
    run->output.finish();
    co_await finish(run, std::move(last));
}

asio::awaitable<progress> driver::execute(std::shared_ptr<active_run> run, run_state state) {
    while (!run->place.has_come() && run->why == ending::none) co_await run->changed.wait();
    if (run->why != ending::none) {
        auto const end = judge_unstarted(run->why);
        co_return at(end.state, end.detail);
    }
    if (state == run_state::queued) {
        // The promise: no process without a committed row that says so.
        auto const recorded = co_await record(run->id, at(run_state::starting));
        if (!recorded) co_return at(run_state::error, recorded.error().describe());
    }
    auto process = co_await processes_.spawn(executor_, std::move(run->spec));
    if (!process) co_return at(run_state::error, process.error().describe());
    log_.info("job started", {{"run", run->id}, {"pid", (*process)->pid()}});
    // Its process runs whether or not the database says so; the end is recorded in any case.
    (void)co_await record(run->id, at(run_state::running));
    co_return co_await watch(run, std::move(*process));
}

asio::awaitable<progress> driver::watch(std::shared_ptr<active_run> run, std::unique_ptr<base::process> process) {
    auto const helper_failed = [this, id = run->id](std::exception_ptr) { log_.error("a watcher of a run failed", {{"run", id}}); };
    base::task_group helpers(executor_, helper_failed);
    helpers.spawn(end_when_asked(run, *process));
    helpers.spawn(save_output(run));
    if (run->timeout > base::duration(0)) helpers.spawn(time_out(run));
    base::process_exit exit;
    std::exception_ptr failure;
    try {
        exit = co_await collect(run, *process);
    } catch (...) {
        failure = std::current_exception();
    }
    // Asked to end too late, it has ended by itself.
    auto const why = run->signalled ? run->why : ending::none;
    helpers.cancel();
    co_await helpers.join();
    // What the job left behind goes with it.
    process.reset();
    if (failure) std::rethrow_exception(failure);
    auto const end = judge(exit, why, run->timeout);
    auto last = at(end.state, end.detail);
    last.exit = exit;
    co_return last;
}

asio::awaitable<base::process_exit> driver::collect(std::shared_ptr<active_run> run, base::process& process) {
    for (;;) {
        auto const event = co_await process.next();
        if (auto const* const exit = std::get_if<base::process_exit>(&event)) co_return *exit;
        run->output.append(std::get<base::process_output>(event).bytes);
        run->wrote.notify_all();
    }
}

asio::awaitable<void> driver::end_when_asked(std::shared_ptr<active_run> run, base::process& process) {
    while (run->why == ending::none) co_await run->changed.wait();
    run->signalled = true;
    process.terminate();
    auto const deadline = time_.uptime() + grace_;
    (void)co_await record(run->id, at(run_state::canceling));
    co_await time_.sleep(deadline - time_.uptime());
    log_.warning("job did not end when told to", {{"run", run->id}});
    process.kill();
}

asio::awaitable<void> driver::time_out(std::shared_ptr<active_run> run) {
    co_await time_.sleep(run->timeout);
    run->end(ending::timed_out);
}

asio::awaitable<void> driver::save_output(std::shared_ptr<active_run> run) {
    for (;;) {
        while (!run->output.has_more_head()) co_await run->wrote.wait();
        co_await time_.sleep(save_delay);
        while (run->unsaved || run->output.has_more_head()) {
            if (!run->unsaved) run->unsaved = run->output.take_head(chunk_size);
            auto const store_lines = [id = run->id, lines = *run->unsaved](base::transaction& in) {
                append_output(in, id, lines);
                return true;
            };
            auto const stored = co_await book_.attempt(store_lines);
            // Kept, and stored with what comes next or with the end.
            if (!stored) break;
            run->unsaved.reset();
        }
    }
}

asio::awaitable<base::result<void>> driver::record(run_id id, progress to) {
    auto const step = [id, to = std::move(to)](base::transaction& in) { return advance_run(in, id, to); };
    auto const revision = co_await book_.attempt(step);
    if (!revision) {
        log_.error("a run's state was not stored", {{"run", id}, {"reason", revision.error().describe()}});
        co_return revision.error();
    }
    book_.publish(*revision);
    co_return base::result<void>();
}

asio::awaitable<void> driver::finish(std::shared_ptr<active_run> run, progress last) {
    log_.info("job ended", {{"run", run->id}, {"state", to_string(last.state)}, {"detail", last.detail}});
    auto const store_end = [id = run->id, blocks = rest_of(*run), last = std::move(last)](base::transaction& in) {
        for (auto const& block : blocks) append_output(in, id, block);
        return advance_run(in, id, last);
    };
    for (bool first = true;; first = false) {
        auto const revision = co_await book_.attempt(store_end);
        if (revision) {
            book_.publish(*revision);
            co_return;
        }
        if (first) log_.error("the end of a run was not stored", {{"run", run->id}, {"reason", revision.error().describe()}});
        // Not stored, it will be called lost at the next start.
        if (!patient_) co_return;
        co_await time_.sleep(retry_delay);
    }
}

}  // namespace chatrixcd::executor
