// SPDX-License-Identifier: Apache-2.0
#include "members/members_command.hpp"

#include <utility>

#include <chatrixcd/chatops/command/declare.hpp>
#include <chatrixcd/chatops/command/refusal.hpp>
#include <chatrixcd/matrix/fingerprint.hpp>
#include <chatrixcd/matrix/room.hpp>

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

// More fill a phone.
constexpr std::size_t most_shown = 30;

struct members_args {
    std::optional<std::string> what;
    std::optional<std::string> user;
    std::optional<std::string> key;
};

class members_handler {
public:
    members_handler(config const& settings, matrix::client& account, reception& newcomers)
        : settings_(settings), account_(account), newcomers_(newcomers) {}

    awaitable<result<view>> run(context& asked, members_args args) const {
        auto const where = room_of(asked);
        if (!where) co_return where.error();
        if (!args.what) co_return co_await list(asked, *where);
        if (*args.what == "accept" && args.user) co_return co_await accept(asked, *where, *args.user, std::move(args.key));
        co_return error(error_kind::invalid, "That is nothing that `members` knows.")
            .with_hint(command(asked, "") + " lists who waits, " + command(asked, " accept @user:server [KEY]") + " lets somebody in.");
    }

private:
    static std::string command(context const& asked, std::string const& rest) {
        return "`" + (asked.prefix().empty() ? "" : asked.prefix() + " ") + "members" + rest + "`";
    }

    result<matrix::room_id> room_of(context const& asked) const;
    result<void> may_decide(context const& asked, std::string const& about) const;
    awaitable<result<view>> list(context const& asked, matrix::room_id where) const;
    awaitable<result<view>> accept(context const& asked, matrix::room_id where, std::string whom, std::optional<std::string> key) const;

    config const& settings_;
    matrix::client& account_;
    reception& newcomers_;
};

result<matrix::room_id> members_handler::room_of(context const& asked) const {
    if (settings_.matrix.encryption != "on") {
        return error(error_kind::unsupported, "Encryption is off, so everybody in a room reads what I say there.")
            .with_hint("`matrix.encryption: on` in the configuration switches it on.");
    }
    auto const room = asked.room();
    if (!room) return error(error_kind::unsupported, "Newcomers are let in where they are: in their room.");
    auto where = matrix::room_id::parse(*room);
    if (!where) return where.error();
    if (!newcomers_.watches(*where)) {
        return error(error_kind::unsupported, "The members of this room are not pinned: whoever joins it reads what I say from then on.")
            .with_hint("`matrix.pinned_rooms` in the configuration pins them; this room is `" + *room + "`.");
    }
    return where;
}

// Whoever writes in an admin's name could be the homeserver, which would let a reader of its own in.
result<void> members_handler::may_decide(context const& asked, std::string const& about) const {
    auto const* person = std::get_if<chatops::chat::sender>(&asked.asked_by());
    if (person == nullptr) return {};
    if (person->user == about) {
        return error(error_kind::forbidden, "Nobody lets themselves in: who could write this in your name could read in it.")
            .with_hint("Another admin whom I have verified can.");
    }
    if (person->trust != chatops::chat::trust_level::verified) {
        return error(error_kind::forbidden, "Your word lets nobody in. " + shown_trust(person->trust))
            .with_hint(
                "`chatrixcd verify` at the machine does it, or your key in `matrix.verified` of the configuration, or an admin whom I have "
                "verified.");
    }
    return {};
}

line shown(matrix::newcomer const& who, std::string const& accepting) {
    line words;
    words.push_back(chatops::strong(who.user.str()));
    words.emplace_back(who.identity_changed ? ", with another identity than before: " : ", with the identity ");
    if (who.identity.empty()) {
        words.back() = ", with no identity (cross-signing) that I know of: first they set encryption up in their client";
        return words;
    }
    words.push_back(chatops::code(matrix::shown_fingerprint(who.identity)));
    words.emplace_back(". Is it the master key of their identity? ");
    for (auto& each : chatops::line_of(accepting)) words.push_back(std::move(each));
    return words;
}

awaitable<result<view>> members_handler::list(context const& asked, matrix::room_id where) const {
    auto const info = co_await account_.room(where).info();
    if (info && !info->is_encrypted()) {
        co_return error(error_kind::unsupported, "This room is not encrypted: whoever joins it reads what is said here.");
    }
    auto const waiting = co_await newcomers_.waiting(std::move(where), most_shown);
    if (!waiting) co_return waiting.error();
    if (waiting->empty()) co_return view::of_text("Nobody waits. Whoever joins reads nothing that I say here until they are let in.");
    std::vector<line> items;
    for (auto const& each : *waiting) {
        if (items.size() == most_shown) break;
        if (each.user == account_.user()) {
            items.push_back(line{chatops::span("The homeserver shows another identity of mine than I have: "),
                                 chatops::code(matrix::shown_fingerprint(each.identity))});
        } else {
            items.push_back(shown(each, command(asked, " accept " + each.user.str())));
        }
    }
    auto const left_out = waiting->size() - items.size();
    view out;
    out.add(chatops::heading{"Newcomers"});
    out.add(chatops::paragraph{line{chatops::span("They read nothing that I say here until a verified admin lets them in.")}});
    out.add(chatops::bullet_list{std::move(items)});
    if (left_out > 0) out.add(chatops::paragraph{line{chatops::span("And " + std::to_string(left_out) + " more.")}});
    co_return out;
}

awaitable<result<view>> members_handler::accept(context const& asked, matrix::room_id where, std::string whom,
                                                std::optional<std::string> key) const {
    auto user = matrix::user_id::parse(whom);
    if (!user) co_return error(error_kind::invalid, "`" + whom + "` is no Matrix id.").with_hint("Write it like `@you:example.org`.");
    if (auto const may = may_decide(asked, whom); !may) co_return may.error();
    if (key) {
        auto const read = matrix::parse_fingerprint(*key);
        if (!read) co_return error(error_kind::invalid, "`" + *key + "` is no key: " + read.error().message());
        key = *read;
    }
    auto const done = co_await newcomers_.accept(std::move(where), std::move(*user), std::move(key));
    if (!done && done.error().kind() == error_kind::not_found) {
        co_return error(error_kind::not_found, done.error().message()).with_hint(command(asked, "") + " lists who does.");
    }
    if (!done) co_return done.error();
    co_return view::of_text(whom + " is let in: they read what I say here from now on, with the identity " +
                            matrix::shown_fingerprint(done->identity) + ".");
}

}  // namespace

chatops::command members_command(config const& settings, matrix::client& account, reception& newcomers) {
    auto const handler = std::make_shared<members_handler const>(settings, account, newcomers);
    return chatops::declare<members_args>("members", "Show who is new in a room of pinned members, or let them in")
        .arg("accept", &members_args::what, "lets somebody in; without it those who wait are shown")
        .arg("person", &members_args::user, "who: `@you:example.org`")
        .arg("key", &members_args::key, "the master key of their identity, so that no other is let in")
        .effect(chatops::effect::low)
        .group("Other")
        .example("members")
        .example("members accept @you:example.org")
        .does([handler](context& asked, members_args args) { return handler->run(asked, std::move(args)); });
}

}  // namespace chatrixcd::bot
