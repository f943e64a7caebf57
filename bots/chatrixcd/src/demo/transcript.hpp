// SPDX-License-Identifier: Apache-2.0
// What a person sees of a room: messages in order, with their newest content. Sans-I/O: events in, changes out.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <chatrixcd/matrix/event.hpp>

namespace chatrixcd::bot {

struct entry {
    std::string event;      // id of the original
    std::string sender;     // user id
    std::string body;       // newest
    std::string reactions;  // the symbols, in order
    std::string thread;     // id of its first event; empty: it is in none
    unsigned revision = 0;  // counts its edits
};

class transcript {
public:
    // Takes an event of the room. Returns the index of the entry that it made or changed; nothing if it shows nothing. An event that
    // came before changes nothing. Edits count only from the sender of the original (client-server API, "Validity of replacement events").
    std::optional<std::size_t> take(matrix::event const& e);

    std::vector<entry> const& entries() const noexcept { return entries_; }
    // The thread in which somebody else than `self` spoke last, to be answered there; empty: it was in none.
    std::string thread_to_answer(std::string_view self) const;

private:
    std::optional<std::size_t> find(std::string_view event) const;

    std::vector<entry> entries_;
    std::vector<std::string> seen_;
};

}  // namespace chatrixcd::bot
