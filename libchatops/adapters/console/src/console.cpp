// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/chatops/adapters/console.hpp>

#include <cstddef>
#include <deque>
#include <map>
#include <utility>

#include <chatrixcd/base/notifier.hpp>

namespace chatrixcd::chatops::adapters {

using base::error;
using base::error_kind;
using boost::asio::awaitable;

namespace {

constexpr std::size_t most_tries = 3;
constexpr std::size_t remembered = 1024;  // keys, and messages that can be edited

// The last entries by key; the oldest is forgotten first.
class recent {
public:
    std::string* find(std::string const& key) {
        auto const it = values_.find(key);
        return it == values_.end() ? nullptr : &it->second;
    }
    void put(std::string const& key, std::string value) {
        if (values_.insert_or_assign(key, std::move(value)).second) order_.push_back(key);
        if (order_.size() <= remembered) return;
        values_.erase(order_.front());
        order_.pop_front();
    }
    void erase(std::string const& key) {
        if (values_.erase(key) > 0) std::erase(order_, key);
    }

private:
    std::map<std::string, std::string> values_;
    std::deque<std::string> order_;
};

}  // namespace

struct console::state {
    state(boost::asio::any_io_executor executor, base::clock& clock, console_options with, output to)
        : time(clock),
          options(std::move(with)),
          show(std::move(to)),
          arrived(std::move(executor)),
          session(std::to_string(clock.now().time_since_epoch().count())) {}

    base::clock& time;
    console_options options;
    output show;
    base::notifier arrived;
    std::string session;  // when this console began: makes its ids differ from those of others
    std::size_t ids = 0;
    std::deque<chat::message> inbox;
    bool handed_out = false;  // the first of the inbox
    std::size_t tries = 0;    // of the first
    recent sent;              // key → id
    recent shown;             // id → what was shown last

    std::string new_id() { return session + "-" + std::to_string(++ids); }

    void first_is_done() {
        inbox.pop_front();
        handed_out = false;
        tries = 0;
        arrived.notify_all();
    }
    chat::message_id remember(chat::outgoing const& what, std::string id) {
        sent.put(what.key, id);
        chat::message_id out;
        out.value = std::move(id);
        return out;
    }
};

class console::console_delivery final : public chat::delivery {
public:
    console_delivery(std::shared_ptr<state> owner, chat::message content) : state_(std::move(owner)), content_(std::move(content)) {}

    chat::message const& content() const noexcept override { return content_; }
    awaitable<void> acknowledge() override {
        if (is_current()) state_->first_is_done();
        co_return;
    }
    awaitable<bool> failed(std::string) override {
        if (!is_current()) co_return false;
        if (++state_->tries >= most_tries) {
            state_->first_is_done();
            co_return true;
        }
        state_->handed_out = false;
        state_->arrived.notify_all();
        co_return false;
    }

private:
    bool is_current() const { return state_->handed_out && state_->inbox.front().from == content_.from; }

    std::shared_ptr<state> state_;
    chat::message content_;
};

console::console(boost::asio::any_io_executor executor, base::clock& time, console_options options, output show)
    : state_(std::make_shared<state>(std::move(executor), time, std::move(options), std::move(show))) {}
console::~console() = default;

std::string console::say(std::string text) {
    chat::message said;
    said.from.service = state_->options.name;
    said.from.account = state_->options.account;
    said.from.room = state_->options.room;
    said.from.event = state_->new_id();
    said.author.user = state_->options.user;
    said.text = std::move(text);
    said.sent = state_->time.now();
    said.received = said.sent;
    said.trace = "console-" + said.from.event;
    auto event = said.from.event;
    state_->inbox.push_back(std::move(said));
    state_->arrived.notify_all();
    return event;
}

void console::set_style(terminal_style style) { state_->options.style = style; }
std::string console::name() const { return state_->options.name; }
std::string console::account() const { return state_->options.account; }

awaitable<chat::result<std::unique_ptr<chat::delivery>>> console::next() {
    auto const mine = state_;
    while (mine->handed_out || mine->inbox.empty()) co_await mine->arrived.wait();
    mine->handed_out = true;
    std::unique_ptr<chat::delivery> out = std::make_unique<console_delivery>(mine, mine->inbox.front());
    ++mine->inbox.front().attempt;
    co_return out;
}

awaitable<chat::result<chat::message_id>> console::send(chat::outgoing what) {
    chat::message_id id;
    if (auto const* const before = state_->sent.find(what.key)) {
        id.value = *before;
        co_return id;
    }
    if (what.room != state_->options.room) co_return error(error_kind::forbidden, "There is no room " + what.room + " at the console.");
    id = state_->remember(what, state_->new_id());
    auto text = render_terminal(what.content, state_->options.style);
    state_->shown.put(id.value, text);
    state_->show(std::move(text));
    co_return id;
}

awaitable<chat::result<chat::message_id>> console::edit(chat::message_id target, chat::outgoing what) {
    chat::message_id id;
    if (auto const* const before = state_->sent.find(what.key)) {
        id.value = *before;
        co_return id;
    }
    auto* const last = state_->shown.find(target.value);
    if (last == nullptr) co_return error(error_kind::not_found, "There is no message " + target.value + " at the console.");
    id = state_->remember(what, state_->new_id());
    auto text = render_terminal(what.content, state_->options.style);
    if (text != *last) {
        *last = text;
        state_->show(std::move(text));
    }
    co_return id;
}

awaitable<chat::result<chat::message_id>> console::react(std::string, std::string, std::string, std::string) {
    co_return error(error_kind::unsupported, "The console has no reactions.");
}

awaitable<chat::result<void>> console::redact(std::string, std::string event, std::string, std::string) {
    if (state_->shown.find(event) == nullptr) co_return chat::result<void>();
    state_->shown.erase(event);
    state_->show("(a message was removed)\n");
    co_return chat::result<void>();
}

awaitable<chat::result<void>> console::typing(std::string, bool) { co_return chat::result<void>(); }
awaitable<chat::result<void>> console::mark_read(std::string, std::string) { co_return chat::result<void>(); }

awaitable<chat::result<std::vector<std::string>>> console::members(std::string room) {
    if (room != state_->options.room) co_return error(error_kind::not_found, "There is no room " + room + " at the console.");
    std::vector<std::string> out;
    out.push_back(state_->options.account);
    out.push_back(state_->options.user);
    co_return out;
}

}  // namespace chatrixcd::chatops::adapters
