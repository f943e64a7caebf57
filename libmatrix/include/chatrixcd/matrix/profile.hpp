// SPDX-License-Identifier: Apache-2.0
// What users show of themselves (client-server API, "Profiles"). A handle: cheap to copy, must not outlive its client, used on the
// client's executor. What a profile says was chosen by its user: shown, never used to decide.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/json/fwd.hpp>
#include <string>

#include <chatrixcd/matrix/ids.hpp>
#include <chatrixcd/matrix/raw_json.hpp>

namespace chatrixcd::matrix {

namespace detail {
class runtime;
}

struct user_profile {
    std::string display_name;
    std::string avatar_url;  // as it is: mxc_uri::parse() it
    std::string time_zone;   // "m.tz"
    raw_json raw;            // with every other field
};

class profile {
public:
    explicit profile(detail::runtime& of) : runtime_(&of) {}

    // Idempotent. Errors: not_found (no such user, or nothing to show), forbidden (the homeserver does not tell).
    boost::asio::awaitable<result<user_profile>> get(user_id user) const;

    // Ours. All are idempotent. Errors: forbidden (the homeserver does not let us: server_features::may_set_profile_field()).
    boost::asio::awaitable<result<void>> set_display_name(std::string name) const;
    // An mxc URI; empty takes it away.
    boost::asio::awaitable<result<void>> set_avatar(std::string mxc) const;
    // "m.tz", "org.example.pronouns" (MSC4133): a-z 0-9 _ in parts that begin with a letter, joined by dots. Errors: invalid (another
    // name; the profile would be over 64 KiB), unsupported.
    boost::asio::awaitable<result<void>> set_field(std::string name, boost::json::value const& content) const;
    boost::asio::awaitable<result<void>> remove_field(std::string name) const;

private:
    detail::runtime* runtime_;
};

}  // namespace chatrixcd::matrix
