// SPDX-License-Identifier: Apache-2.0
// Hashes and signatures of events (server-server API, "Signing Events"). Events are given in the federation format: since room
// version 3 without `event_id`. Every function refuses with `invalid` what is no canonical JSON.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>
#include <string_view>

#include <chatrixcd/protocol/ids.hpp>
#include <chatrixcd/protocol/room_version.hpp>
#include <chatrixcd/protocol/signing.hpp>

namespace chatrixcd::protocol {

// SHA-256 over all but `unsigned`, `signatures` and `hashes`, in unpadded Base64: what belongs into hashes.sha256.
result<std::string> content_hash(boost::json::object const& event);
// Whether hashes.sha256 is that hash. Errors: not_found (the event has none), forbidden (it is another one: the event was changed, or
// redacted, and must be redacted before use).
result<void> check_content_hash(boost::json::object const& event);

// SHA-256 over the redacted event without its signatures, in the Base64 of the room version's event ids (standard up to
// version 3, then url-safe).
result<std::string> reference_hash(boost::json::object const& event, room_version const& version);
// '$' and the reference hash; in versions 1 and 2 the member `event_id`.
result<event_id> compute_event_id(boost::json::object const& event, room_version const& version);

// Sets `hashes` and signs the redacted event; keeps other signatures. The event is unchanged if this fails.
result<void> hash_and_sign(boost::json::object& event, room_version const& version, server_name const& server, signing_key const& key);
// Whether the event carries a valid signature of this server with this key; errors as of verify_json.
result<void> verify_event(boost::json::object const& event, room_version const& version, server_name const& server, std::string_view key_id,
                          verify_key const& key);

}  // namespace chatrixcd::protocol
