// SPDX-License-Identifier: Apache-2.0
// Threads for pure CPU work that takes over a millisecond (hashing, PBKDF2, big renderings), and the bridge back to the loop.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/this_coro.hpp>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace chatrixcd::base {

// Runs jobs elsewhere. Production: threads. Simulations: inline_workers(), which runs a job at once on the calling thread.
class worker_pool {
public:
    virtual ~worker_pool() = default;
    // Queues a job; it must not throw.
    virtual void post(std::function<void()> job) = 0;
};

// `threads` threads, joined by the destructor after the queued jobs have run.
std::unique_ptr<worker_pool> make_worker_pool(std::size_t threads);
// Runs each job inside post().
std::unique_ptr<worker_pool> make_inline_workers();

namespace detail {
// Posts the job and resumes the caller on its own executor once it has run. Cannot be cancelled.
boost::asio::awaitable<void> run_elsewhere(worker_pool& pool, std::function<void()> job);
}  // namespace detail

// Runs `work` on the pool and returns its value on the caller's executor; exceptions pass through. Not cancellable: a cancelled
// caller still gets the result, and sees its cancellation at its next co_await. Name the lambda first, then move it in.
template <class F>
boost::asio::awaitable<std::invoke_result_t<F>> offload(worker_pool& pool, F work) {
    using value = std::invoke_result_t<F>;
    struct outcome {
        std::conditional_t<std::is_void_v<value>, char, std::optional<value>> kept{};
        std::exception_ptr failure;
    };
    auto shared = std::make_shared<outcome>();
    auto callable = std::make_shared<F>(std::move(work));
    std::function<void()> job = [shared, callable] {
        try {
            if constexpr (std::is_void_v<value>) {
                (*callable)();
            } else {
                shared->kept.emplace((*callable)());
            }
        } catch (...) {
            shared->failure = std::current_exception();
        }
    };
    co_await detail::run_elsewhere(pool, std::move(job));
    if (shared->failure) std::rethrow_exception(shared->failure);
    if constexpr (!std::is_void_v<value>) co_return std::move(*shared->kept);
}

}  // namespace chatrixcd::base
