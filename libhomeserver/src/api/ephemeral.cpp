// SPDX-License-Identifier: Apache-2.0
// Typing notifications, receipts and read markers.
#include <algorithm>
#include <boost/json/object.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <chatrixcd/base/json_reader.hpp>

#include "api/endpoints.hpp"
#include "api/refusal.hpp"
#include "store/events.hpp"
#include "store/rooms.hpp"
#include "store/small_streams.hpp"

namespace chatrixcd::homeserver {

namespace asio = boost::asio;
namespace json = boost::json;
using base::http::method;

namespace {

constexpr std::int64_t usual_typing_ms = 30000;
constexpr std::int64_t longest_typing_ms = 120000;

result<answer> check_typist(step& s, call& c) {
    if (c.parameter("user") != c.user.str()) return forbidden("only they can say so");
    if (!is_joined(s.db, c.parameter("room"), c.user.str())) return forbidden("you are not in this room");
    return answer();
}

asio::awaitable<result<answer>> put_typing(service& in, call c) {
    bool typing = false;
    std::int64_t timeout = usual_typing_ms;
    base::json_reader reader(c.body, "request");
    reader.required("typing", typing).optional("timeout", timeout);
    if (auto read = reader.finish(); !read) co_return bad_json(read.error().message());
    auto const room = c.parameter("room");
    auto const user = c.parameter("user");
    auto checked = co_await in.run(access::user, std::move(c), check_typist);
    if (!checked) co_return checked;
    auto const span = base::duration(std::clamp<std::int64_t>(timeout, 0, longest_typing_ms));
    bool changed = false;
    if (typing) {
        changed = in.typing.start(room, user, in.options.time_source->uptime() + span);
    } else {
        changed = in.typing.stop(room, user);
    }
    hub::keys const keys{room};
    if (changed) in.wakeups.wake(keys);
    co_return checked;
}

result<void> check_event(step& s, call const& c, std::string const& event_id) {
    auto const event = find_event(s.db, event_id);
    if (!event || event->room != c.parameter("room")) return not_found("there is no such event in this room");
    return {};
}

void put_fully_read(step& s, call const& c, std::string const& event_id) {
    json::object content;
    content["event_id"] = event_id;
    put_account_data(s.db, c.user.str(), {c.parameter("room"), "m.fully_read", std::move(content)});
    s.wake(c.user.str());
}

result<void> mark(step& s, call const& c, std::string const& type, std::string const& event_id, std::string const& thread) {
    if (auto known = check_event(s, c, event_id); !known) return known.error();
    if (type == "m.fully_read") {
        put_fully_read(s, c, event_id);
        return {};
    }
    if (type != "m.read" && type != "m.read.private") return invalid_param("this type of receipt is unknown");
    put_receipt(s.db, {c.parameter("room"), c.user.str(), type, thread, event_id, s.now});
    s.wake(c.parameter("room"));
    return {};
}

result<answer> post_receipt(step& s, call& c) {
    if (!is_joined(s.db, c.parameter("room"), c.user.str())) return forbidden("you are not in this room");
    auto const thread = base::find_string(c.body, "thread_id").value_or("");
    auto marked = mark(s, c, c.parameter("type"), c.parameter("event"), thread);
    if (!marked) return marked.error();
    return answer();
}

result<answer> post_markers(step& s, call& c) {
    if (!is_joined(s.db, c.parameter("room"), c.user.str())) return forbidden("you are not in this room");
    for (std::string const type : {"m.fully_read", "m.read", "m.read.private"}) {
        auto const event = base::find_string(c.body, type);
        if (!event) continue;
        if (auto marked = mark(s, c, type, *event, ""); !marked) return marked.error();
    }
    return answer();
}

}  // namespace

void add_ephemeral(service& to) {
    to.add_coroutine(method::put, "/rooms/{room}/typing/{user}", body_rule::required,
                     [&to](call c) { return put_typing(to, std::move(c)); });
    to.add(method::post, "/rooms/{room}/receipt/{type}/{event}", access::user, body_rule::optional, post_receipt);
    to.add(method::post, "/rooms/{room}/read_markers", access::user, body_rule::required, post_markers);
}

}  // namespace chatrixcd::homeserver
