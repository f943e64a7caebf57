// SPDX-License-Identifier: Apache-2.0
#include "sync/raw_event.hpp"

#include <boost/json/object.hpp>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/base/json_text.hpp>

#include "content/event_access.hpp"
#include "content/text_member.hpp"

namespace chatrixcd::matrix::detail {

namespace json = boost::json;

namespace {

std::string_view text_of(json::value const& v) noexcept {
    auto const& text = v.get_string();
    return std::string_view(text.data(), text.size());
}

// The members of an event in one pass, as they are.
class members {
public:
    explicit members(json::object const& from) {
        for (auto const& entry : from) take(entry.key(), entry.value());
    }
    json::value const* type = nullptr;
    json::value const* sender = nullptr;
    json::value const* id = nullptr;
    json::value const* state_key = nullptr;
    json::value const* content = nullptr;
    json::value const* extra = nullptr;
    json::value const* room = nullptr;

private:
    void take(std::string_view key, json::value const& value) {
        // The specification treats null as absent.
        if (value.is_null()) return;
        if (key == "type")
            type = &value;
        else if (key == "sender")
            sender = &value;
        else if (key == "event_id")
            id = &value;
        else if (key == "state_key")
            state_key = &value;
        else if (key == "content")
            content = &value;
        else if (key == "unsigned")
            extra = &value;
        else if (key == "room_id")
            room = &value;
    }
};

bool is_text(json::value const* v) noexcept { return v != nullptr && v->is_string(); }

// Bytes that hold most events.
constexpr std::size_t usual_event = 512;

}  // namespace

std::optional<raw_event> raw_event::view(json::value const& from) {
    if (!from.is_object()) return std::nullopt;
    members const found(from.get_object());
    if (!is_text(found.type) || !is_text(found.sender) || found.content == nullptr || !found.content->is_object()) return std::nullopt;
    raw_event made;
    made.object_ = &from.get_object();
    made.content_ = &found.content->get_object();
    made.type_ = text_of(*found.type);
    if (found.extra != nullptr) made.unsigned_ = found.extra->if_object();
    made.sender_ = text_of(*found.sender);
    if (!user_id::is_valid(made.sender_)) return std::nullopt;
    if (found.id != nullptr) {
        if (!found.id->is_string()) return std::nullopt;
        made.id_ = text_of(*found.id);
        if (!event_id::is_valid(made.id_)) return std::nullopt;
    }
    if (found.state_key != nullptr) {
        if (!found.state_key->is_string()) return std::nullopt;
        made.state_key_ = text_of(*found.state_key);
    }
    if (found.room != nullptr && found.room->is_string()) made.room_ = text_of(*found.room);
    return made;
}

base::time_point raw_event::sent() const noexcept { return event_access::time_of(*object_); }

std::optional<base::duration> raw_event::age() const noexcept {
    auto const* age = unsigned_ == nullptr ? nullptr : unsigned_->if_contains("age");
    if (age == nullptr || !age->is_int64() || age->get_int64() < 0) return std::nullopt;
    return base::duration(age->get_int64());
}

bool raw_event::is_state(std::string_view event_type, std::string_view key) const noexcept {
    return state_key_ && type_ == event_type && *state_key_ == key;
}

std::string_view raw_event::content_text(std::string_view key) const noexcept { return text_member(*content_, key); }

std::string_view raw_event::previous_text(std::string_view key) const noexcept {
    auto const* previous = unsigned_ == nullptr ? nullptr : base::find_object(*unsigned_, "prev_content");
    return previous == nullptr ? std::string_view() : text_member(*previous, key);
}

std::string_view raw_event::replaces() const noexcept {
    return unsigned_ == nullptr ? std::string_view() : text_member(*unsigned_, "replaces_state");
}

message_parts raw_event::parts() const noexcept { return {type_, state_key_.has_value(), *content_, unsigned_}; }

event raw_event::to_event(std::shared_ptr<void const> keeper, trust believed) const {
    event_access::checked const known{object_, content_, type_, id_, sender_, state_key_, sent()};
    return event_access::borrow(known, std::move(keeper), std::move(believed));
}

std::string raw_event::to_text() const {
    std::string text;
    text.reserve(usual_event);
    base::append_json(text, *object_);
    return text;
}

std::string raw_event::to_lasting_text() const {
    bool const redacted = unsigned_ != nullptr && unsigned_->if_contains("redacted_because") != nullptr;
    if (redacted || unsigned_ == nullptr) return to_text();
    std::string text;
    text.reserve(usual_event);
    text += '{';
    for (auto const& entry : *object_) {
        if (entry.key() == "unsigned") continue;
        if (text.size() > 1) text += ',';
        base::append_json(text, std::string_view(entry.key().data(), entry.key().size()));
        text += ':';
        base::append_json(text, entry.value());
    }
    text += '}';
    return text;
}

}  // namespace chatrixcd::matrix::detail
