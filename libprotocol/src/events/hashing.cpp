// SPDX-License-Identifier: Apache-2.0
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <chatrixcd/protocol/base64.hpp>
#include <chatrixcd/protocol/hashing.hpp>
#include <chatrixcd/protocol/redaction.hpp>

#include "crypto/sha256.hpp"
#include "json/canonical_writer.hpp"

namespace json = boost::json;

namespace chatrixcd::protocol {

result<std::string> content_hash(json::object const& event) {
    auto const bytes = canonical_json_without(event, {"unsigned", "signatures", "hashes"});
    if (!bytes) return bytes.error();
    return encode_base64(sha256(*bytes));
}

result<void> check_content_hash(json::object const& event) {
    auto const* hashes = event.if_contains("hashes");
    auto const* given = hashes != nullptr && hashes->is_object() ? hashes->get_object().if_contains("sha256") : nullptr;
    if (given == nullptr || !given->is_string()) return base::error(base::error_kind::not_found, "the event has no content hash");
    auto const computed = content_hash(event);
    if (!computed) return computed.error();
    // Compared as bytes: a server may pad what it sends.
    auto const bytes = decode_base64(given->get_string());
    if (!bytes || encode_base64(*bytes) != *computed)
        return base::error(base::error_kind::forbidden, "the content hash is that of another event");
    return {};
}

result<std::string> reference_hash(json::object const& event, room_version const& version) {
    auto const bytes = canonical_json_without(redact(event, version), {"signatures", "unsigned"});
    if (!bytes) return bytes.error();
    auto const alphabet = version.event_ids == event_id_format::base64_url_safe ? base64_alphabet::url_safe : base64_alphabet::standard;
    return encode_base64(sha256(*bytes), alphabet);
}

result<event_id> compute_event_id(json::object const& event, room_version const& version) {
    if (version.event_ids == event_id_format::given) {
        auto const* given = event.if_contains("event_id");
        if (given == nullptr || !given->is_string()) return base::error(base::error_kind::invalid, "the event has no event_id");
        return event_id::parse(std::string(given->get_string()));
    }
    auto const hash = reference_hash(event, version);
    if (!hash) return hash.error();
    return event_id::parse("$" + *hash);
}

result<void> hash_and_sign(json::object& event, room_version const& version, server_name const& server, signing_key const& key) {
    auto hash = content_hash(event);
    if (!hash) return hash.error();
    json::object hashes;
    hashes.emplace("sha256", *std::move(hash));
    json::object essential = redact(event, version);
    essential["hashes"] = hashes;
    if (auto const done = sign_json(essential, server.str(), key); !done) return done.error();
    event["hashes"] = std::move(hashes);
    event["signatures"] = std::move(essential["signatures"]);
    return {};
}

result<void> verify_event(json::object const& event, room_version const& version, server_name const& server, std::string_view key_id,
                          verify_key const& key) {
    return verify_json(redact(event, version), server.str(), key_id, key);
}

}  // namespace chatrixcd::protocol
