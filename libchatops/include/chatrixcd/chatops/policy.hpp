// SPDX-License-Identifier: Apache-2.0
// Who may do what, where. Pure: values in, a reasoned decision out, so that it can be explained and tested. Deny by default: a policy
// that has no rule for somebody answers no.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <chatrixcd/chatops/command/command.hpp>
#include <chatrixcd/chatops/command/context.hpp>

namespace chatrixcd::chatops {

// What is asked for.
struct access_request {
    actor who;
    std::optional<std::string> room;  // where it was said; nothing for a local operator
    effect what = effect::read;       // a line that is no command counts as `read`
    friend bool operator==(access_request const&, access_request const&) = default;
};

struct decision {
    bool allowed = false;
    std::string code;     // for machines, logs and the journal: "allowed", "not_admin", "doubted", "late", "room_not_allowed"
    std::string text;     // one sentence for the person
    std::string hint;     // what can be done about it; may be empty
    bool silent = false;  // a refusal that is not answered in the room
    friend bool operator==(decision const&, decision const&) = default;
};

class policy {
public:
    virtual ~policy() = default;
    virtual decision decide(access_request const& asked) const = 0;
};

// A person in `admin_users` in a room in `allowed_rooms`; ids are compared exactly, and an empty list allows nobody. Local operators are
// allowed: whoever has the machine has its files. Codes:
//   allowed            the person is in admin_users and the room in allowed_rooms, or a local operator
//   doubted            both are so, but the message may be somebody else's (chat::sender::doubted): one line says so
//   late               as well, but it does something and may have been held back (chat::sender::late): one line asks to say it again
//   not_admin          in an allowed room: one line says so
//   room_not_allowed   said to an admin: the hint is the line to paste into the configuration
//   stranger           neither: silent
class allow_list final : public policy {
public:
    allow_list(std::vector<std::string> admin_users, std::vector<std::string> allowed_rooms);
    decision decide(access_request const& asked) const override;

private:
    std::vector<std::string> admins_;
    std::vector<std::string> rooms_;
};

}  // namespace chatrixcd::chatops
