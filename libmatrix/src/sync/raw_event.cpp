// SPDX-License-Identifier: Apache-2.0
#include "sync/raw_event.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/serializer.hpp>

#include <chatrixcd/base/json_reader.hpp>

#include "content/event_access.hpp"
#include "http/shallow_json.hpp"

namespace chatrixcd::matrix::detail {

namespace json = boost::json;

namespace {

std::string_view text_of(json::value const& v) noexcept {
    auto const& text = v.get_string();
    return std::string_view(text.data(), text.size());
}

std::string_view text_member(json::object const* from, std::string_view key) noexcept {
    auto const* value = from == nullptr ? nullptr : from->if_contains(key);
    if (value == nullptr || !value->is_string()) return {};
    return text_of(*value);
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
    }
};

bool is_text(json::value const* v) noexcept { return v != nullptr && v->is_string(); }

// Bytes that hold most events.
constexpr std::size_t usual_event = 512;

void append(std::string& to, json::serializer& from) {
    char piece[4096];
    while (!from.done()) to.append(from.read(piece, sizeof(piece)));
}

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

std::string_view raw_event::content_text(std::string_view key) const noexcept { return text_member(content_, key); }

std::string_view raw_event::previous_text(std::string_view key) const noexcept {
    auto const* previous = unsigned_ == nullptr ? nullptr : base::find_object(*unsigned_, "prev_content");
    return text_member(previous, key);
}

event raw_event::to_event(std::shared_ptr<void const> keeper) const {
    event_access::checked const known{object_, content_, type_, id_, sender_, state_key_, sent()};
    return event_access::borrow(known, std::move(keeper));
}

std::string raw_event::to_text() const {
    std::string text;
    text.reserve(usual_event);
    json::serializer from;
    from.reset(object_);
    append(text, from);
    return finite_json(std::move(text));
}

std::string raw_event::to_lasting_text() const {
    bool const redacted = unsigned_ != nullptr && unsigned_->if_contains("redacted_because") != nullptr;
    if (redacted || unsigned_ == nullptr) return to_text();
    std::string text = "{";
    json::serializer from;
    for (auto const& entry : *object_) {
        if (entry.key() == "unsigned") continue;
        if (text.size() > 1) text += ',';
        from.reset(entry.key());
        append(text, from);
        text += ':';
        from.reset(&entry.value());
        append(text, from);
    }
    text += '}';
    return finite_json(std::move(text));
}

}  // namespace chatrixcd::matrix::detail
