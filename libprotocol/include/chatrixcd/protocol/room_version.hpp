// SPDX-License-Identifier: Apache-2.0
// What differs between room versions, as a table. Code asks for a trait, never for a version number.
#pragma once

#include <cstdint>
#include <string_view>

#include <chatrixcd/base/error.hpp>

namespace chatrixcd::protocol {

// Named after the first version that has them.
enum class redaction_rules : std::uint8_t { v1, v6, v8, v9, v11 };

enum class event_id_format : std::uint8_t {
    given,            // versions 1 and 2: chosen by the server, a member of the event
    base64,           // version 3: the reference hash
    base64_url_safe,  // since version 4: the reference hash
};

struct room_version {
    std::string_view id;
    redaction_rules redaction;
    event_id_format event_ids;
    // Events can be parsed and authorised. Of other versions only redaction, hashes and power levels are known.
    bool complete = false;
    // Power levels may not be strings.
    bool integer_power_levels = false;
    // The join rule `knock_restricted` exists.
    bool knock_restricted = false;
    // The creator is the sender of the create event, whose content has no `creator`.
    bool implicit_creator = false;
    // `redacts` is a member of the content (else of the event).
    bool redacts_in_content = false;
    // The room id is the create event's id with another sigil; that event has no `room_id` and is nobody's auth event.
    bool room_id_is_create_hash = false;
    // Creators, and `additional_creators`, stand above every power level.
    bool privileged_creators = false;
};

namespace room_versions {

inline constexpr room_version v1{"1", redaction_rules::v1, event_id_format::given};
inline constexpr room_version v2{"2", redaction_rules::v1, event_id_format::given};
inline constexpr room_version v3{"3", redaction_rules::v1, event_id_format::base64};
inline constexpr room_version v4{"4", redaction_rules::v1, event_id_format::base64_url_safe};
inline constexpr room_version v5{"5", redaction_rules::v1, event_id_format::base64_url_safe};
inline constexpr room_version v6{"6", redaction_rules::v6, event_id_format::base64_url_safe};
inline constexpr room_version v7{"7", redaction_rules::v6, event_id_format::base64_url_safe};
inline constexpr room_version v8{"8", redaction_rules::v8, event_id_format::base64_url_safe};
inline constexpr room_version v9{"9", redaction_rules::v9, event_id_format::base64_url_safe};
inline constexpr room_version v10{.id = "10",
                                  .redaction = redaction_rules::v9,
                                  .event_ids = event_id_format::base64_url_safe,
                                  .complete = true,
                                  .integer_power_levels = true,
                                  .knock_restricted = true};
inline constexpr room_version v11{.id = "11",
                                  .redaction = redaction_rules::v11,
                                  .event_ids = event_id_format::base64_url_safe,
                                  .complete = true,
                                  .integer_power_levels = true,
                                  .knock_restricted = true,
                                  .implicit_creator = true,
                                  .redacts_in_content = true};
inline constexpr room_version v12{.id = "12",
                                  .redaction = redaction_rules::v11,
                                  .event_ids = event_id_format::base64_url_safe,
                                  .complete = true,
                                  .integer_power_levels = true,
                                  .knock_restricted = true,
                                  .implicit_creator = true,
                                  .redacts_in_content = true,
                                  .room_id_is_create_hash = true,
                                  .privileged_creators = true};

}  // namespace room_versions

// The traits of "1" to "12"; they live as long as the program. Error `unsupported` for any other.
base::result<room_version const*> find_room_version(std::string_view id);

}  // namespace chatrixcd::protocol
