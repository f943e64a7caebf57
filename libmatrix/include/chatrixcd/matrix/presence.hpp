// SPDX-License-Identifier: Apache-2.0
// Who is there (client-server API, "Presence"). Many homeservers have it switched off: then sets are lost and gets are refused. A handle:
// cheap to copy, must not outlive its client, used on the client's executor.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/matrix/ids.hpp>
#include <chatrixcd/matrix/raw_json.hpp>

namespace chatrixcd::matrix {

namespace detail {
class runtime;
}

enum class availability : std::uint8_t { offline, unavailable, online };
std::string_view to_string(availability a) noexcept;

struct user_presence {
    availability state = availability::offline;
    std::string status;  // what the user wrote
    std::optional<base::duration> last_active_ago;
    bool currently_active = false;
    raw_json raw;
};

class presence {
public:
    explicit presence(detail::runtime& of) : runtime_(&of) {}

    // Idempotent. Errors: forbidden (no room in common), not_found, unsupported.
    boost::asio::awaitable<result<user_presence>> get(user_id user) const;
    // Ours. Idempotent. Syncing says `online` again from time to time.
    boost::asio::awaitable<result<void>> set(availability state, std::string status = {}) const;

private:
    detail::runtime* runtime_;
};

}  // namespace chatrixcd::matrix
