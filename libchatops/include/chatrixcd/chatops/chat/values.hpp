// SPDX-License-Identifier: Apache-2.0
// The words that every chat shares, as regular values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/error.hpp>
#include <chatrixcd/chatops/view.hpp>

namespace chatrixcd::chatops::chat {

template <class T>
using result = base::result<T>;

// What is known about who sent a message, and that they have sent it now. A chat without encryption says `server`: the server vouches.
// `device`: one of the user's devices did, as far as is known; `cross_signed`: the user vouches for it; `verified`: and we know the user.
enum class trust_level : std::uint8_t { server, device, cross_signed, verified };

// Exact identities only; a display name identifies nobody.
struct sender {
    std::string user;    // "@ann:example.org"
    std::string device;  // empty: unknown
    trust_level trust = trust_level::server;
    // The place promises that what is said in it comes from people's own devices, and of this nobody can show it, or the author's identity
    // is another than before: whoever runs the server may have written it.
    bool doubted = false;
    // The server may have held it back: its author has said something else since.
    bool late = false;
    friend bool operator==(sender const&, sender const&) = default;
};

// Where a delivery came from: the key of the journal. Two deliveries with equal origins are the same message.
struct origin {
    std::string service;  // the service's name in the bot: "matrix"
    std::string account;  // our own account there: "@bot:example.org"
    std::string room;
    std::string event;
    friend auto operator<=>(origin const&, origin const&) = default;
};

// A message as the original author sent it. Edits, and whatever is not text, are never delivered.
struct message {
    origin from;
    sender author;
    std::string text;
    std::optional<std::string> thread;  // the thread's first event, if it was sent in one
    base::time_point sent;              // by the author's clock, or that of their server: untrusted
    base::time_point received;          // when it came to us, by our own clock: it answers no question that was asked later
    std::string trace;                  // born with the inbox row; goes through journal, logs, run and card
    // How often it was handed out, this time included; a time that a process did not survive counts.
    std::int64_t attempt = 1;
    // Our account's store was put back from a copy, and this is from before that was noticed: it may have been handled already.
    bool restored = false;
    friend bool operator==(message const&, message const&) = default;
};

// What a person says in a thread without calling us by name, and we wait for: the answer to a question of ours.
struct awaited_answer {
    std::string room;
    std::string thread;  // its first event
    std::string user;
    friend auto operator<=>(awaited_answer const&, awaited_answer const&) = default;
};

// Refers to what send() made; the service's own identifier.
struct message_id {
    std::string value;
    friend auto operator<=>(message_id const&, message_id const&) = default;
};

// What to send. `key` makes it idempotent: the same key sends once and gives the same id, over restarts.
class outgoing {
public:
    outgoing() = default;
    outgoing(std::string in_room, std::string idempotency_key, view document)
        : room(std::move(in_room)), key(std::move(idempotency_key)), content(std::move(document)) {}
    std::string room;
    std::string key;  // at most 255 characters
    view content;
    std::optional<std::string> reply_to;  // event id
    std::optional<std::string> thread;    // first event of the thread
    bool notify = false;                  // m.text instead of m.notice, where the chat knows the difference
};

}  // namespace chatrixcd::chatops::chat
