// SPDX-License-Identifier: Apache-2.0
#include "sync/passing.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <chatrixcd/base/json_reader.hpp>

#include "state/failure.hpp"

namespace chatrixcd::matrix {

namespace asio = boost::asio;
namespace json = boost::json;

struct passing::data {
    kind what = kind::typing;
    std::string type;
    room_id room;
    user_id sender;
    json::object content;
};

passing::passing(std::shared_ptr<data const> content) : data_(std::move(content)) {}
passing::kind passing::what() const noexcept { return data_->what; }
std::string const& passing::type() const noexcept { return data_->type; }
room_id const& passing::room() const noexcept { return data_->room; }
user_id const& passing::sender() const noexcept { return data_->sender; }
json::object const& passing::content() const noexcept { return data_->content; }

namespace detail {

passing_queue::passing_queue(asio::any_io_executor executor, handler to, base::logger log)
    : to_(std::move(to)), changed_(std::move(executor)), log_(std::move(log)) {}

void passing_queue::take(document const& response) {
    if (!to_) return;
    auto const& root = response.root();
    auto const part = [&](std::string_view name, passing::kind what) {
        if (auto const* section = base::find_object(root, name)) add_all(*section, what, room_id());
    };
    part("to_device", passing::kind::to_device);
    part("account_data", passing::kind::account_data);
    part("presence", passing::kind::presence);
    auto const* rooms = base::find_object(root, "rooms");
    auto const* joined = rooms == nullptr ? nullptr : base::find_object(*rooms, "join");
    if (joined != nullptr) {
        for (auto const& joined_room : *joined) {
            auto const id = room_id::parse(std::string(joined_room.key()));
            if (!id || !joined_room.value().is_object()) continue;
            auto const& room = joined_room.value().get_object();
            if (auto const* section = base::find_object(room, "account_data")) add_all(*section, passing::kind::account_data, *id);
            if (auto const* section = base::find_object(room, "ephemeral")) add_all(*section, passing::kind::typing, *id);
        }
    }
    if (!waiting_.empty()) changed_.notify_all();
}

void passing_queue::add_all(json::object const& section, passing::kind what, room_id const& room) {
    auto const* events = base::find_array(section, "events");
    if (events == nullptr) return;
    for (auto const& event : *events) {
        if (event.is_object()) add(event.get_object(), what, room);
    }
}

void passing_queue::add(json::object const& raw, passing::kind what, room_id const& room) {
    auto made = std::make_shared<passing::data>();
    auto type = base::find_string(raw, "type");
    auto const* content = base::find_object(raw, "content");
    if (!type || content == nullptr) return;
    bool const is_ephemeral = what == passing::kind::typing;
    if (is_ephemeral && *type != "m.typing" && *type != "m.receipt") return;
    made->what = is_ephemeral && *type == "m.receipt" ? passing::kind::receipt : what;
    made->type = std::move(*type);
    made->room = room;
    if (what == passing::kind::presence || what == passing::kind::to_device) {
        auto sender = user_id::parse(base::find_string(raw, "sender").value_or(std::string()));
        if (!sender) return;
        made->sender = std::move(*sender);
    }
    auto const bytes = json::serialize(*content).size();
    if (bytes > most_bytes) return;
    made->content = *content;
    waiting_.push_back(entry{passing(std::move(made)), bytes});
    bytes_ += bytes;
    while (waiting_.size() > most || bytes_ > most_bytes) drop_oldest();
}

void passing_queue::drop_oldest() {
    if (!dropping_) log_.warning("the handler of what passes by is too slow: the oldest is dropped");
    dropping_ = true;
    bytes_ -= waiting_.front().bytes;
    waiting_.pop_front();
}

asio::awaitable<void> passing_queue::run() {
    for (;;) {
        while (waiting_.empty()) {
            dropping_ = false;
            co_await changed_.wait();
        }
        auto first = std::move(waiting_.front());
        waiting_.pop_front();
        bytes_ -= first.bytes;
        std::exception_ptr failure;
        try {
            co_await to_(std::move(first.what));
        } catch (...) {
            failure = std::current_exception();
        }
        if (failure) log_.warning("the handler of what passes by failed", {{"why", words_of(failure)}});
    }
}

}  // namespace detail

}  // namespace chatrixcd::matrix
