// SPDX-License-Identifier: Apache-2.0
// executor.db, opened: closures whose failure is a value, and the news that something was committed.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include <chatrixcd/base/error.hpp>
#include <chatrixcd/base/notifier.hpp>
#include <chatrixcd/base/store.hpp>

namespace chatrixcd::executor {

class ledger {
public:
    explicit ledger(boost::asio::any_io_executor executor) : changed_(std::move(executor)) {}

    void open(std::unique_ptr<base::store> store) { store_ = std::move(store); }
    bool is_open() const noexcept { return store_ != nullptr; }
    // Waits for the closures that are queued.
    void close() {
        store_.reset();
        changed_.notify_all();
    }

    // Runs a closure that returns a value. Errors: environment, the store failed; unavailable, it is closed.
    template <class F>
    boost::asio::awaitable<base::result<std::invoke_result_t<F&, base::transaction&>>> attempt(F work) {
        std::string reason;
        if (!store_) co_return closed();
        try {
            auto value = co_await store_->write(std::move(work));
            co_return std::move(value);
        } catch (base::store_error const& e) {
            reason = e.what();
        }
        co_return failed(reason);
    }

    // What is committed up to this revision may be told.
    void publish(std::uint64_t revision) {
        if (revision <= revision_) return;
        revision_ = revision;
        changed_.notify_all();
    }
    std::uint64_t revision() const noexcept { return revision_; }
    base::notifier& changed() noexcept { return changed_; }

private:
    static base::error closed();
    static base::error failed(std::string const& reason);

    std::unique_ptr<base::store> store_;
    std::uint64_t revision_ = 0;
    base::notifier changed_;
};

}  // namespace chatrixcd::executor
