// SPDX-License-Identifier: Apache-2.0
// Threads that run queued jobs in the order of their queueing.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace chatrixcd::base::worker {

class job_threads {
public:
    explicit job_threads(std::size_t threads);
    // Runs what is queued, then joins.
    ~job_threads();
    job_threads(job_threads const&) = delete;
    job_threads& operator=(job_threads const&) = delete;

    // From any thread, a job's own included.
    void post(std::function<void()> job);

private:
    void work();

    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::function<void()>> queue_;
    bool closing_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace chatrixcd::base::worker
