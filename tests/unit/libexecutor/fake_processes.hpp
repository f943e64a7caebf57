// SPDX-License-Identifier: Apache-2.0
// Processes that a test plays by hand.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <chatrixcd/base/notifier.hpp>
#include <chatrixcd/executor/spawner.hpp>

namespace chatrixcd::test {

namespace asio = boost::asio;

// One process, as the test sees it.
struct played_process {
    explicit played_process(asio::any_io_executor executor) : changed(std::move(executor)) {}

    void write(std::string bytes) { push(base::process_output{std::move(bytes)}); }
    void exit(int status) { push(base::process_exit{status, 0}); }
    void die(int signal) { push(base::process_exit{0, signal}); }
    void push(base::process_event event) {
        events.push_back(std::move(event));
        changed.notify_all();
    }
    std::string variable(std::string const& name) const {
        for (auto const& [key, value] : spec.environment) {
            if (key == name) return value;
        }
        return {};
    }

    base::process_spec spec;
    base::notifier changed;
    std::deque<base::process_event> events;
    int terminated = 0;
    int killed = 0;
    bool obeys = true;  // ends on SIGTERM
    bool gone = false;  // its owner has let it go
};

class fake_spawner final : public executor::spawner {
public:
    asio::awaitable<base::result<std::unique_ptr<base::process>>> spawn(asio::any_io_executor on, base::process_spec what) override {
        if (before_spawn) before_spawn(what);
        if (refuse) co_return *refuse;
        auto played = std::make_shared<played_process>(on);
        played->spec = std::move(what);
        played->obeys = obedient;
        started.push_back(played);
        std::unique_ptr<base::process> process = std::make_unique<handle>(played);
        co_return process;
    }

    std::vector<std::shared_ptr<played_process>> started;
    std::optional<base::error> refuse;
    std::function<void(base::process_spec const&)> before_spawn;
    bool obedient = true;

private:
    class handle final : public base::process {
    public:
        explicit handle(std::shared_ptr<played_process> played) : played_(std::move(played)) {}
        ~handle() override { played_->gone = true; }
        pid_t pid() const noexcept override { return 1; }
        asio::awaitable<base::process_event> next() override {
            auto const played = played_;
            while (played->events.empty()) co_await played->changed.wait();
            auto event = std::move(played->events.front());
            played->events.pop_front();
            co_return event;
        }
        void terminate() override {
            ++played_->terminated;
            if (played_->obeys) played_->die(15);
        }
        void kill() override {
            ++played_->killed;
            played_->die(9);
        }

    private:
        std::shared_ptr<played_process> played_;
    };
};

}  // namespace chatrixcd::test
