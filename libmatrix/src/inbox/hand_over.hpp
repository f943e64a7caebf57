// SPDX-License-Identifier: Apache-2.0
// Where a pulled message passes from the dispatcher to its consumer, and the consumer's word passes back.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>

#include <chatrixcd/base/notifier.hpp>

#include "inbox/table.hpp"

namespace chatrixcd::matrix::detail {

enum class verdict : std::uint8_t {
    done,
    failed,     // the handler could not; counts as a try
    postponed,  // not the handler's fault: cancelled, or our own store failed; does not count
    dropped,    // not a word: waits for the next start
};

class hand_over {
public:
    hand_over(boost::asio::any_io_executor executor, inbox_row what) : row_(std::move(what)), changed_(std::move(executor)) {}

    inbox_row const& row() const noexcept { return row_; }

    // The consumer's side: says it (only the first word counts), and waits until it is committed or never will be.
    void say(verdict word, std::string reason = {});
    boost::asio::awaitable<void> settled();
    bool was_set_aside() const noexcept { return aside_; }

    // The dispatcher's side.
    boost::asio::awaitable<verdict> word();
    // Not a word, because we are stopping: postponed.
    verdict said() const noexcept { return word_.value_or(verdict::postponed); }
    std::string const& reason() const noexcept { return reason_; }
    void settle(bool aside);

private:
    inbox_row row_;
    base::notifier changed_;
    std::optional<verdict> word_;
    std::string reason_;
    bool settled_ = false;
    bool aside_ = false;
};

}  // namespace chatrixcd::matrix::detail
