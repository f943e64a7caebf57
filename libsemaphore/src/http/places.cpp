// SPDX-License-Identifier: Apache-2.0
#include "http/places.hpp"

#include <boost/asio/this_coro.hpp>

namespace chatrixcd::semaphore::detail {

boost::asio::awaitable<places::taken> places::take() {
    if (!changed_) changed_ = std::make_unique<base::notifier>(co_await boost::asio::this_coro::executor);
    while (free_ == 0) co_await changed_->wait();
    --free_;
    co_return taken(*this);
}

void places::give_back() {
    ++free_;
    if (changed_) changed_->notify_all();
}

}  // namespace chatrixcd::semaphore::detail
