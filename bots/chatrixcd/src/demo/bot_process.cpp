// SPDX-License-Identifier: Apache-2.0
#include "demo/bot_process.hpp"

#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>
#include <chatrixcd/base/files.hpp>
#include <chatrixcd/base/timeout.hpp>
#include <exception>
#include <filesystem>
#include <fstream>

#include "exit_code.hpp"

namespace chatrixcd::bot {

namespace asio = boost::asio;
using asio::awaitable;

namespace {

// A wrong configuration or login stays wrong.
bool may_come_back(int status) { return status != static_cast<int>(exit_code::usage) && status != static_cast<int>(exit_code::login); }

}  // namespace

bot_process::bot_process(asio::any_io_executor executor, base::clock& time, base::process_spec spec, std::string log_file,
                         std::function<void(std::string)> told)
    : executor_(std::move(executor)), time_(&time), spec_(std::move(spec)), log_file_(std::move(log_file)), told_(std::move(told)) {}

awaitable<void> bot_process::keep_running() {
    std::exception_ptr cut;
    try {
        for (;;) {
            auto started = co_await base::spawn(executor_, spec_);
            if (!started) {
                told_("the bot cannot be started: " + started.error().describe());
                co_return;
            }
            running_ = std::move(*started);
            base::process_exit const ended = co_await watch();
            running_.reset();
            if (ended.signal == 0 && !may_come_back(ended.status)) {
                told_("the bot ended with exit status " + std::to_string(ended.status) + " and cannot go on; its log: " + log_file_);
                co_return;
            }
            if (ended.signal != 0) {
                told_("the bot was killed by signal " + std::to_string(ended.signal) + "; starting it again");
            } else {
                told_("the bot ended with exit status " + std::to_string(ended.status) + "; starting it again (its log: " + log_file_ +
                      ")");
            }
            co_await time_->sleep(std::chrono::seconds(1));
        }
    } catch (boost::system::system_error const&) {
        cut = std::current_exception();
    }
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    co_await end_it();
    std::rethrow_exception(cut);
}

awaitable<base::process_exit> bot_process::watch() {
    // For the owner alone, as everything of the demo.
    if (!std::filesystem::exists(log_file_)) (void)base::write_file(log_file_, "");
    std::ofstream log(log_file_, std::ios::app);
    for (;;) {
        base::process_event event = co_await running_->next();
        if (auto const* piece = std::get_if<base::process_output>(&event)) {
            log << piece->bytes << std::flush;
            continue;
        }
        co_return std::get<base::process_exit>(event);
    }
}

awaitable<void> bot_process::end_it() {
    if (!running_) co_return;
    running_->terminate();
    auto const ended = co_await base::with_timeout(*time_, watch(), std::chrono::seconds(5));
    if (!ended) {
        running_->kill();
        co_await watch();
    }
    running_.reset();
}

void bot_process::kill() {
    if (running_) running_->kill();
}

}  // namespace chatrixcd::bot
