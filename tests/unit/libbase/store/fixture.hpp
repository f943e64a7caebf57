// SPDX-License-Identifier: Apache-2.0
// A store below a temporary folder, and a runner whose jobs run when the test says so.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <chatrixcd/base/files.hpp>
#include <chatrixcd/base/store.hpp>
#include <chatrixcd/base/task_group.hpp>
#include <support/run_coroutine.hpp>

namespace chatrixcd::test {

// Shared by the runner, which the store owns, and the test.
using job_list = std::shared_ptr<std::deque<std::function<void()>>>;

class manual_runner final : public base::store_runner {
public:
    explicit manual_runner(job_list jobs) : jobs_(std::move(jobs)) {}
    ~manual_runner() override { run(*jobs_); }
    void post(std::function<void()> job) override { jobs_->push_back(std::move(job)); }

    static void run(std::deque<std::function<void()>>& jobs) {
        while (!jobs.empty()) {
            auto const job = std::move(jobs.front());
            jobs.pop_front();
            job();
        }
    }

private:
    job_list jobs_;
};

struct store_fixture {
    boost::asio::io_context loop{1};
    base::virtual_clock time;
    base::temporary_folder folder{"chatrixcd-store-"};
    std::string path = folder.path() + "/test.sqlite";
    base::store_hooks hooks;
    std::vector<base::migration> migrations = {{"first", "CREATE TABLE t (n INTEGER PRIMARY KEY, s TEXT UNIQUE)"}};
    std::vector<base::sealed_column> sealed;
    base::store_key_source key;
    job_list jobs = std::make_shared<std::deque<std::function<void()>>>();

    base::result<std::unique_ptr<base::store>> open(std::unique_ptr<base::store_runner> runner = base::make_inline_store_runner()) const {
        base::store_options options;
        options.path = path;
        options.migrations = migrations;
        options.hooks = hooks;
        options.sealed = sealed;
        options.key = key;
        return base::store::open(std::move(options), std::move(runner));
    }

    std::unique_ptr<base::store> open_manual() { return open(std::make_unique<manual_runner>(jobs)).value(); }

    // Runs what the loop has ready; what the store has queued stays where it is.
    void settle() {
        loop.restart();
        loop.poll();
    }

    // Runs what the store has queued, and lets its callers see the outcome.
    void serve() {
        settle();
        manual_runner::run(*jobs);
        settle();
    }

    template <class F>
    auto write(base::store& store, F work) {
        return run_virtual(loop, time, store.write(std::move(work)));
    }

    std::int64_t count(base::store& store) {
        return write(store, [](base::transaction& t) { return t.first("SELECT count(*) FROM t")->integer(0); });
    }
};

inline void insert(base::transaction& t, std::int64_t n, std::string s) {
    t.run("INSERT INTO t (n, s) VALUES (?1, ?2)", {n, std::move(s)});
}

// Writes one row; remembers how that ended: "ok", or the exception's text.
inline boost::asio::awaitable<void> insert_and_tell(base::store& store, std::int64_t n, std::string s, std::string& outcome) {
    auto work = [n, s](base::transaction& t) { insert(t, n, s); };
    try {
        co_await store.write(std::move(work));
        outcome = "ok";
    } catch (base::constraint_violation const&) {
        outcome = "constraint";
    } catch (base::store_error const& e) {
        outcome = e.what();
    }
}

}  // namespace chatrixcd::test
