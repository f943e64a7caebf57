// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/chatops/testing/scripted_chat.hpp>

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include <chatrixcd/base/notifier.hpp>
#include <chatrixcd/chatops/render.hpp>

namespace chatrixcd::chatops::testing {

using base::error;
using base::error_kind;
using boost::asio::awaitable;

namespace {

constexpr auto for_ever = std::chrono::hours(24 * 365 * 10);
constexpr std::size_t most_tries = 3;

struct inbound {
    chat::message content;
    std::size_t tries = 0;
    bool handed_out = false;
};

}  // namespace

struct scripted_chat::state {
    state(boost::asio::any_io_executor executor, base::clock& clock, std::string service, std::string user)
        : time(clock), name(std::move(service)), account(std::move(user)), arrived(std::move(executor)) {}

    base::clock& time;
    std::string name;
    std::string account;
    base::notifier arrived;
    std::size_t process = 0;  // how often the bot was restarted
    std::size_t events = 0;
    base::duration latency{0};
    std::deque<send_fault> faults;
    std::deque<inbound> inbox;  // in the order of arrival
    std::vector<chat::message> said;
    std::vector<std::string> set_aside;
    std::optional<std::vector<chat::awaited_answer>> awaited;
    std::vector<shown_message> transcript;
    std::map<std::string, std::string> sent;  // key → what it made
    std::map<std::string, chat::sender> senders;
    std::map<std::string, std::vector<std::string>> rooms;

    std::string new_event() { return "$" + std::to_string(++events); }

    shown_message* find(std::string const& event) {
        auto const it = std::find_if(transcript.begin(), transcript.end(), [&](shown_message const& m) { return m.event == event; });
        return it == transcript.end() ? nullptr : &*it;
    }
    // The oldest message that may be handed out: none of its room is under way.
    inbound* next() {
        std::set<std::string> busy;
        for (auto& each : inbox) {
            if (each.handed_out) {
                busy.insert(each.content.from.room);
            } else if (!busy.contains(each.content.from.room)) {
                return &each;
            }
        }
        return nullptr;
    }
    inbound* in_inbox(chat::origin const& from) {
        auto const it =
            std::find_if(inbox.begin(), inbox.end(), [&](inbound const& each) { return each.handed_out && each.content.from == from; });
        return it == inbox.end() ? nullptr : &*it;
    }
    void remove(chat::origin const& from) {
        auto const it =
            std::find_if(inbox.begin(), inbox.end(), [&](inbound const& each) { return each.handed_out && each.content.from == from; });
        if (it != inbox.end()) inbox.erase(it);
        arrived.notify_all();
    }

    // Runs `work`, which makes the id, with the scripted faults around it; the same key gives the same id without running it again.
    template <class Work>
    static awaitable<chat::result<chat::message_id>> once(std::shared_ptr<state> self, std::string key, Work work) {
        std::optional<send_fault> fault;
        if (!self->faults.empty()) {
            fault = self->faults.front();
            self->faults.pop_front();
        }
        if (fault == send_fault::hangs_before) co_await self->time.sleep(for_ever);
        if (fault == send_fault::refused) co_return error(error_kind::forbidden, "The chat refused the message.");
        if (self->latency > base::duration(0)) co_await self->time.sleep(self->latency);
        chat::message_id id;
        if (auto const before = self->sent.find(key); before != self->sent.end()) {
            id.value = before->second;
        } else {
            auto made = work(*self);
            if (!made) co_return made.error();
            id.value = *made;
            self->sent.emplace(std::move(key), id.value);
        }
        if (fault == send_fault::hangs_after) co_await self->time.sleep(for_ever);
        co_return id;
    }
};

class scripted_chat::scripted_delivery final : public chat::delivery {
public:
    scripted_delivery(std::shared_ptr<state> owner, chat::message content)
        : state_(std::move(owner)), process_(state_->process), content_(std::move(content)) {}

