// SPDX-License-Identifier: Apache-2.0
#include "sync/response.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <chatrixcd/base/json_reader.hpp>

namespace chatrixcd::matrix::detail {

namespace json = boost::json;

namespace {

// A position goes back to the homeserver in a URL; theirs have less than a hundred characters.
constexpr std::size_t longest_position = 4096;

enum class shape : std::uint8_t { state, timeline };

constexpr std::size_t most_heroes = 16;  // the specification says five

// The well-formed events of an array; returns how many others there were.
std::size_t read_events(json::array const* list, shape wanted, std::vector<raw_event>& into) {
    if (list == nullptr) return 0;
    std::size_t skipped = 0;
    into.reserve(list->size());
    for (auto const& value : *list) {
        auto found = raw_event::view(value);
        bool const usable = found && (wanted == shape::state ? found->state_key().has_value() : !found->id().empty());
        if (usable) {
            into.push_back(*found);
        } else {
            ++skipped;
        }
    }
    return skipped;
}

json::array const* events_of(json::object const& section, std::string_view name) {
    auto const* found = base::find_object(section, name);
    return found == nullptr ? nullptr : base::find_array(*found, "events");
}

room_summary read_summary(json::object const& section) {
    room_summary summary;
    auto const* found = base::find_object(section, "summary");
    if (found == nullptr) return summary;
    summary.joined = base::find_integer(*found, "m.joined_member_count");
    summary.invited = base::find_integer(*found, "m.invited_member_count");
    if (auto const* heroes = base::find_array(*found, "m.heroes")) {
        auto& users = summary.heroes.emplace();
        for (auto const& hero : *heroes) {
            if (hero.is_string() && users.size() < most_heroes) users.emplace_back(hero.get_string().data(), hero.get_string().size());
        }
    }
    return summary;
}

std::size_t read_state(json::object const& section, room_update& into) {
    // A server that offers state_after leaves state out; the unstable name is what servers before v1.16 say.
    for (auto const* name : {"state_after", "org.matrix.msc4222.state_after"}) {
        if (base::find_object(section, name) == nullptr) continue;
        into.state_is_final = true;
        return read_events(events_of(section, name), shape::state, into.state);
    }
    return read_events(events_of(section, "state"), shape::state, into.state);
}

std::size_t read_room(json::object const& section, room_update& into) {
    if (into.ours == membership::invite) return read_events(events_of(section, "invite_state"), shape::state, into.state);
    auto skipped = read_state(section, into);
    skipped += read_events(events_of(section, "timeline"), shape::timeline, into.timeline);
    if (auto const* timeline = base::find_object(section, "timeline")) {
        auto const* limited = timeline->if_contains("limited");
        into.limited = limited != nullptr && limited->is_bool() && limited->get_bool();
        into.prev_batch = base::find_string(*timeline, "prev_batch").value_or(std::string());
    }
    into.summary = read_summary(section);
    return skipped;
}

void read_rooms(json::object const& rooms, std::string_view section, membership ours, sync_batch& into) {
    auto const* found = base::find_object(rooms, section);
    if (found == nullptr) return;
    into.rooms.reserve(into.rooms.size() + found->size());
    for (auto const& entry : *found) {
        auto id = room_id::parse(std::string(entry.key()));
        if (!id || !entry.value().is_object()) {
            ++into.skipped;
            continue;
        }
        auto& update = into.rooms.emplace_back();
        update.room = std::move(*id);
        update.ours = ours;
        into.skipped += read_room(entry.value().get_object(), update);
    }
}

std::vector<user_id> read_users(json::object const& section, std::string_view name) {
    std::vector<user_id> users;
    auto const* list = base::find_array(section, name);
    if (list == nullptr) return users;
    users.reserve(list->size());
    for (auto const& each : *list) {
        auto user = each.is_string() ? user_id::parse(std::string(each.get_string())) : error(error_kind::protocol, "no user id");
        if (user) users.push_back(std::move(*user));
    }
    return users;
}

device_news read_devices(json::object const& root) {
    constexpr std::string_view key_type = "signed_curve25519";
    device_news news;
    if (auto const* events = events_of(root, "to_device")) {
        for (auto const& each : *events) {
            if (each.is_object()) news.events.push_back(&each.get_object());
        }
    }
    if (auto const* lists = base::find_object(root, "device_lists")) {
        news.changed = read_users(*lists, "changed");
        news.left = read_users(*lists, "left");
    }
    if (auto const* counts = base::find_object(root, "device_one_time_keys_count")) {
        news.one_time_keys = base::find_integer(*counts, key_type);
    }
    for (auto const* name : {"device_unused_fallback_key_types", "org.matrix.msc2732.device_unused_fallback_key_types"}) {
        auto const* types = base::find_array(root, name);
        auto const is_it = [&](json::value const& v) { return v.is_string() && std::string_view(v.get_string()) == key_type; };
        if (types != nullptr) news.has_fallback = std::ranges::any_of(*types, is_it);
    }
    return news;
}

}  // namespace

result<sync_batch> parse_sync(std::string_view answer) {
    auto parsed = document::parse(answer);
    if (!parsed) return parsed.error();
    sync_batch batch;
    batch.source = std::move(*parsed);
    auto const& root = batch.source->root();
    base::json_reader reader(root, "sync response");
    reader.required("next_batch", batch.next_batch);
    if (auto const read = reader.finish(); !read) return read.error();
    if (batch.next_batch.empty()) return error(error_kind::protocol, "sync response: next_batch is empty");
    // What fits into no URL could never be asked for again.
    if (batch.next_batch.size() > longest_position) return error(error_kind::protocol, "sync response: next_batch is too long");
    if (auto const* rooms = base::find_object(root, "rooms")) {
        read_rooms(*rooms, "join", membership::join, batch);
        read_rooms(*rooms, "invite", membership::invite, batch);
        read_rooms(*rooms, "leave", membership::leave, batch);
        // The tables' order: what is written one after another lies side by side.
        std::stable_sort(batch.rooms.begin(), batch.rooms.end(), [](auto const& a, auto const& b) { return a.room < b.room; });
    }
    batch.devices = read_devices(root);
    return batch;
}

result<history_page> parse_page(std::string_view answer) {
    auto parsed = document::parse(answer);
    if (!parsed) return parsed.error();
    history_page page;
    page.source = std::move(*parsed);
    auto const* chunk = base::find_array(page.source->root(), "chunk");
    if (chunk == nullptr) return error(error_kind::protocol, "page of messages: chunk is missing");
    read_events(chunk, shape::timeline, page.events);
    page.end = base::find_string(page.source->root(), "end").value_or(std::string());
    return page;
}

}  // namespace chatrixcd::matrix::detail
