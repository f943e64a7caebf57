// SPDX-License-Identifier: Apache-2.0
#include "verification/verify_command.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <utility>

#include <chatrixcd/base/timeout.hpp>
#include <chatrixcd/chatops/command/declare.hpp>
#include <chatrixcd/chatops/command/refusal.hpp>

#include "verification/own_words.hpp"
#include "verification/shown_codes.hpp"

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

struct verify_args {
    std::optional<std::string> what;
    std::optional<std::string> which;
};

// Everything that the command needs; made once.
class verify_handler {
public:
    verify_handler(surroundings const& around, config const& settings, matrix::client& account, verification_desk& desk)
        : time_(*around.time), settings_(settings), account_(account), desk_(desk) {}

    awaitable<result<view>> run(context& asked, verify_args args) const {
        if (settings_.matrix.encryption != "on") {
            co_return error(error_kind::unsupported, "Encryption is off, so there is nothing to verify.")
                .with_hint("`matrix.encryption: on` in the configuration switches it on.");
        }
        if (!args.what) co_return co_await overview(asked);
        auto const& what = *args.what;
        if (what == "yes" || what == "no") co_return co_await decide(asked, what == "yes", args.which);
        if (what.starts_with('@')) co_return co_await ask(asked, what, args.which);
        co_return error(error_kind::invalid, "`" + what + "` is neither a person nor yes or no.").with_hint(usage(asked));
    }

private:
    static std::string command(context const& asked, std::string const& rest) {
        return "`" + (asked.prefix().empty() ? "" : asked.prefix() + " ") + "verify" + rest + "`";
    }
    static std::string usage(context const& asked) {
        return command(asked, "") + " shows how things stand; " + command(asked, " @user:server [DEVICE]") + " asks somebody; " +
               command(asked, " yes|no NUMBER") + " decides.";
    }

    awaitable<result<view>> overview(context const& asked) const;
    awaitable<result<view>> ask(context const& asked, std::string whom, std::optional<std::string> device) const;
    awaitable<result<view>> decide(context const& asked, bool same, std::optional<std::string> which) const;
    result<verification_case> decidable(context const& asked, std::optional<std::string> const& which) const;
    awaitable<verification_case> outcome_of(verification_case of) const;

    base::clock& time_;
    config const& settings_;
    matrix::client& account_;
    verification_desk& desk_;
};

line shown(verification_case const& of, std::string const& yes, std::string const& no) {
    line words;
    words.push_back(chatops::code(std::to_string(of.number)));
    words.emplace_back(" ");
    words.push_back(chatops::strong(of.user));
    if (!of.device.empty()) {
        words.emplace_back(", device ");
        words.push_back(chatops::code(of.device));
    }
    words.emplace_back(of.asked_by_us ? ", asked by me: " : ", who asked: ");
    if (of.is_over()) {
        words.emplace_back((of.phase == verification_phase::verified ? "verified, " : "not verified, ") + of.outcome);
        return words;
    }
    if (of.phase == verification_phase::waiting) words.emplace_back("they have not answered yet");
    if (of.phase == verification_phase::confirmed) words.emplace_back("decided, they have not said yes yet");
    if (of.phase == verification_phase::confirmed) words.emplace_back("; ");
    if (of.codes) words.emplace_back(shown_emoji(*of.codes) + ", or " + shown_numbers(*of.codes));
    if (of.phase != verification_phase::comparing) return words;
    for (auto& each :
         chatops::line_of(". Is it what their client shows, seen by you or heard from them elsewhere? " + yes + ", else " + no)) {
        words.push_back(std::move(each));
    }
    return words;
}

awaitable<result<view>> verify_handler::overview(context const& asked) const {
    view out;
    out.add(chatops::heading{"Verification"});
    auto const own = co_await own_identity(account_, time_, patience);
    line first = own ? shown_own(*own) : chatops::line_of("I cannot say how I stand: " + own.error().message());
    out.add(chatops::paragraph{std::move(first)});
    if (auto const* person = std::get_if<chatops::chat::sender>(&asked.asked_by())) {
        out.add(chatops::paragraph{chatops::line_of(shown_trust(person->trust))});
    }
    std::vector<line> items;
    for (auto const& each : desk_.all()) {
        auto const number = std::to_string(each.number);
        items.push_back(shown(each, command(asked, " yes " + number), command(asked, " no " + number)));
    }
    if (items.empty()) {
        out.add(
            chatops::paragraph{chatops::line_of("Nobody waits to be verified. " + command(asked, " @user:server") + " asks somebody.")});
    } else {
        out.add(chatops::bullet_list{std::move(items)});
    }
    co_return out;
}

