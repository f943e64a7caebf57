// SPDX-License-Identifier: Apache-2.0
// Wakes long polls. A key is a room id or a user id; whoever changes something wakes its keys after the commit. Nothing is lost between
// a look and a wait: the waiter takes a mark before it looks, and asks whether its keys were woken since. For the loop's thread alone.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include <chatrixcd/base/notifier.hpp>

namespace chatrixcd::homeserver {

class hub {
public:
    using keys = std::vector<std::string>;
    using mark = std::uint64_t;

    explicit hub(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}

    void wake(keys const& changed);
    // Wakes everybody, for good: from now on nobody waits.
    void stop();
    bool stopped() const noexcept { return stopped_; }
    mark now() const noexcept { return count_; }
    // May also say yes for keys whose last time was forgotten.
    bool woken_since(mark since, keys const& wanted) const;

    // One waiter and its keys; registered from its construction on. The hub must outlive it.
    class waiter {
    public:
        waiter(hub& of, keys wanted);
        ~waiter();
        waiter(waiter const&) = delete;
        waiter& operator=(waiter const&) = delete;

        // Returns true once one of the keys is woken. Ends with system_error(operation_aborted) when cancelled.
        boost::asio::awaitable<bool> wait();

    private:
        friend class hub;
        hub& hub_;
        keys keys_;
        base::notifier changed_;
        bool woken_ = false;
    };

private:
    // Past this, all are forgotten: everybody looks again once.
    static constexpr std::size_t most_keys = 10000;

    boost::asio::any_io_executor executor_;
    std::unordered_multimap<std::string, waiter*> waiters_;
    std::unordered_map<std::string, mark> last_;
    mark count_ = 0;
    mark forgotten_ = 0;
    bool stopped_ = false;
};

}  // namespace chatrixcd::homeserver
