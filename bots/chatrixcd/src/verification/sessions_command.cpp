// SPDX-License-Identifier: Apache-2.0
#include "verification/sessions_command.hpp"

#include <chrono>
#include <optional>
#include <utility>

#include <chatrixcd/chatops/command/declare.hpp>
#include <chatrixcd/chatops/command/refusal.hpp>
#include <chatrixcd/matrix/fingerprint.hpp>

#include "verification/own_words.hpp"

namespace chatrixcd::bot {

namespace {

using base::error;
using base::error_kind;
using boost::asio::awaitable;
using chatops::context;
using chatops::line;
using chatops::result;
using chatops::view;

// Somebody waits for the answer.
constexpr base::duration patience = std::chrono::seconds(5);
// More fill a phone.
constexpr std::size_t most_shown = 30;

struct sessions_args {
    std::optional<std::string> what;
    std::optional<std::string> user;
    std::optional<std::string> device;
};

class sessions_handler {
public:
    sessions_handler(surroundings const& around, config const& settings, matrix::client& account)
        : time_(*around.time), settings_(settings), account_(account) {}

    awaitable<result<view>> run(context& asked, sessions_args args) const {
        if (settings_.matrix.encryption != "on") {
            co_return error(error_kind::unsupported, "Encryption is off, so there are no sessions.")
                .with_hint("`matrix.encryption: on` in the configuration switches it on.");
        }
        auto const what = args.what.value_or("");
        bool const is_person = what.empty() || what.starts_with('@');
        if (is_person && !args.user) co_return co_await list(asked, what);
        if (what == "info" && !args.user) co_return co_await figures();
        if (what == "reset" && args.user && args.device) co_return co_await reset(*args.user, *args.device);
        auto const before = asked.prefix().empty() ? "" : asked.prefix() + " ";
        co_return error(error_kind::invalid, "That is nothing that `sessions` knows.")
            .with_hint("`" + before + "sessions [@user:server]` lists devices, `" + before + "sessions info` shows mine, `" + before +
                       "sessions reset @user:server DEVICE` begins a new session with one.");
    }

private:
    awaitable<result<view>> list(context const& asked, std::string whose) const;
    awaitable<result<view>> figures() const;
    awaitable<result<view>> reset(std::string whose, std::string device) const;

