// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include <chatrixcd/base/timeout.hpp>

#include "chat_check.hpp"

namespace chatrixcd::chatops::testing {

using base::error_kind;
using boost::asio::awaitable;

namespace {

constexpr auto a_while = std::chrono::milliseconds(300);
constexpr std::size_t tries = 3;

}  // namespace

awaitable<std::vector<std::string>> check_chat_service(chat::service& service, chat_subject subject) {
    chat_check check(service, std::move(subject));
    co_return co_await check.all();
}

awaitable<std::vector<std::string>> chat_check::all() {
    run_ = std::to_string(subject_.time->now().time_since_epoch().count());
    co_await identity();
    co_await inbound();
    co_await failing();
    co_await outbound();
    co_await editing();
    co_await marking();
    if (subject_.restart) co_await restarting();
    co_return std::move(found_).take();
}

awaitable<chat_check::delivered> chat_check::expect_next(std::string text) {
    auto next = co_await base::with_timeout(*subject_.time, service_->next(), subject_.patience);
    if (!found_.expect(next.has_value(), "next(): \"" + text + "\" was not delivered in time")) co_return nullptr;
    if (!found_.expect_done(*next, "next()")) co_return nullptr;
    auto one = std::move(**next);
    if (!found_.expect(one != nullptr, "next(): the delivery is null")) co_return nullptr;
    found_.expect(one->content().text == text, "next(): expected \"" + text + "\", got \"" + one->content().text + "\"");
    co_return one;
}

awaitable<bool> chat_check::silent() {
    auto const next = co_await base::with_timeout(*subject_.time, service_->next(), a_while);
    co_return !next.has_value();
}

awaitable<std::size_t> chat_check::shown_times(std::string words) {
    auto const bodies = co_await subject_.sees();
    co_return static_cast<std::size_t>(
        std::count_if(bodies.begin(), bodies.end(), [&](std::string const& body) { return body.find(words) != std::string::npos; }));
}

chat::outgoing chat_check::message(std::string const& key, std::string text) const {
    return chat::outgoing(subject_.room, "check-" + run_ + "-" + key, view::of_text(std::move(text)));
}

awaitable<void> chat_check::identity() {
    found_.expect(!service_->name().empty(), "name() is empty");
    found_.expect(!service_->account().empty(), "account() is empty");
    auto const members = co_await service_->members(subject_.room);
    if (!found_.expect_done(members, "members()")) co_return;
    auto const is_member = [&](std::string const& user) { return std::find(members->begin(), members->end(), user) != members->end(); };
    found_.expect(is_member(service_->account()), "members(): our own account is missing");
    found_.expect(is_member(subject_.person), "members(): " + subject_.person + " is missing");
}

awaitable<void> chat_check::inbound() {
    std::string const first_text = "first " + run_;
    std::string const second_text = "second " + run_;
    auto const first_event = co_await subject_.says(first_text);
    auto const second_event = co_await subject_.says(second_text);
    auto const first = co_await expect_next(first_text);
    if (!first) co_return;
    auto const& content = first->content();
    found_.expect(content.from.event == first_event, "next(): the event's id is another one");
    found_.expect(content.from.room == subject_.room, "next(): the room is another one");
    found_.expect(content.from.service == service_->name(), "next(): the origin names another service than name()");
    found_.expect(content.from.account == service_->account(), "next(): the origin names another account than account()");
    found_.expect(content.author.user == subject_.person, "next(): the sender is another one");
    found_.expect(!content.trace.empty(), "next(): the trace is empty");
    co_await first->acknowledge();
    co_await first->acknowledge();  // must not hurt
    auto const second = co_await expect_next(second_text);
    if (!second) co_return;
    found_.expect(second->content().from.event == second_event, "next(): messages of a room come out of order");
    co_await second->acknowledge();
    bool const quiet = co_await silent();
    found_.expect(quiet, "next(): something was delivered that nobody said, or that was acknowledged");
}

awaitable<void> chat_check::failing() {
    std::string const text = "fails " + run_;
    auto const event = co_await subject_.says(text);
    for (std::size_t i = 1; i <= tries; ++i) {
        auto const one = co_await expect_next(text);
        if (!one) co_return;
        found_.expect(one->content().attempt == static_cast<std::int64_t>(i), "next(): attempt is not " + std::to_string(i));
        bool const last = co_await one->failed("the check says so");
        found_.expect(last == (i == tries), "failed(): try " + std::to_string(i) + " of 3 answers wrongly whether it was the last");
        if (last) break;
    }
    std::string const next_text = "after the failure " + run_;
    co_await subject_.says(next_text);
    auto const next = co_await expect_next(next_text);
    if (next) co_await next->acknowledge();
}

awaitable<void> chat_check::outbound() {
    auto const sent = co_await service_->send(message("send", "sent once " + run_));
    auto const again = co_await service_->send(message("send", "sent once " + run_));
    if (found_.expect_done(sent, "send()") && found_.expect_done(again, "send(), same key")) {
        found_.expect(!sent->value.empty(), "send(): the id is empty");
        found_.expect(*sent == *again, "send(): the same key gave another id");
    }
    auto const times = co_await shown_times("sent once " + run_);
    found_.expect(times == 1, "send(): the same key twice is shown " + std::to_string(times) + " times");
    auto const other = co_await service_->send(message("other", "sent twice " + run_));
    found_.expect(other.has_value() && sent.has_value() && *other != *sent, "send(): another key gave no message of its own");
    bool const quiet = co_await silent();
    found_.expect(quiet, "next(): our own message was delivered to us");
}

awaitable<void> chat_check::editing() {
    auto const sent = co_await service_->send(message("card", "card before " + run_));
    if (!found_.expect_done(sent, "send()")) co_return;
    auto const edited = co_await service_->edit(*sent, message("card-1", "card after " + run_));
    if (edited.has_value() || edited.error().kind() != error_kind::unsupported) {
        found_.expect_done(edited, "edit()");
        auto const again = co_await service_->edit(*sent, message("card-1", "card after " + run_));
        found_.expect(edited.has_value() && again.has_value() && *edited == *again, "edit(): the same key gave another id");
        auto const old = co_await shown_times("card before " + run_);
        auto const now = co_await shown_times("card after " + run_);
        found_.expect(old == 0 && now == 1, "edit(): the message does not show the new content once and the old one never");
    }
}

awaitable<void> chat_check::marking() {
    std::string const text = "mark me " + run_;
    auto const event = co_await subject_.says(text);
    auto const one = co_await expect_next(text);
    if (!one) co_return;
    co_await one->acknowledge();
    auto const marked = co_await service_->mark_read(subject_.room, event);
    found_.expect_done(marked, "mark_read()");
    auto const typing = co_await service_->typing(subject_.room, true);
    found_.expect_done(typing, "typing()");
    auto const idle = co_await service_->typing(subject_.room, false);
    found_.expect_done(idle, "typing(), off");
    std::string const key = "check-" + run_ + "-react";
    auto const reacted = co_await service_->react(subject_.room, event, key, "👀");
    if (reacted.has_value()) {
        auto const again = co_await service_->react(subject_.room, event, key, "👀");
        found_.expect(again.has_value() && *again == *reacted, "react(): the same key gave another id");
    } else {
        found_.expect_refused(reacted, error_kind::unsupported, "react()");
    }
    auto const sent = co_await service_->send(message("redact", "to be removed " + run_));
    if (!found_.expect_done(sent, "send()")) co_return;
    std::string const redact_key = "check-" + run_ + "-redaction";
    auto const redacted = co_await service_->redact(subject_.room, sent->value, redact_key, "the check says so");
    if (!found_.expect_done(redacted, "redact()")) co_return;
    auto const times = co_await shown_times("to be removed " + run_);
    found_.expect(times == 0, "redact(): the message is still shown");
}

awaitable<void> chat_check::restarting() {
    std::string const acknowledged_text = "acknowledged " + run_;
    std::string const open_text = "not acknowledged " + run_;
    co_await subject_.says(acknowledged_text);
    auto const acknowledged = co_await expect_next(acknowledged_text);
    if (acknowledged) co_await acknowledged->acknowledge();
    auto const event = co_await subject_.says(open_text);
    {
        auto const dropped = co_await expect_next(open_text);
        if (!dropped) co_return;
    }
    service_ = co_await subject_.restart();
    if (!found_.expect(service_ != nullptr, "the subject did not restart")) co_return;
    auto const again = co_await expect_next(open_text);
    if (again) {
        found_.expect(again->content().from.event == event, "restart: what was not acknowledged came with another origin");
        co_await again->acknowledge();
    }
    auto const sent = co_await service_->send(message("send", "sent once " + run_));
    found_.expect_done(sent, "send() of an old key after a restart");
    auto const times = co_await shown_times("sent once " + run_);
    found_.expect(times == 1, "restart: a key that was sent before is shown " + std::to_string(times) + " times");
    bool const quiet = co_await silent();
    found_.expect(quiet, "restart: something acknowledged was delivered again");
}

}  // namespace chatrixcd::chatops::testing
