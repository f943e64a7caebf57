// SPDX-License-Identifier: Apache-2.0
#include "sync/response.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <chatrixcd/base/json_reader.hpp>

namespace chatrixcd::matrix::detail {

namespace {

enum class shape : std::uint8_t { state, timeline };

// The well-formed events of an array; returns how many others there were.
std::size_t read_events(boost::json::array const* list, shape wanted, std::vector<event>& into) {
    if (list == nullptr) return 0;
    std::size_t skipped = 0;
    for (auto const& value : *list) {
        if (!value.is_object()) {
            ++skipped;
            continue;
        }
        auto parsed = event::parse(value.get_object());
        bool const usable = parsed && (wanted == shape::state ? parsed->state_key().has_value() : !parsed->id().empty());
        if (usable) {
            into.push_back(std::move(*parsed));
        } else {
            ++skipped;
        }
    }
    return skipped;
}

boost::json::array const* events_of(boost::json::object const& section, std::string_view name) {
    auto const* found = base::find_object(section, name);
    return found == nullptr ? nullptr : base::find_array(*found, "events");
}

std::size_t read_room(boost::json::object const& section, room_update& into) {
    if (into.ours == membership::invite) return read_events(events_of(section, "invite_state"), shape::state, into.state);
    auto skipped = read_events(events_of(section, "state"), shape::state, into.state);
    skipped += read_events(events_of(section, "timeline"), shape::timeline, into.timeline);
    if (auto const* timeline = base::find_object(section, "timeline")) {
        auto const* limited = timeline->if_contains("limited");
        into.limited = limited != nullptr && limited->is_bool() && limited->get_bool();
    }
    return skipped;
}

void read_rooms(boost::json::object const& rooms, std::string_view section, membership ours, sync_batch& into) {
    auto const* found = base::find_object(rooms, section);
    if (found == nullptr) return;
    for (auto const& entry : *found) {
        auto id = room_id::parse(std::string(entry.key()));
        if (!id || !entry.value().is_object()) {
            ++into.skipped;
            continue;
        }
        room_update update;
        update.room = std::move(*id);
        update.ours = ours;
        into.skipped += read_room(entry.value().get_object(), update);
        into.rooms.push_back(std::move(update));
    }
}

}  // namespace

result<sync_batch> parse_sync(boost::json::object const& answer) {
    sync_batch batch;
    base::json_reader reader(answer, "sync response");
    reader.required("next_batch", batch.next_batch);
    if (auto const read = reader.finish(); !read) return read.error();
    if (batch.next_batch.empty()) return error(error_kind::protocol, "sync response: next_batch is empty");
    if (auto const* rooms = base::find_object(answer, "rooms")) {
        read_rooms(*rooms, "join", membership::join, batch);
        read_rooms(*rooms, "invite", membership::invite, batch);
        read_rooms(*rooms, "leave", membership::leave, batch);
    }
    return batch;
}

result<history_page> parse_page(boost::json::object const& answer) {
    history_page page;
    auto const* chunk = base::find_array(answer, "chunk");
    if (chunk == nullptr) return error(error_kind::protocol, "page of messages: chunk is missing");
    read_events(chunk, shape::timeline, page.events);
    page.end = base::find_string(answer, "end").value_or(std::string());
    return page;
}

}  // namespace chatrixcd::matrix::detail