    base::clock& time_;
    config const& settings_;
    matrix::client& account_;
};

result<matrix::user_id> user_of(std::string const& text) {
    auto user = matrix::user_id::parse(text);
    if (!user) return error(error_kind::invalid, "`" + text + "` is no Matrix id.").with_hint("Write it like `@you:example.org`.");
    return user;
}

line shown_identity(matrix::user_identity const& of) {
    line words;
    if (of.master_key.empty()) {
        words.emplace_back("No identity (cross-signing): nobody vouches for these devices.");
        return words;
    }
    words.emplace_back("Identity ");
    words.push_back(chatops::code(matrix::shown_fingerprint(of.master_key)));
    words.emplace_back(of.is_verified ? ", verified" : ", not verified");
    words.emplace_back(of.has_changed ? ", not the one that I saw first." : ".");
    return words;
}

line shown(matrix::known_device const& of) {
    line words;
    words.push_back(chatops::code(of.id.str()));
    if (!of.name.empty()) words.emplace_back(" " + of.name);
    words.emplace_back(": ");
    words.push_back(chatops::code(matrix::shown_fingerprint(of.fingerprint)));
    words.emplace_back(of.is_cross_signed ? ", signed by the identity" : ", not signed by the identity");
    if (of.is_trusted) words.emplace_back(", in matrix.verified");
    return words;
}

awaitable<result<view>> sessions_handler::list(context const& asked, std::string whose) const {
    auto const* person = std::get_if<chatops::chat::sender>(&asked.asked_by());
    if (whose.empty() && person != nullptr) whose = person->user;
    if (whose.empty()) co_return error(error_kind::invalid, "Whose sessions?").with_hint("Write it like `@you:example.org`.");
    auto user = user_of(whose);
    if (!user) co_return user.error();
    auto const found = co_await account_.identity_of(std::move(*user));
    if (!found) co_return found.error();
    view out;
    out.add(chatops::heading{"Sessions of " + whose});
    out.add(chatops::paragraph{shown_identity(*found)});
    if (!found->is_current)
        out.add(chatops::paragraph{line{chatops::span("Their homeserver does not answer: this is what I knew before.")}});
    std::vector<line> items;
    for (auto const& each : found->devices) {
        if (items.size() < most_shown) items.push_back(shown(each));
    }
    auto const left_out = found->devices.size() - items.size();
    if (items.empty()) {
        out.add(chatops::paragraph{line{chatops::span("No device with keys for encryption.")}});
    } else {
        out.add(chatops::bullet_list{std::move(items)});
    }
    if (left_out > 0) out.add(chatops::paragraph{line{chatops::span("And " + std::to_string(left_out) + " more.")}});
    co_return out;
}

awaitable<result<view>> sessions_handler::figures() const {
    auto const own = co_await own_identity(account_, time_, patience);
    if (!own) co_return own.error();
    auto const all = co_await account_.encryption_figures();
    if (!all) co_return all.error();
    auto const fact = [](std::string what, std::int64_t number) { return line{chatops::span(std::move(what) + std::to_string(number))}; };
    std::vector<line> items;
    auto const left = all->one_time_keys ? std::to_string(*all->one_time_keys) : "not known";
    items.push_back(line{chatops::span("one-time keys at the homeserver: " + left)});
    items.push_back(fact("people whose devices I know: ", all->users));
    items.push_back(fact("of them verified: ", all->verified_users));
    items.push_back(fact("devices: ", all->devices));
    items.push_back(fact("Olm sessions: ", all->olm_sessions));
    items.push_back(fact("keys of rooms: ", all->room_keys));
    items.push_back(fact("messages that wait for their keys: ", all->unread));
    view out;
    out.add(chatops::heading{"My sessions"});
    out.add(chatops::paragraph{shown_own(*own)});
    out.add(chatops::bullet_list{std::move(items)});
    co_return out;
}

awaitable<result<view>> sessions_handler::reset(std::string whose, std::string device) const {
    auto user = user_of(whose);
    if (!user) co_return user.error();
    auto id = matrix::device_id::parse(device);
    if (!id) co_return error(error_kind::invalid, "`" + device + "` is no device id: " + id.error().message());
    auto const done = co_await account_.renew_session(std::move(*user), std::move(*id));
    if (!done && done.error().kind() == error_kind::rate_limited && done.error().retry_after()) {
        auto const minutes = std::chrono::ceil<std::chrono::minutes>(*done.error().retry_after());
        co_return error(error_kind::rate_limited, "No new session: " + done.error().message() + ".")
            .with_hint("Again in " + std::to_string(minutes.count()) + " min.");
    }
    if (!done) co_return error(done.error().kind(), "No new session: " + done.error().message() + ".").with_hint(done.error().hint());
    co_return view::of_text("A new session with " + whose + ", device " + device + ", has begun.");
}

}  // namespace

chatops::command sessions_command(surroundings const& around, config const& settings, matrix::client& account) {
    auto const handler = std::make_shared<sessions_handler const>(around, settings, account);
    return chatops::declare<sessions_args>("sessions", "Show somebody's devices, or begin a new session with one")
        .arg("person|info|reset", &sessions_args::what, "whose devices; yours if it is left out; `info` shows mine")
        .arg("person", &sessions_args::user, "with `reset`: whose device")
        .arg("device", &sessions_args::device, "with `reset`: which one")
        .effect(chatops::effect::low)
        .group("Other")
        .example("sessions")
        .example("sessions info")
        .example("sessions reset @you:example.org JLAFKJWSCS")
        .does([handler](context& asked, sessions_args args) { return handler->run(asked, std::move(args)); });
}

}  // namespace chatrixcd::bot
