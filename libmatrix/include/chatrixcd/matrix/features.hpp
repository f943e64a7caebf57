// SPDX-License-Identifier: Apache-2.0
// What the homeserver can do. Asked for at most once a day (GET /versions and /capabilities), and again after it has refused a request as
// unknown. A handle: cheap to copy, must not outlive its client, used on the client's executor.
//
// Every request of this library that an older or smaller homeserver may lack is tried first, by the newest path; one that is refused as
// unknown is remembered: M_UNRECOGNIZED for a day, a bare 404, 405 or 501, which may be a proxy's, for five minutes. Where an older path
// exists, it is used then; where not, the request ends as error `unsupported` with the name of what is missing, without asking again. A
// version that the homeserver names is never a reason to refuse: homeservers implement much before they name it, and leave out some of what
// they name.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/json/fwd.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include <chatrixcd/matrix/ids.hpp>
#include <chatrixcd/matrix/raw_json.hpp>

namespace chatrixcd::matrix {

namespace detail {
class runtime;
}

// What not every homeserver has. In brackets: since when the specification has it.
enum class feature : std::uint8_t {
    authenticated_media,  // /_matrix/client/v1/media [v1.11, MSC3916]
    async_upload,         // POST /media/v1/create [v1.7, MSC2246]
    media_config,         // the upload limit [r0.4]
    profile_fields,       // fields beside name and avatar [v1.16, MSC4133]
    presence,             // [r0.0]; often switched off
    devices_removal,      // DELETE /devices [r0.3]
    account_data,         // [r0.0]
    cross_signing,        // POST /keys/device_signing/upload [v1.1, MSC1756]
    tags,                 // [r0.0]
    password_change,      // [r0.0]
    open_id,              // [r0.1]
    push_rules,           // [r0.0]
    search,               // POST /search [r0.0]
    user_directory,       // [r0.3]
    public_rooms,         // [r0.0]
    room_visibility,      // [r0.0]
    room_aliases,         // GET /rooms/…/aliases [r0.6.1]
    room_upgrade,         // [r0.5]
    room_summary,         // [v1.15, MSC3266]
    hierarchy,            // of spaces [v1.2, MSC2946]
    knock,                // [v1.1, MSC2403]
    relations,            // [v1.3, MSC2675]
    threads,              // list of threads [v1.4, MSC3856]
    event_at_time,        // GET /timestamp_to_event [v1.6, MSC3030]
    report_event,         // [r0.4]
    report_room,          // [v1.13, MSC4151]
    report_user,          // [v1.14, MSC4260]
};
// "authenticated media", for people.
std::string_view to_string(feature f) noexcept;

// Whether the homeserver has it, as far as can be told without trying.
enum class support : std::uint8_t { no, unknown, yes };

// What GET /versions and GET /capabilities said.
class server_features {
public:
    server_features() = default;
    // Reads foreign JSON; what is malformed counts as not said.
    server_features(boost::json::object const& versions, boost::json::object const& capabilities);

    std::set<std::string> const& versions() const noexcept { return versions_; }
    // A version such as "v1.11", or a later one of the same numbering ("v1.12" counts as having it).
    bool has_version(std::string_view at_least) const;
    // "org.matrix.msc3916.stable": named and true.
    bool has_unstable(std::string_view flag) const;
    bool may_change_password() const noexcept { return may_change_password_; }
    // "m.profile_fields", or for the name and the avatar the older capabilities; true if nothing was said.
    bool may_set_profile_field(std::string_view name) const;
    // "m.room_versions": what a new room gets, and each version with its stability; empty if it was not said.
    std::string const& default_room_version() const noexcept { return default_room_version_; }
    std::map<std::string, std::string> const& room_versions() const noexcept { return room_versions_; }
    // By the versions and the unstable flags alone.
    bool advertises(feature f) const;
    // The object "capabilities".
    raw_json const& capabilities() const noexcept { return capabilities_; }

private:
    std::set<std::string> versions_;
    std::set<std::string> unstable_;
    raw_json capabilities_;
    bool may_change_password_ = true;
    bool may_set_name_ = true;
    bool may_set_avatar_ = true;
    std::optional<bool> may_set_fields_;
    std::set<std::string> allowed_fields_;
    std::set<std::string> forbidden_fields_;
    std::string default_room_version_;
    std::map<std::string, std::string> room_versions_;
};

class features {
public:
    explicit features(detail::runtime& of) : runtime_(&of) {}

    // Idempotent; a request only if nothing fresh is known. Errors: unavailable, protocol. A homeserver without /capabilities (before
    // r0.5) has none.
    boost::asio::awaitable<result<server_features>> get() const;
    // `no` once a request for it was refused as unknown, `yes` if the homeserver advertises it, else unknown. Errors as get().
    boost::asio::awaitable<result<support>> has(feature f) const;

private:
    detail::runtime* runtime_;
};

}  // namespace chatrixcd::matrix
