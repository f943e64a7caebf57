// SPDX-License-Identifier: Apache-2.0
// A message handed out by client::next(), and the way to say that it need not come again.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>

#include <chatrixcd/matrix/message.hpp>

namespace chatrixcd::matrix {

namespace detail {
class hand_over;
}

// Move-only. Later messages of the same room wait for it. One that is dropped without a word comes again after a restart. One that a
// process did not survive comes again, however often: message().attempt() counts those, and whoever pulls decides when it is enough.
class delivery {
public:
    delivery(matrix::message content, std::shared_ptr<detail::hand_over> place);
    delivery(delivery&&) noexcept = default;
    delivery& operator=(delivery&&) noexcept;
    ~delivery();

    matrix::message const& message() const noexcept { return message_; }
    // Returns once it is committed that the message is done. Idempotent.
    boost::asio::awaitable<void> acknowledge();
    // It could not be handled: it comes again after a while; after three tries it is set aside with the reason. True if it now was.
    boost::asio::awaitable<bool> failed(std::string reason);

private:
    matrix::message message_;
    std::shared_ptr<detail::hand_over> place_;
};

}  // namespace chatrixcd::matrix
