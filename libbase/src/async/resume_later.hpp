// SPDX-License-Identifier: Apache-2.0
// The way back from another thread to a waiting coroutine.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <functional>
#include <memory>
#include <utility>

namespace chatrixcd::base::async {

// Turns the completion handler of a waiting coroutine into a function for any thread, to be called once: it posts the handler to
// the coroutine's own executor, whose loop is kept running until then. It never resumes the coroutine inside the call. No
// cancellation slot is connected: a cancelled coroutine goes on waiting, and nothing it refers to goes away.
template <class Result, class Handler>
std::function<void(Result)> resume_later(Handler handler) {
    struct waiting {
        explicit waiting(Handler&& h) : work(boost::asio::make_work_guard(h)), handler(std::move(h)) {}
        boost::asio::executor_work_guard<boost::asio::associated_executor_t<Handler>> work;
        Handler handler;
    };
    auto kept = std::make_shared<waiting>(std::move(handler));
    return [kept](Result outcome) {
        auto resume = [h = std::move(kept->handler), outcome = std::move(outcome)]() mutable { std::move(h)(std::move(outcome)); };
        boost::asio::post(kept->work.get_executor(), std::move(resume));
        kept->work.reset();
    };
}

}  // namespace chatrixcd::base::async
