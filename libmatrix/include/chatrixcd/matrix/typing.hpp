// SPDX-License-Identifier: Apache-2.0
// Shows "is typing" for as long as a program works on an answer.
#pragma once

#include <memory>
#include <utility>

namespace chatrixcd::matrix {

namespace detail {
class typing_hold;
}  // namespace detail

// From room::show_typing(): people in the room see that we type until the last guard of the room is gone, with one request every 20 s. Best
// effort: a request that fails is not repeated, and after a crash the homeserver hides it within 30 s. Must not outlive its client; used on
// the client's executor.
class typing_guard {
public:
    typing_guard() = default;
    explicit typing_guard(std::shared_ptr<detail::typing_hold> hold);
    ~typing_guard();
    typing_guard(typing_guard&& other) noexcept : hold_(std::move(other.hold_)) {}
    typing_guard& operator=(typing_guard&& other) noexcept;
    typing_guard(typing_guard const&) = delete;
    typing_guard& operator=(typing_guard const&) = delete;

    // Ends it early.
    void release() noexcept;

private:
    std::shared_ptr<detail::typing_hold> hold_;
};

}  // namespace chatrixcd::matrix
