// SPDX-License-Identifier: Apache-2.0
// Lines of local operators.
#include <exception>
#include <utility>

#include <chatrixcd/chatops/command/tokens.hpp>

#include "engine/guarded.hpp"
#include "engine/intake.hpp"

namespace chatrixcd::chatops {

namespace asio = boost::asio;

namespace {

constexpr std::size_t nonce_length = 22;

base::error not_open() { return {base::error_kind::unavailable, "the bot is not running, or is stopping"}; }

std::string account_of(actor const& who) {
    if (auto const* person = std::get_if<chat::sender>(&who)) return person->user;
    return std::get<local_operator>(who).name;
}

}  // namespace

// Shared between the caller and the task that does the work: either may be gone first.
struct intake::pending_call {
    explicit pending_call(asio::any_io_executor executor) : changed(std::move(executor)) {}
    journal::entry asked;
    bool done = false;
    base::result<view> value = not_open();
    base::notifier changed;
};

asio::awaitable<base::result<view>> intake::execute(actor who, std::string line) {
    if (!open_ || store_.is_broken()) co_return not_open();
    auto const words = after_prefix(line, prefix_).value_or(line);
    auto shared = std::make_shared<pending_call>(executor_);
    shared->asked.from.service = "operator";
    shared->asked.from.account = account_of(who);
    shared->asked.from.event = entropy_.token(nonce_length);
    shared->asked.who = std::move(who);
    shared->asked.line = words.empty() ? "help" : std::string(words);
    shared->asked.trace = entropy_.token(nonce_length);
    shared->asked.received = time_.now();
    tasks_.spawn(call(shared));
    while (!shared->done) co_await shared->changed.wait();
    co_return shared->value;
}

asio::awaitable<void> intake::call(std::shared_ptr<pending_call> what) {
    struct leave {
        intake& self;
        pending_call& call;
        leave(intake& s, pending_call& c) : self(s), call(c) { ++self.calls_; }
        leave(leave const&) = delete;
        ~leave() {
            --self.calls_;
            call.done = true;
            call.changed.notify_all();
            self.changed_.notify_all();
        }
    } const on_exit(*this, *what);
    auto const& asked = what->asked;
    auto commit = [asked](base::transaction& in) { return journal::insert(in, asked); };
    co_await store_.write(std::move(commit));
    log_.info("a command was received", {{"by", name_of(asked.who)}, {"trace", asked.trace}});
    auto with = co_await desk_.handle(asked);
    auto const how = with.how;
    auto value = how == journal::outcome::ran ? base::result<view>(with.shown) : base::result<view>(with.why);
    co_await conclude(asked, std::move(with));
    what->value = std::move(value);
}

}  // namespace chatrixcd::chatops
