// SPDX-License-Identifier: Apache-2.0
// A room as a person's client shows it: what /messages gives, with edits folded into what they replace.
#pragma once

#include <boost/json/object.hpp>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace chatrixcd::test {

// An m.room.message that is no edit.
struct room_message {
    std::string event;
    std::string sender;
    std::string key;           // by which its sender sent it
    std::string reply_to;      // empty: no answer
    std::string body;          // after its newest edit (client-server API, "Event replacements")
    std::string last_body;     // after the edit that came last
    std::int64_t edited = -1;  // when the newest edit was made, by the homeserver's clock
    std::string edit;          // the newest edit
};

class whole_room {
public:
    // All events of the room, oldest first.
    explicit whole_room(std::vector<boost::json::object> const& events);

    std::vector<room_message> const& messages() const noexcept { return messages_; }
    room_message const* with_key(std::string const& key) const;
    // How many events of a sender carry a key: edits, reactions and redactions have their own.
    std::map<std::pair<std::string, std::string>, std::size_t> const& keys() const noexcept { return keys_; }
    // Edits whose target is not there, or belongs to somebody else.
    std::size_t stray_edits() const noexcept { return stray_edits_; }
    // For people.
    std::string const& transcript() const noexcept { return transcript_; }

private:
    void add(boost::json::object const& event);
    void add_edit(boost::json::object const& event, boost::json::object const& content, std::string_view target);

    std::vector<room_message> messages_;
    std::map<std::pair<std::string, std::string>, std::size_t> keys_;
    std::size_t stray_edits_ = 0;
    std::string transcript_;
};

}  // namespace chatrixcd::test
