// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include <chatrixcd/chatops/policy.hpp>

namespace chatrixcd::chatops {

namespace {

bool holds(std::vector<std::string> const& list, std::string const& id) { return std::find(list.begin(), list.end(), id) != list.end(); }

}  // namespace

allow_list::allow_list(std::vector<std::string> admin_users, std::vector<std::string> allowed_rooms)
    : admins_(std::move(admin_users)), rooms_(std::move(allowed_rooms)) {}

decision allow_list::decide(access_request const& asked) const {
    decision out;
    auto const* person = std::get_if<chat::sender>(&asked.who);
    if (!person) {
        out.allowed = true;
        out.code = "allowed";
        return out;
    }
    bool const admin = !person->user.empty() && holds(admins_, person->user);
    bool const room = asked.room && !asked.room->empty() && holds(rooms_, *asked.room);
    if (admin && room && person->doubted) {
        out.code = "doubted";
        out.text =
            "The room is encrypted, and I cannot show that this is from a device of yours: it came in clear, from a session that your "
            "identity does not vouch for, with a key that I have from elsewhere, or with another identity than I knew. Anybody at the "
            "homeserver could have written it. I do nothing for it.";
        out.hint = "Say it from a verified session. If your identity is a new one, verify me with it (`chatrixcd verify` at the machine).";
    } else if (admin && room && person->late && asked.what != effect::read) {
        out.code = "late";
        out.text = "This has come late: you have said something since, so the homeserver may have held it back. I have not done it.";
        out.hint = "If you still want it, say it again.";
    } else if (admin && room) {
        out.allowed = true;
        out.code = "allowed";
    } else if (room) {
        out.code = "not_admin";
        out.text = "You (`" + person->user + "`) are not in `bot.admin_users`, so I do nothing for you.";
        out.hint = "Whoever runs this bot can add you there.";
    } else if (admin) {
        out.code = "room_not_allowed";
        out.text = "This room is not in `bot.allowed_rooms`, so I do nothing here.";
        if (asked.room && rooms_.empty()) {
            out.hint = "To allow it, put this into the section `bot` of the configuration and restart me: `\"allowed_rooms\": [\"" +
                       *asked.room + "\"]`";
        } else if (asked.room) {
            // The other rooms' ids are nobody's business here.
            out.hint = "To allow it, add `\"" + *asked.room + "\"` to the list `allowed_rooms` of the configuration and restart me.";
        }
    } else {
        out.code = "stranger";
        out.text = "Neither you nor this room is allowed.";
        out.silent = true;
    }
    return out;
}

}  // namespace chatrixcd::chatops
