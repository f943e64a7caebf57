// SPDX-License-Identifier: Apache-2.0
// A condition variable for coroutines of one executor: `while (!ready) co_await changed.wait();`. Waking is never lost
// between the check and the wait, because both run on the same thread.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <memory>

namespace chatrixcd::base {

class notifier {
public:
    explicit notifier(boost::asio::any_io_executor executor);
    ~notifier();
    notifier(notifier const&) = delete;
    notifier& operator=(notifier const&) = delete;

    // Resumes everybody who waits now.
    void notify_all();
    // Waits for the next notify_all(). Cancellation ends it with system_error(operation_aborted). The notifier must outlive the wait.
    boost::asio::awaitable<void> wait();
    // As wait(), but not ended by cancellation, which the caller sees at its next co_await.
    boost::asio::awaitable<void> wait_to_the_end();

private:
    struct state;
    std::shared_ptr<state> state_;
};

}  // namespace chatrixcd::base
