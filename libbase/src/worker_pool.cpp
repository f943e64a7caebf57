// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/base/worker_pool.hpp>

#include <boost/asio/use_awaitable.hpp>

#include "async/resume_later.hpp"
#include "worker/job_threads.hpp"

namespace chatrixcd::base {

namespace asio = boost::asio;

namespace {

class thread_pool final : public worker_pool {
public:
    explicit thread_pool(std::size_t threads) : threads_(threads) {}
    void post(std::function<void()> job) override { threads_.post(std::move(job)); }

private:
    worker::job_threads threads_;
};

class inline_workers final : public worker_pool {
public:
    void post(std::function<void()> job) override { job(); }
};

}  // namespace

std::unique_ptr<worker_pool> make_worker_pool(std::size_t threads) { return std::make_unique<thread_pool>(threads); }
std::unique_ptr<worker_pool> make_inline_workers() { return std::make_unique<inline_workers>(); }

namespace detail {

asio::awaitable<void> run_elsewhere(worker_pool& pool, std::function<void()> job) {
    auto initiate = [&pool, &job](auto handler) {
        auto resume = async::resume_later<std::exception_ptr>(std::move(handler));
        pool.post([job = std::move(job), resume = std::move(resume)]() mutable {
            job();
            job = nullptr;  // what the job captured goes before its caller runs again
            resume(nullptr);
        });
    };
    co_await asio::async_initiate<asio::use_awaitable_t<> const, void(std::exception_ptr)>(initiate, asio::use_awaitable);
}

}  // namespace detail

}  // namespace chatrixcd::base
