// SPDX-License-Identifier: Apache-2.0
// A bound on what is under way at once: who finds no place waits for one.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <memory>

#include <chatrixcd/base/notifier.hpp>

namespace chatrixcd::semaphore::detail {

// Used on one executor.
class places {
public:
    // At least one.
    explicit places(std::size_t most) : free_(most == 0 ? 1 : most) {}

    // A place, given back when it is destroyed. It must not outlive `places`.
    class taken {
    public:
        explicit taken(places& of) : of_(&of) {}
        taken(taken&& other) noexcept : of_(other.of_) { other.of_ = nullptr; }
        taken& operator=(taken&&) = delete;
        ~taken() {
            if (of_ != nullptr) of_->give_back();
        }

    private:
        places* of_;
    };

    // Cancellation ends the wait with system_error(operation_aborted).
    boost::asio::awaitable<taken> take();

private:
    void give_back();

    std::size_t free_;
    std::unique_ptr<base::notifier> changed_;
};

}  // namespace chatrixcd::semaphore::detail
