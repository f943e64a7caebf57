// SPDX-License-Identifier: Apache-2.0
// The checks that an event passes before it is one.
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <utility>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/protocol/canonical_json.hpp>
#include <chatrixcd/protocol/event_types.hpp>
#include <chatrixcd/protocol/hashing.hpp>

#include "events/event_data.hpp"
#include "json/integer.hpp"

namespace json = boost::json;

namespace chatrixcd::protocol {

namespace {

constexpr std::size_t max_prev_events = 20;
constexpr std::size_t max_auth_events = 10;

// Reads members one after the other and keeps the first problem; what is read after it has no meaning.
class reader {
public:
    explicit reader(json::object const& event) : event_(event) {}

    std::optional<std::string> string(std::string_view key, bool required) {
        auto const* value = find(key, required);
        if (value == nullptr) return std::nullopt;
        if (!value->is_string()) return complain(key, "is not a string");
        if (value->get_string().size() > max_event_field_bytes)
            return complain(key, "is longer than 255 bytes", base::error_kind::too_large);
        return std::string(value->get_string());
    }

    template <class Id>
    Id id(std::string_view key) {
        auto text = string(key, /*required=*/true);
        if (!text) return Id();
        auto parsed = Id::parse(*std::move(text));
        if (!parsed) complain(key, "is not a valid id");
        return parsed ? *std::move(parsed) : Id();
    }

    std::int64_t integer(std::string_view key) {
        auto const* value = find(key, /*required=*/true);
        auto const number = value != nullptr ? as_integer(*value) : std::nullopt;
        if (!number) complain(key, "is not an integer");
        return number.value_or(0);
    }

    json::object const* object(std::string_view key) {
        auto const* value = find(key, /*required=*/true);
        if (value != nullptr && !value->is_object()) complain(key, "is not an object");
        return value != nullptr ? value->if_object() : nullptr;
    }

    std::vector<event_id> ids(std::string_view key, std::size_t limit) {
        std::vector<event_id> out;
        auto const* value = find(key, /*required=*/true);
        if (value == nullptr) return out;
        if (!value->is_array() || value->get_array().size() > limit) {
            complain(key, "is not an array, or too long a one");
            return out;
        }
        for (auto const& entry : value->get_array()) {
            auto parsed = event_id::parse(entry.is_string() ? std::string(entry.get_string()) : std::string());
            if (!parsed) {
                complain(key, "has an entry that is not an event id");
                return out;
            }
            out.push_back(*std::move(parsed));
        }
        return out;
    }

    std::nullopt_t complain(std::string_view key, std::string_view what, base::error_kind kind = base::error_kind::invalid) {
        if (!problem_) problem_ = base::error(kind, "event: " + std::string(key) + " " + std::string(what));
        return std::nullopt;
    }

    std::optional<base::error> const& problem() const noexcept { return problem_; }

private:
    json::value const* find(std::string_view key, bool required) {
        auto const* value = event_.if_contains(key);
        if (value == nullptr && required) complain(key, "is missing");
        return value;
    }

    json::object const& event_;
    std::optional<base::error> problem_;
};

void check_signatures(reader& in, json::object const* signatures) {
    if (signatures == nullptr) return;
    for (auto const& of_server : *signatures) {
        if (!of_server.value().is_object()) {
            in.complain("signatures", "has an entry that is not an object");
            return;
        }
    }
}

std::optional<event_id> redacted_by(json::object const& event, json::object const& content, room_version const& version) {
    auto const* value = (version.redacts_in_content ? content : event).if_contains("redacts");
    if (value == nullptr || !value->is_string()) return std::nullopt;
    auto parsed = event_id::parse(std::string(value->get_string()));
    return parsed ? std::optional(*std::move(parsed)) : std::nullopt;
}

}  // namespace

result<pdu> pdu::build(json::object object, std::string bytes, room_version const& version) {
    if (!version.complete)
        return base::error(base::error_kind::unsupported, "events of room version " + std::string(version.id) + " are not supported");
    auto canonical = canonical_json(object);
    if (!canonical) return canonical.error();
    if (canonical->size() > max_event_bytes) return base::error(base::error_kind::too_large, "event: it is larger than 65536 bytes");

    auto event = std::make_shared<data>();
    event->version = version;
    event->bytes = bytes.empty() ? *std::move(canonical) : std::move(bytes);
    event->json = std::move(object);

    reader in(event->json);
    event->type = in.string("type", /*required=*/true).value_or(std::string());
    event->state_key = in.string("state_key", /*required=*/false);
    event->sender = in.id<user_id>("sender");
    event->content = in.object("content");
    event->depth = in.integer("depth");
    if (event->depth < 0) in.complain("depth", "is negative");
    event->origin_server_ts = in.integer("origin_server_ts");
    event->prev_events = in.ids("prev_events", max_prev_events);
    event->auth_events = in.ids("auth_events", max_auth_events);
    in.object("hashes");
    check_signatures(in, in.object("signatures"));
    bool const has_own_room = version.room_id_is_create_hash && event->type == event_types::create;
    if (!has_own_room) event->room = in.id<room_id>("room_id");
    if (in.problem()) return *in.problem();

    auto id = compute_event_id(event->json, version);
    if (!id) return id.error();
    event->id = *std::move(id);
    if (has_own_room) event->room = room_id("!" + event->id.str().substr(1));
    if (event->type == event_types::redaction) event->redacts = redacted_by(event->json, *event->content, version);
    return pdu(std::move(event));
}

result<pdu> pdu::parse(json::object object, room_version const& version) { return build(std::move(object), {}, version); }

result<pdu> pdu::parse_bytes(std::string bytes, room_version const& version) {
    // White space and escapes can make an event of legal size longer, but not without bound.
    if (bytes.size() > 4 * max_event_bytes) return base::error(base::error_kind::too_large, "event: it is larger than 65536 bytes");
    auto object = base::parse_json_object(bytes, max_json_depth);
    if (!object) return base::error(base::error_kind::invalid, object.error().message());
    return build(*std::move(object), std::move(bytes), version);
}

}  // namespace chatrixcd::protocol
