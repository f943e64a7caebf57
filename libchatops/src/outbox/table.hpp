// SPDX-License-Identifier: Apache-2.0
// Messages that must be said, in chatops.db. A row is written in the transaction of what it tells, and stays until the chat has taken it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <chatrixcd/base/store.hpp>
#include <chatrixcd/chatops/view.hpp>

namespace chatrixcd::chatops::outbox {

enum class kind : std::uint8_t { send, edit, react };

struct message {
    std::string key;      // at most 255 characters; the same key is said once
    std::string service;  // the chat
    std::string room;
    outbox::kind what = kind::send;
    std::string target;                    // edit: key of our own message; react: somebody's event id
    std::optional<std::string> thread;     // first event of the thread to say it in
    std::optional<std::string> thread_of;  // key of our own message in whose thread to say it; not together with `thread`
    std::optional<std::string> reply_to;   // event id
    bool notify = false;
    view content;        // of send and edit
    std::string symbol;  // of react
};

// Adds a message, unless its key is there already. An edit replaces unsent edits of the same target.
void put(base::transaction& in, message const& what);

// The oldest unsent message of a room, with what it refers to.
struct pending {
    message what;
    // An edit's target, or a thread's first message, as the chat named it; empty if that was never sent.
    std::string referred;
};
std::optional<pending> next_of_room(base::transaction& in, std::string const& service, std::string const& room);

// The chat has taken it as `id`. Edits and reactions are forgotten: nothing ever refers to them.
void mark_sent(base::transaction& in, message const& what, std::string const& id);
// The chat refuses it for good.
void mark_failed(base::transaction& in, message const& what);

// (service, room) pairs that have something unsent.
std::vector<std::pair<std::string, std::string>> rooms_with_pending(base::transaction& in);

}  // namespace chatrixcd::chatops::outbox
