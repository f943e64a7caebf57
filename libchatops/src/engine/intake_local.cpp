// SPDX-License-Identifier: Apache-2.0
// Lines of local operators.
#include <exception>
#include <memory>
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

// Lives as long as the task, even if that never ran: the caller must not wait for ever.
class intake::line_hold {
public:
    line_hold(intake& self, std::shared_ptr<pending_call> what) : self_(self), what_(std::move(what)) { ++self_.calls_; }
    line_hold(line_hold const&) = delete;
    line_hold& operator=(line_hold const&) = delete;
    ~line_hold() {
        --self_.calls_;
        what_->done = true;
        what_->changed.notify_all();
        self_.changed_.notify_all();
    }

private:
    intake& self_;
    std::shared_ptr<pending_call> what_;
};

asio::awaitable<base::result<view>> intake::execute(actor who, std::string words) {
    if (!open_ || store_.is_broken()) co_return not_open();
    auto const command_words = after_prefix(words, prefix_).value_or(words);
    auto shared = std::make_shared<pending_call>(executor_);
    shared->asked.from.service = "operator";
    shared->asked.from.account = account_of(who);
    shared->asked.from.event = entropy_.token(nonce_length);
    shared->asked.who = std::move(who);
    shared->asked.line = command_words.empty() ? "help" : std::string(command_words);
    shared->asked.trace = entropy_.token(nonce_length);
    shared->asked.received = time_.now();
    tasks_.spawn(call(shared, std::make_unique<line_hold>(*this, shared)));
    while (!shared->done) co_await shared->changed.wait();
    co_return shared->value;
}

asio::awaitable<void> intake::call(std::shared_ptr<pending_call> what, std::unique_ptr<line_hold>) {
    auto const& asked = what->asked;
    auto commit = [asked](base::transaction& in) { return journal::insert(in, asked); };
    co_await store_.write(std::move(commit));
    log_.info("a command was received", {{"by", name_of(asked.who)}, {"trace", asked.trace}});
    auto with = co_await desk_.handle(asked, surroundings());
    auto const how = with.how;
    auto value = how == journal::outcome::ran ? base::result<view>(with.shown) : base::result<view>(with.why);
    co_await conclude(asked, std::move(with));
    what->value = std::move(value);
}

}  // namespace chatrixcd::chatops
