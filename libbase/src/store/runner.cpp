// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/base/store.hpp>

#include "worker/job_threads.hpp"

namespace chatrixcd::base {

namespace {

class store_thread final : public store_runner {
public:
    void post(std::function<void()> job) override { thread_.post(std::move(job)); }

private:
    worker::job_threads thread_{1};
};

class inline_runner final : public store_runner {
public:
    void post(std::function<void()> job) override { job(); }
};

}  // namespace

std::unique_ptr<store_runner> make_store_thread() { return std::make_unique<store_thread>(); }
std::unique_ptr<store_runner> make_inline_store_runner() { return std::make_unique<inline_runner>(); }

}  // namespace chatrixcd::base
