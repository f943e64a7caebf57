// SPDX-License-Identifier: Apache-2.0
#include "sim/chatops_power.hpp"

#include <utility>

namespace chatrixcd::test {

namespace {

class powered_delivery final : public chatops::chat::delivery {
public:
    powered_delivery(std::unique_ptr<delivery> inner, power& switched, std::optional<std::string> const& thread)
        : inner_(std::move(inner)), power_(switched), content_(inner_->content()) {
        if (thread) content_.thread = thread;
    }

    chatops::chat::message const& content() const noexcept override { return content_; }
    boost::asio::awaitable<void> acknowledge() override {
        if (power_.step("before acknowledge")) co_await power_.hang();
        co_await inner_->acknowledge();
        if (power_.step("after acknowledge")) co_await power_.hang();
    }
    boost::asio::awaitable<bool> failed(std::string reason) override { return power_.through("failed", inner_->failed(std::move(reason))); }

private:
    std::unique_ptr<delivery> inner_;
    power& power_;
    chatops::chat::message content_;
};

}  // namespace

powered_chat::call<std::unique_ptr<chatops::chat::delivery>> powered_chat::next() {
    if (power_.is_dead()) co_await power_.hang();
    auto got = co_await inner_.next();
    if (power_.step("after next")) co_await power_.hang();
    if (!got) co_return got.error();
    std::unique_ptr<chatops::chat::delivery> out = std::make_unique<powered_delivery>(std::move(*got), power_, thread_);
    co_return out;
}

powered_ci::call<chatops::ci::started> powered_ci::start(chatops::ci::plan exactly, chatops::ci::run_key key) {
    if (power_.step("before start")) co_await power_.hang();
    if (slow_ && slow_(exactly, key)) co_return base::error(base::error_kind::timeout_unknown, "The CI server has not answered in time.");
    auto answer = co_await inner_.start(std::move(exactly), std::move(key));
    if (power_.step("after start")) co_await power_.hang();
    co_return answer;
}

}  // namespace chatrixcd::test
