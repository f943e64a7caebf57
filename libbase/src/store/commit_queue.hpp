// SPDX-License-Identifier: Apache-2.0
// Closures in line for the database. Those that queued up while a transaction ran share the next one.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include <chatrixcd/base/store.hpp>

#include "store/column_seals.hpp"
#include "store/database.hpp"

namespace chatrixcd::base {

class commit_queue {
public:
    using closure = std::function<void(transaction&)>;
    // Called once, on the runner: with nothing after the COMMIT, or with what went wrong.
    using answer = std::function<void(std::exception_ptr)>;

    commit_queue(std::unique_ptr<database> db, column_seals seals, store_hooks hooks, std::unique_ptr<store_runner> runner);

    // From any thread.
    void push(closure work, answer done);
    std::uint64_t commits() const noexcept { return commits_; }

private:
    struct entry {
        closure work;
        answer done;
        std::exception_ptr failure;
    };

    void drain();
    std::vector<entry> take();
    void run(std::vector<entry>& batch);
    void run_one(entry& one, bool alone);
    std::exception_ptr commit(std::vector<entry>& batch);

    std::unique_ptr<database> db_;
    column_seals seals_;
    store_hooks hooks_;
    std::atomic<std::uint64_t> commits_ = 0;
    std::mutex mutex_;
    std::deque<entry> waiting_;
    bool draining_ = false;
    // The last member: its destructor runs what is queued, which needs all of the above.
    std::unique_ptr<store_runner> runner_;
};

}  // namespace chatrixcd::base