// Whoever is asked may as well be an attacker's choice: nobody but admins is bothered.
awaitable<result<view>> verify_handler::ask(context const& asked, std::string whom, std::optional<std::string> device) const {
    auto user = matrix::user_id::parse(whom);
    if (!user) co_return error(error_kind::invalid, "`" + whom + "` is no Matrix id.").with_hint("Write it like `@you:example.org`.");
    auto const& admins = settings_.bot.admin_users;
    if (std::ranges::find(admins, whom) == admins.end()) {
        co_return error(error_kind::forbidden, whom + " is not in `bot.admin_users`: I verify nobody else.");
    }
    std::optional<matrix::device_id> only;
    if (device) {
        auto parsed = matrix::device_id::parse(*device);
        if (!parsed) co_return error(error_kind::invalid, "`" + *device + "` is no device id: " + parsed.error().message());
        only = std::move(*parsed);
    }
    std::optional<matrix::room_id> here;
    if (auto const room = asked.room()) {
        if (auto parsed = matrix::room_id::parse(*room)) here = std::move(*parsed);
    }
    auto const numbers = co_await desk_.ask(std::move(*user), std::move(only), std::move(here));
    if (!numbers) co_return numbers.error();
    std::string list;
    for (auto const each : *numbers) list += (list.empty() ? "" : ", ") + std::to_string(each);
    view out;
    out.add(chatops::paragraph{chatops::line_of("I have asked " + whom + " (" + list + "). Once they have accepted in their client, " +
                                                command(asked, "") + " shows what there is to compare, for ten minutes.")});
    co_return out;
}

result<verification_case> verify_handler::decidable(context const& asked, std::optional<std::string> const& which) const {
    unsigned number = 0;
    auto const text = which.value_or("");
    auto const read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || read.ec != std::errc() || read.ptr != text.data() + text.size()) {
        return error(error_kind::invalid, "Which one? It needs its number.").with_hint(usage(asked));
    }
    auto found = desk_.find(number);
    if (!found || found->is_over()) {
        return error(error_kind::not_found, "No verification " + std::to_string(number) + " goes on.").with_hint(usage(asked));
    }
    auto const* person = std::get_if<chatops::chat::sender>(&asked.asked_by());
    if (person == nullptr) return *found;
    if (person->user == found->user) {
        return error(error_kind::forbidden, "Nobody decides about themselves: who could write this in your name could be verified in it.")
            .with_hint("Another admin whom I have verified can, or `chatrixcd verify` at the machine.");
    }
    if (person->trust != chatops::chat::trust_level::verified) {
        return error(error_kind::forbidden, "Your word decides nothing. " + shown_trust(person->trust))
            .with_hint(
                "`chatrixcd verify` at the machine does it, or your key in `matrix.verified` of the configuration, or an admin whom I have "
                "verified.");
    }
    return *found;
}

// As it stands once it is over, or in a little while.
awaitable<verification_case> verify_handler::outcome_of(verification_case of) const {
    auto wait = [](verification_desk& desk, unsigned number) -> awaitable<bool> {
        for (;;) {
            auto const now = desk.find(number);
            if (!now || now->is_over()) co_return true;
            co_await desk.changed();
        }
    };
    (void)co_await base::with_timeout(time_, wait(desk_, of.number), patience);
    co_return desk_.find(of.number).value_or(of);
}

awaitable<result<view>> verify_handler::decide(context const& asked, bool same, std::optional<std::string> which) const {
    auto const found = decidable(asked, which);
    if (!found) co_return found.error();
    auto const decided = desk_.decide(found->number, same);
    if (!decided) co_return decided.error();
    auto const now = co_await outcome_of(*found);
    auto const person = now.user + (now.device.empty() ? "" : ", device " + now.device);
    if (now.phase == verification_phase::verified) co_return view::of_text("Verified: " + person + "; " + now.outcome + ".");
    if (now.is_over()) co_return view::of_text("Not verified: " + person + "; " + now.outcome + ".");
    view out;
    out.add(
        chatops::paragraph{chatops::line_of("Noted. " + person + " has not said yes yet; " + command(asked, "") + " shows how it ends.")});
    co_return out;
}

}  // namespace

chatops::command verify_command(surroundings const& around, config const& settings, matrix::client& account, verification_desk& desk) {
    auto const handler = std::make_shared<verify_handler const>(around, settings, account, desk);
    return chatops::declare<verify_args>("verify", "Compare codes with somebody, so that nobody can stand between")
        .arg("person|yes|no", &verify_args::what, "whom to ask: `@you:example.org`; or what was found in comparing")
        .arg("device|number", &verify_args::which, "one of that person's devices; or the verification's number in `verify`")
        .effect(chatops::effect::low)
        .group("Other")
        .example("verify")
        .example("verify @you:example.org")
        .example("verify yes 4711")
        .does([handler](context& asked, verify_args args) { return handler->run(asked, std::move(args)); });
}

}  // namespace chatrixcd::bot
