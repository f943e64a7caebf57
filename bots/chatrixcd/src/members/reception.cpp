// SPDX-License-Identifier: Apache-2.0
#include "members/reception.hpp"

#include <algorithm>

#include <chatrixcd/matrix/fingerprint.hpp>
#include <chatrixcd/matrix/room.hpp>

namespace chatrixcd::bot {

namespace {

using base::error;
using base::error_kind;
using boost::asio::awaitable;

// A homeserver can invent members for ever. Of those beyond it the identity has to be named.
constexpr std::size_t most_shown = 1000;
// So many are told of in a room before somebody asks who waits.
constexpr std::size_t most_told = 20;

}  // namespace

reception::reception(matrix::client& client, config const& settings, base::logger log)
    : client_(client), rooms_(settings.matrix.pinned_rooms), prefix_(settings.bot.command_prefix), log_(std::move(log)) {
    client_.on_newcomer([this](matrix::room room, matrix::newcomer who) { return tell(std::move(room), std::move(who)); });
}

bool reception::watches(matrix::room_id const& room) const { return std::ranges::find(rooms_, room.str()) != rooms_.end(); }

void reception::note_shown(matrix::room_id const& room, matrix::newcomer const& who) {
    // As what nobody is yet cannot be let in, and is no identity among several.
    if (who.identity.empty()) return;
    std::pair const place(room.str(), who.user.str());
    auto const known = shown_.find(place);
    if (known == shown_.end()) {
        if (shown_.size() < most_shown) shown_.emplace(place, who.identity);
    } else if (known->second != who.identity) {
        known->second.reset();
    }
}

bool reception::is_only_shown(matrix::room_id const& room, matrix::newcomer const& who) const {
    auto const known = shown_.find(std::pair(room.str(), who.user.str()));
    return known != shown_.end() && known->second == who.identity;
}

// They cannot read it themselves.
awaitable<void> reception::tell(matrix::room room, matrix::newcomer who) {
    auto const name = who.user.str();
    std::string words = name + " is new in this room.";
    if (who.identity_changed) words = name + " has another identity (cross-signing) than before.";
    words += " They read nothing that I say here until a verified admin lets them in: " + prefix_ + " members accept " + name + ".";
    if (who.identity.empty()) {
        words += " First they set encryption up in their client: they have no identity yet.";
    } else {
        words += " Is this the master key of their identity? " + matrix::shown_fingerprint(who.identity);
    }
    if (who.user == client_.user()) {
        words = "The homeserver shows another identity of mine than I have. Whoever has that one reads nothing that I say here.";
    }
    auto& number = told_[room.id().str()];
    // Whoever may invite could make us speak for ever.
    if (++number > most_told) co_return;
    if (number == most_told) words += " More may be new: " + prefix_ + " members lists them; I say no more about it until then.";
    auto told = co_await room.send(matrix::outgoing::notice(words));
    if (told) note_shown(room.id(), who);
    if (!told) log_.warning("a room could not be told of a newcomer", {{"room", room.id().str()}, {"why", told.error().describe()}});
}

awaitable<base::result<std::vector<matrix::newcomer>>> reception::waiting(matrix::room_id room, std::size_t shown) {
    auto found = co_await client_.room(room).newcomers();
    if (!found) co_return found.error();
    for (std::size_t i = 0; i < std::min(shown, found->size()); ++i) note_shown(room, (*found)[i]);
    told_.erase(room.str());
    co_return found;
}

awaitable<base::result<matrix::newcomer>> reception::accept(matrix::room_id room, matrix::user_id user,
                                                            std::optional<std::string> identity) {
    if (user == client_.user()) co_return error(error_kind::forbidden, "That is my own account, which needs nobody's leave.");
    auto const there = client_.room(room);
    auto const found = co_await there.newcomers();
    if (!found) co_return found.error();
    auto const place = std::ranges::find(*found, user, &matrix::newcomer::user);
    if (place == found->end()) co_return error(error_kind::not_found, user.str() + " does not wait to be let in.");
    if (place->identity.empty()) {
        co_return error(error_kind::unavailable, user.str() +
                                                     " has no identity (cross-signing) that I know of, so nobody vouches for "
                                                     "their devices.")
            .with_hint("First they set encryption up in their client.");
    }
    bool const is_meant = identity ? *identity == place->identity : is_only_shown(room, *place);
    if (!is_meant) {
        note_shown(room, *place);
        co_return error(error_kind::conflict, "Nobody was let in: the identity of " + user.str() + " is " +
                                                  matrix::shown_fingerprint(place->identity) +
                                                  (identity ? ", another than you say." : ", which I have not shown yet, or not it alone."))
            .with_hint("If it is the master key of their identity: `" + prefix_ + " members accept " + user.str() + " " + place->identity +
                       "`");
    }
    auto const accepted = co_await there.accept_newcomer(user, place->identity);
    if (!accepted) co_return accepted.error();
    shown_.erase(std::pair(room.str(), user.str()));
    log_.info("a newcomer was let in", {{"room", room.str()}, {"user", user.str()}, {"identity", place->identity}});
    co_return *place;
}

}  // namespace chatrixcd::bot
