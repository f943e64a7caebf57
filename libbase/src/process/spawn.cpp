// SPDX-License-Identifier: Apache-2.0
#include <signal.h>

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

#include <chatrixcd/base/process.hpp>

#include "process/program.hpp"
#include "process/supervised.hpp"

namespace chatrixcd::base {

namespace {

namespace asio = boost::asio;
using supervisor::report;
using supervisor::supervised;

class supervised_process final : public process {
public:
    explicit supervised_process(std::shared_ptr<supervised> below) : below_(std::move(below)) {}
    ~supervised_process() override { below_->abandon(); }

    void started_as(pid_t pid) { pid_ = pid; }
    pid_t pid() const noexcept override { return pid_; }
    void terminate() override { below_->order(supervisor::order_terminate); }
    void kill() override { below_->order(supervisor::order_kill); }

    asio::awaitable<process_event> next() override {
        process_output output;
        output.bytes = co_await below_->read_output();
        if (!output.bytes.empty()) {
            // Data that is there already is read without suspending: a fast writer must not keep the loop from everybody else.
            auto const executor = co_await asio::this_coro::executor;
            co_await asio::post(executor, asio::use_awaitable);
            co_return process_event(std::move(output));
        }
        auto const last = co_await below_->last_report();
        process_exit exit;
        // A supervisor that says nothing was killed, and its job with it.
        if (!last) exit.signal = SIGKILL;
        if (last && last->what == report::kind::exited) exit.status = last->number;
        if (last && last->what == report::kind::signalled) exit.signal = last->number;
        co_return process_event(exit);
    }

private:
    std::shared_ptr<supervised> below_;
    pid_t pid_ = 0;
};

error refusal(report const& failed, std::string const& program, std::string const& folder) {
    auto const why = std::generic_category().message(failed.number);
    if (failed.at == report::step::set_up) return error(error_kind::environment, "no process can be started: " + why);
    if (failed.at == report::step::folder) return error(error_kind::environment, "the folder " + folder + " cannot be entered: " + why);
    switch (failed.number) {
        case ENOENT:
        case ENOTDIR:
            return error(error_kind::not_found, "there is no program " + program + ", or not what it is to be interpreted by");
        case EACCES:
        case EPERM:
        case ENOEXEC:
            return error(error_kind::forbidden, "the program " + program + " is not executable: " + why);
        case E2BIG:
            return error(error_kind::invalid, "the arguments and the environment of " + program + " are too long");
        default:
            return error(error_kind::environment, "the program " + program + " cannot be started: " + why);
    }
}

}  // namespace

asio::awaitable<result<std::unique_ptr<process>>> spawn(asio::any_io_executor executor, process_spec spec) {
    auto const folder = spec.folder;
    auto ready = supervisor::program::prepare(std::move(spec));
    if (!ready) co_return ready.error();
    std::string const path = ready->path();
    auto forked = supervised::fork(executor, std::move(*ready));
    if (!forked) co_return forked.error();
    // Owns it from here on: a cancelled start kills what it has started.
    auto started = std::make_unique<supervised_process>(*forked);
    auto const first = co_await (*forked)->first_report();
    if (!first) co_return error(error_kind::environment, "the supervisor of " + path + " ended before it could start it");
    if (first->what != report::kind::started) {
        co_await (*forked)->last_report();  // there is none, but nothing is left behind either
        co_return refusal(*first, path, folder);
    }
    started->started_as(first->number);
    co_return std::move(started);
}

}  // namespace chatrixcd::base
