// SPDX-License-Identifier: Apache-2.0
#include "rooms/hierarchy.hpp"

#include <algorithm>
#include <tuple>
#include <utility>
#include <vector>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/protocol/event_types.hpp>

#include "events/append.hpp"
#include "events/client_format.hpp"
#include "rooms/room_summary.hpp"
#include "store/events.hpp"
#include "store/rooms.hpp"

namespace chatrixcd::homeserver {

namespace json = boost::json;

namespace {

constexpr std::string_view child_type = "m.space.child";

// "Ordering of children within a space": at most 50 printable characters, else there is no order.
std::string order_of(json::object const& content) {
    auto order = base::find_string(content, "order").value_or("");
    bool const good = order.size() <= 50 && std::ranges::all_of(order, [](char c) { return c >= 0x20 && c <= 0x7e; });
    return good ? order : std::string();
}

bool is_suggested(json::object const& content) {
    auto const* flag = content.if_contains("suggested");
    return flag != nullptr && flag->is_bool() && flag->get_bool();
}

}  // namespace

struct hierarchy::child {
    std::string order;
    std::int64_t at = 0;
    std::string room;
    json::object event;
};

std::vector<hierarchy::child> hierarchy::children_of(std::string const& room) const {
    std::vector<child> children;
    if (state_string(step_, room, protocol::event_types::create, "type") != "m.space") return children;
    for (auto const& [key, id] : current_state_of_type(step_.db, room, std::string(child_type))) {
        auto const event = load(step_, id);
        auto const* via = base::find_array(event.content(), "via");
        if (via == nullptr || via->empty() || (asked_.suggested_only && !is_suggested(event.content()))) continue;
        auto stripped = stripped_event(step_, id);
        stripped["origin_server_ts"] = event.origin_server_ts();
        children.push_back({order_of(event.content()), event.origin_server_ts(), key, std::move(stripped)});
    }
    std::ranges::sort(children, [](child const& a, child const& b) {
        // Those without an order come last.
        return std::tuple(a.order.empty(), a.order, a.at, a.room) < std::tuple(b.order.empty(), b.order, b.at, b.room);
    });
    return children;
}

void hierarchy::visit(std::string const& room, std::size_t depth) {
    if (more_ || found_ >= most_rooms || !seen_.insert(room).second) return;
    if (find_version(step_.db, room) == nullptr || !may_see_summary(step_, room, asked_.user)) return;
    if (found_ >= asked_.skip + asked_.limit) {
        more_ = true;
        return;
    }
    auto const children = children_of(room);
    if (found_++ >= asked_.skip) {
        auto body = room_summary(step_, room);
        auto& state = body["children_state"].emplace_array();
        for (auto const& one : children) state.push_back(one.event);
        rooms_.push_back(std::move(body));
    }
    // Recursion is as deep as max_depth, which is bounded.
    if (depth >= asked_.max_depth) return;
    for (auto const& one : children) visit(one.room, depth + 1);
}

void hierarchy::walk(std::string const& root) { visit(root, 0); }

}  // namespace chatrixcd::homeserver
