// SPDX-License-Identifier: Apache-2.0
// The real clock with a quick tongue: waiting takes a four-hundredth of what is asked for. For the parts of a bot that wait by design.
#pragma once

#include <algorithm>
#include <memory>

#include <chatrixcd/base/clock.hpp>

namespace chatrixcd::test {

class hasty_clock final : public base::clock {
public:
    base::time_point now() const override { return real_->now(); }
    base::duration uptime() const override { return real_->uptime() * factor; }
    boost::asio::awaitable<bool> wait(base::duration span) override {
        return real_->wait(span.count() > 0 ? std::max(span / factor, base::duration(1)) : span);
    }

private:
    static constexpr int factor = 400;
    std::unique_ptr<base::clock> real_ = base::make_system_clock();
};

}  // namespace chatrixcd::test
