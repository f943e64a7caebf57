// SPDX-License-Identifier: Apache-2.0
#include "inbox/hand_over.hpp"

#include <chatrixcd/matrix/delivery.hpp>

namespace chatrixcd::matrix {

namespace asio = boost::asio;

namespace detail {

void hand_over::say(verdict word, std::string reason) {
    if (word_) return;
    word_ = word;
    reason_ = std::move(reason);
    changed_.notify_all();
}

asio::awaitable<void> hand_over::settled() {
    while (!settled_) co_await changed_.wait();
}

asio::awaitable<verdict> hand_over::word() {
    while (!word_) co_await changed_.wait();
    co_return *word_;
}

void hand_over::settle(bool aside) {
    settled_ = true;
    aside_ = aside;
    changed_.notify_all();
}

}  // namespace detail

delivery::delivery(matrix::message content, std::shared_ptr<detail::hand_over> place)
    : message_(std::move(content)), place_(std::move(place)) {}

delivery& delivery::operator=(delivery&& other) noexcept {
    if (this != &other) {
        if (place_) place_->say(detail::verdict::dropped);
        message_ = std::move(other.message_);
        place_ = std::move(other.place_);
    }
    return *this;
}

delivery::~delivery() {
    if (place_) place_->say(detail::verdict::dropped);
}

asio::awaitable<void> delivery::acknowledge() {
    place_->say(detail::verdict::done);
    co_await place_->settled();
}

asio::awaitable<bool> delivery::failed(std::string reason) {
    place_->say(detail::verdict::failed, std::move(reason));
    co_await place_->settled();
    co_return place_->was_set_aside();
}

}  // namespace chatrixcd::matrix
