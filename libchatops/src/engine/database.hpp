// SPDX-License-Identifier: Apache-2.0
// chatops.db as the engine's parts see it. The first failure to commit is final: what was not committed is done again after the next
// start, and going on would only multiply it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include <chatrixcd/base/store.hpp>

namespace chatrixcd::chatops {

class database {
public:
    // `broken` is called once, on the loop, when the store fails.
    explicit database(std::function<void()> broken) : told_(std::move(broken)) {}

    base::result<void> open(base::store_options options, std::unique_ptr<base::store_runner> runner) {
        auto opened = base::store::open(std::move(options), std::move(runner));
        if (!opened) return opened.error();
        store_ = std::move(*opened);
        return {};
    }
    void close() { store_.reset(); }
    bool is_open() const noexcept { return store_ != nullptr; }
    bool is_broken() const noexcept { return broken_; }
    std::string const& problem() const noexcept { return problem_; }

    // As base::store::write. Throws store_error at once when closed, and after the first failure.
    template <class F>
    boost::asio::awaitable<std::invoke_result_t<F&, base::transaction&>> write(F work) {
        if (broken_ || !store_) throw base::store_error(broken_ ? problem_ : "the store is closed");
        try {
            co_return co_await store_->write(std::move(work));
        } catch (base::constraint_violation const&) {
            throw;  // the closure's own affair
        } catch (base::store_error const& e) {
            note(e.what());
            throw;
        }
    }

private:
    void note(std::string problem) {
        if (std::exchange(broken_, true)) return;
        problem_ = std::move(problem);
        told_();
    }

    std::function<void()> told_;
    std::unique_ptr<base::store> store_;
    bool broken_ = false;
    std::string problem_;
};

}  // namespace chatrixcd::chatops