    chat::message const& content() const noexcept override { return content_; }
    awaitable<void> acknowledge() override {
        if (process_ == state_->process) state_->remove(content_.from);
        co_return;
    }
    awaitable<bool> failed(std::string) override {
        if (process_ != state_->process) co_return false;
        auto* const mine = state_->in_inbox(content_.from);
        if (mine == nullptr) co_return false;
        if (++mine->tries >= most_tries) {
            state_->set_aside.push_back(content_.from.event);
            state_->remove(content_.from);
            co_return true;
        }
        mine->handed_out = false;
        state_->arrived.notify_all();
        co_return false;
    }

private:
    std::shared_ptr<state> state_;
    std::size_t process_;
    chat::message content_;
};

scripted_chat::scripted_chat(boost::asio::any_io_executor executor, base::clock& time, std::string name, std::string account)
    : state_(std::make_shared<state>(std::move(executor), time, std::move(name), std::move(account))) {}
scripted_chat::~scripted_chat() = default;

void scripted_chat::join(std::string room, std::string user) {
    auto& members = state_->rooms[room];
    if (members.empty()) members.push_back(state_->account);
    if (std::find(members.begin(), members.end(), user) == members.end()) members.push_back(std::move(user));
}

void scripted_chat::set_trust(std::string user, std::string device, chat::trust_level trust) {
    auto& sender = state_->senders[user];
    sender.user = std::move(user);
    sender.device = std::move(device);
    sender.trust = trust;
}

void scripted_chat::set_doubts(std::string const& user, bool doubted, bool late) {
    auto& sender = state_->senders[user];
    sender.user = user;
    sender.doubted = doubted;
    sender.late = late;
}

std::string scripted_chat::says(std::string user, std::string room, std::string text) {
    return say(std::move(user), std::move(room), std::nullopt, std::move(text));
}

std::string scripted_chat::says_in_thread(std::string user, std::string room, std::string thread, std::string text) {
    return say(std::move(user), std::move(room), std::move(thread), std::move(text));
}

std::string scripted_chat::say(std::string user, std::string room, std::optional<std::string> thread, std::string text) {
    join(room, user);
    auto& sender = state_->senders[user];
    sender.user = user;
    chat::message said;
    said.from.service = state_->name;
    said.from.account = state_->account;
    said.from.room = room;
    said.from.event = state_->new_event();
    said.author = sender;
    said.text = text;
    said.thread = thread;
    said.sent = state_->time.now();
    said.received = said.sent;
    said.trace = "trace-" + said.from.event.substr(1);
    state_->said.push_back(said);

    shown_message shown;
    shown.room = std::move(room);
    shown.event = said.from.event;
    shown.author = std::move(user);
    shown.text = std::move(text);
    shown.thread = std::move(thread).value_or("");
    state_->transcript.push_back(std::move(shown));

    auto event = said.from.event;
    inbound arriving;
    arriving.content = std::move(said);
    state_->inbox.push_back(std::move(arriving));
    state_->arrived.notify_all();
    return event;
}

void scripted_chat::deliver_again(std::string event) {
    for (auto const& message : state_->said) {
        if (message.from.event != event) continue;
        inbound again;
        again.content = message;
        state_->inbox.push_back(std::move(again));
        state_->arrived.notify_all();
        return;
    }
}

void scripted_chat::restart() {
    ++state_->process;
    state_->awaited.reset();
    for (auto& each : state_->inbox) each.handed_out = false;
    state_->arrived.notify_all();
}

void scripted_chat::next_send(send_fault fault) { state_->faults.push_back(fault); }
void scripted_chat::set_latency(base::duration span) { state_->latency = span; }
std::vector<shown_message> const& scripted_chat::transcript() const noexcept { return state_->transcript; }

std::vector<shown_message> scripted_chat::bot_messages() const {
    std::vector<shown_message> out;
    for (auto const& message : state_->transcript) {
        if (message.author == state_->account) out.push_back(message);
    }
    return out;
}

std::string scripted_chat::transcript_text() const {
    std::string out;
    for (auto const& message : state_->transcript) {
        out += message.author.substr(0, message.author.find(':')) + ": ";
        out += message.redacted ? "(removed)" : message.text;
        if (message.edits == 1) out += " (edited)";
        if (message.edits > 1) out += " (edited " + std::to_string(message.edits) + "×)";
        for (auto const& symbol : message.reactions) out += " [" + symbol + "]";
        out += '\n';
    }
    return out;
}

std::size_t scripted_chat::unacknowledged() const noexcept { return state_->inbox.size(); }
std::vector<std::string> scripted_chat::set_aside() const { return state_->set_aside; }
std::optional<std::vector<chat::awaited_answer>> const& scripted_chat::awaited() const noexcept { return state_->awaited; }
awaitable<chat::result<std::vector<std::string>>> scripted_chat::remarks() {
    if (!remarks_) co_await state_->time.sleep(for_ever);
    co_return remarks_.value_or(std::vector<std::string>());
}

void scripted_chat::expect_answers(std::vector<chat::awaited_answer> all) { state_->awaited = std::move(all); }
std::string scripted_chat::name() const { return state_->name; }
std::string scripted_chat::account() const { return state_->account; }

awaitable<chat::result<std::unique_ptr<chat::delivery>>> scripted_chat::next() {
    auto const mine = state_;
    auto const process = mine->process;
    for (;;) {
        // A wait of the old process must not take what the new one is to get.
        auto* const ready = process == mine->process ? mine->next() : nullptr;
        if (ready != nullptr) {
            ready->handed_out = true;
            std::unique_ptr<chat::delivery> out = std::make_unique<scripted_delivery>(mine, ready->content);
            ++ready->content.attempt;
            co_return out;
        }
        co_await mine->arrived.wait();
    }
}

awaitable<chat::result<chat::message_id>> scripted_chat::send(chat::outgoing what) {
    auto key = what.key;
    auto work = [what = std::move(what)](state& in) mutable -> chat::result<std::string> {
        if (!in.rooms.contains(what.room)) return error(error_kind::forbidden, "I am not in the room " + what.room + ".");
        shown_message shown;
        shown.room = std::move(what.room);
        shown.event = in.new_event();
        shown.author = in.account;
        shown.text = render_plain(what.content);
        shown.content = std::move(what.content);
        shown.reply_to = what.reply_to.value_or("");
        shown.thread = what.thread.value_or("");
        shown.notify = what.notify;
        in.transcript.push_back(std::move(shown));
        return in.transcript.back().event;
    };
    return state::once(state_, std::move(key), std::move(work));
}

awaitable<chat::result<chat::message_id>> scripted_chat::edit(chat::message_id target, chat::outgoing what) {
    auto key = what.key;
    auto work = [target = std::move(target), what = std::move(what)](state& in) mutable -> chat::result<std::string> {
        auto* const shown = in.find(target.value);
        if (shown == nullptr || shown->redacted) return error(error_kind::not_found, "There is no message " + target.value + ".");
        if (shown->author != in.account) return error(error_kind::forbidden, "The message " + target.value + " is somebody else's.");
        shown->text = render_plain(what.content);
        shown->content = std::move(what.content);
        ++shown->edits;
        return in.new_event();
    };
    return state::once(state_, std::move(key), std::move(work));
}

awaitable<chat::result<chat::message_id>> scripted_chat::react(std::string, std::string event, std::string key, std::string symbol) {
    auto work = [event = std::move(event), symbol = std::move(symbol)](state& in) mutable -> chat::result<std::string> {
        auto* const shown = in.find(event);
        if (shown == nullptr) return error(error_kind::not_found, "There is no message " + event + ".");
        shown->reactions.push_back(std::move(symbol));
        return in.new_event();
    };
    return state::once(state_, std::move(key), std::move(work));
}

awaitable<chat::result<void>> scripted_chat::redact(std::string, std::string event, std::string, std::string) {
    auto* const shown = state_->find(event);
    if (shown == nullptr) co_return error(error_kind::not_found, "There is no message " + event + ".");
    shown->redacted = true;
    co_return chat::result<void>();
}

awaitable<chat::result<void>> scripted_chat::typing(std::string, bool) { co_return chat::result<void>(); }
awaitable<chat::result<void>> scripted_chat::mark_read(std::string, std::string) { co_return chat::result<void>(); }

awaitable<chat::result<std::vector<std::string>>> scripted_chat::members(std::string room) {
    auto const it = state_->rooms.find(room);
    if (it == state_->rooms.end()) co_return error(error_kind::not_found, "I am not in the room " + room + ".");
    co_return it->second;
}

}  // namespace chatrixcd::chatops::testing
