// SPDX-License-Identifier: Apache-2.0
#include "worker/job_threads.hpp"

#include <utility>

namespace chatrixcd::base::worker {

job_threads::job_threads(std::size_t threads) {
    threads_.reserve(threads);
    for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

job_threads::~job_threads() {
    {
        std::lock_guard const lock(mutex_);
        closing_ = true;
    }
    changed_.notify_all();
    for (auto& thread : threads_) thread.join();
}

void job_threads::post(std::function<void()> job) {
    {
        std::lock_guard const lock(mutex_);
        queue_.push_back(std::move(job));
    }
    changed_.notify_one();
}

void job_threads::work() {
    std::unique_lock lock(mutex_);
    while (true) {
        changed_.wait(lock, [this] { return closing_ || !queue_.empty(); });
        if (queue_.empty()) return;
        {
            auto job = std::move(queue_.front());
            queue_.pop_front();
            lock.unlock();
            job();
        }
        lock.lock();
    }
}

}  // namespace chatrixcd::base::worker
