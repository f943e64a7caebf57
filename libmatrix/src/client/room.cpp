// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/matrix/room.hpp>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <chatrixcd/base/json_reader.hpp>

#include "client/keys.hpp"
#include "client/runtime.hpp"
#include "outbox/lookup.hpp"
#include "outbox/parts.hpp"
#include "state/room_table.hpp"

namespace chatrixcd::matrix {

namespace asio = boost::asio;
using detail::call;
using detail::client_path;

namespace {

result<void> without_content(result<boost::json::object> const& answer) {
    if (!answer) return answer.error();
    return {};
}

boost::json::object relation_to(event_id const& target, std::string_view type) {
    boost::json::object relates;
    relates["rel_type"] = type;
    relates["event_id"] = target.str();
    return relates;
}

// What the homeserver would refuse, without asking it.
result<void> check_size(detail::outbox_item const& item) {
    if (item.content.size() <= largest_content) return {};
    return error(error_kind::too_large, "the event is too large: " + std::to_string(item.content.size()) + " bytes of content, at most " +
                                            std::to_string(largest_content) + " fit into an event")
        .with_hint("Only messages are split: edits and other events are not");
}

}  // namespace

room::room(detail::runtime& runtime, room_id id, std::shared_ptr<detail::key_series> keys)
    : runtime_(&runtime), id_(std::move(id)), keys_(std::move(keys)) {}

// What is sent for an event that is handled has that event's keys, and is forgotten with it.
detail::outbox_item room::item(std::string type, boost::json::object content, std::string key) const {
    detail::outbox_item made;
    made.made_here = key.empty();
    if (!key.empty()) {
        made.key = std::move(key);
    } else if (keys_) {
        made.key = keys_->next();
    } else {
        made.key = runtime_->fresh_key();
    }
    made.room = id_;
    made.type = std::move(type);
    content[detail::key_member] = made.key;
    made.content = boost::json::serialize(content);
    return made;
}

asio::awaitable<result<event_id>> room::queue(detail::outbox_item what) const {
    if (auto const ready = runtime_->ready(); !ready) co_return ready.error();
    if (auto const fits = check_size(what); !fits) co_return fits.error();
    std::vector<detail::outbox_item> parts;
    parts.push_back(std::move(what));
    co_return co_await runtime_->outbox().send(std::move(parts));
}

asio::awaitable<result<event_id>> room::send(outgoing what) const {
    if (auto const ready = runtime_->ready(); !ready) co_return ready.error();
    auto made = item("m.room.message", what.content(), what.idempotency_key());
    made.priority = static_cast<std::int64_t>(what.how_urgent());
    std::vector<detail::outbox_item> items;
    if (made.content.size() <= largest_content) {
        items.push_back(std::move(made));
    } else {
        auto parts = what.parts(largest_content - detail::key_cost(made.key));
        if (!parts) co_return parts.error();
        items = detail::items_of(made, std::move(*parts));
    }
    co_return co_await runtime_->outbox().send(std::move(items));
}

asio::awaitable<result<event_id>> room::edit(event_id target, outgoing what) const {
    auto made = item("m.room.message", what.edit_content(target), what.idempotency_key());
    made.priority = static_cast<std::int64_t>(what.how_urgent());
    made.target = target.str();
    made.replaces_unsent = true;
    co_return co_await queue(std::move(made));
}

asio::awaitable<result<event_id>> room::edit_by_key(std::string message_key, outgoing what) const {
    if (auto const ready = runtime_->ready(); !ready) co_return ready.error();
    auto made = item("m.room.message", what.edit_content(event_id()), what.idempotency_key());
    if (auto const fits = check_size(made); !fits) co_return fits.error();
    made.priority = static_cast<std::int64_t>(what.how_urgent());
    made.target_key = std::move(message_key);
    made.replaces_unsent = true;
    co_return co_await runtime_->outbox().edit(std::move(made));
}

asio::awaitable<result<event_id>> room::react(event_id target, std::string symbol, std::string key) const {
    auto relates = relation_to(target, "m.annotation");
    relates["key"] = std::move(symbol);
    boost::json::object content;
    content["m.relates_to"] = std::move(relates);
    auto made = item("m.reaction", std::move(content), std::move(key));
    made.target = target.str();
    co_return co_await queue(std::move(made));
}

asio::awaitable<result<event_id>> room::redact(event_id target, std::string reason, std::string key) const {
    boost::json::object content;
    if (!reason.empty()) content["reason"] = std::move(reason);
    auto made = item("m.room.redaction", std::move(content), std::move(key));
    made.target = target.str();
    co_return co_await queue(std::move(made));
}

asio::awaitable<result<std::optional<event_id>>> room::redact_by_key(std::string message_key, std::string reason, std::string key) const {
    if (auto const ready = runtime_->ready(); !ready) co_return ready.error();
    boost::json::object content;
    if (!reason.empty()) content["reason"] = std::move(reason);
    auto made = item("m.room.redaction", std::move(content), std::move(key));
    made.target_key = std::move(message_key);
    co_return co_await runtime_->outbox().redact(std::move(made));
}

asio::awaitable<result<event_id>> room::send_event(std::string type, boost::json::object content, std::string key) const {
    auto made = item(std::move(type), std::move(content), std::move(key));
    co_return co_await queue(std::move(made));
}

asio::awaitable<result<void>> room::typing(bool on, std::chrono::milliseconds span) const {
    if (auto const ready = runtime_->ready(); !ready) co_return ready.error();
    boost::json::object body;
    body["typing"] = on;
    if (on) body["timeout"] = static_cast<std::int64_t>(span.count());
    auto request = call::put(client_path({"rooms", id_.str(), "typing", runtime_->user.str()})).body(body).named("showing that we type");
    // Not worth a second attempt: by then it is over.
    auto const answer = co_await runtime_->api().once(std::move(request));
    co_return without_content(answer);
}

asio::awaitable<result<void>> room::mark_read(event_id up_to) const {
    auto path = client_path({"rooms", id_.str(), "receipt", "m.read", up_to.str()});
    auto request = call::post(std::move(path)).again().named("marking messages as read");
    co_return co_await ask(std::move(request));
}

typing_guard room::show_typing() const {
    if (!runtime_->ready()) return {};
    return runtime_->courtesies().hold_typing(id_);
}

void room::mark_read_soon(event_id up_to) const {
    if (runtime_->ready()) runtime_->courtesies().read_soon(id_, std::move(up_to));
}

asio::awaitable<result<void>> room::join() const {
    co_await runtime_->introduced();
    auto request = call::post(client_path({"rooms", id_.str(), "join"})).again().named("joining the room");
    co_return co_await ask(std::move(request));
}

asio::awaitable<result<void>> room::leave(std::string reason) const {
    boost::json::object body;
    if (!reason.empty()) body["reason"] = std::move(reason);
    auto request = call::post(client_path({"rooms", id_.str(), "leave"})).body(body).again().named("leaving the room");
    co_return co_await ask(std::move(request));
}

asio::awaitable<result<void>> room::invite(user_id user, std::string reason) const {
    boost::json::object body;
    body["user_id"] = user.str();
    if (!reason.empty()) body["reason"] = std::move(reason);
    auto request = call::post(client_path({"rooms", id_.str(), "invite"})).body(body).again().named("inviting " + user.str());
    co_return co_await ask(std::move(request));
}

asio::awaitable<result<void>> room::ask(call request) const {
    if (auto const ready = runtime_->ready(); !ready) co_return ready.error();
    auto const answer = co_await runtime_->api().request(std::move(request));
    co_return without_content(answer);
}

asio::awaitable<std::optional<event>> room::state(std::string type, std::string key) const {
    std::optional<event> found;
    if (!runtime_->ready()) co_return found;
    auto& with = runtime_->with();
    auto find = [account = with.account, id = id_, type, key](base::transaction& t) {
        return detail::find_state(t, account, id, type, key);
    };
    auto const text = co_await with.store.read(std::move(find));
    if (!text) co_return found;
    auto parsed = event::parse_text(*text);
    if (parsed) found = std::move(*parsed);
    co_return found;
}

asio::awaitable<result<event_id>> room::put_state(std::string type, std::string key, boost::json::object content) const {
    if (auto const ready = runtime_->ready(); !ready) co_return ready.error();
    auto request = call::put(client_path({"rooms", id_.str(), "state", type, key})).body(content).named("changing the room's state");
    auto const answer = co_await runtime_->api().request(std::move(request));
    if (!answer) co_return answer.error();
    co_return event_id::parse(base::find_string(*answer, "event_id").value_or(std::string()));
}

}  // namespace chatrixcd::matrix
