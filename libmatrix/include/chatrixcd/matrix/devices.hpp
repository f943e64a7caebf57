// SPDX-License-Identifier: Apache-2.0
// The sessions of our account (client-server API, "Device management"). A handle: cheap to copy, must not outlive its client, used on the
// client's executor.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>
#include <vector>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/matrix/ids.hpp>
#include <chatrixcd/matrix/raw_json.hpp>
#include <chatrixcd/matrix/uia.hpp>

namespace chatrixcd::matrix {

namespace detail {
class runtime;
}

struct device_info {
    device_id id;
    std::string name;
    std::string last_seen_ip;
    std::optional<base::time_point> last_seen;
    raw_json raw;
};

// The keys of a user as the homeserver tells them (client-server API, "Key management"): believed only once signatures were looked at.
class published_keys {
public:
    published_keys() = default;

    bool has(device_id const& device) const;

    // Of the user's identity, in unpadded Base64; nothing: there is none.
    std::optional<std::string> master_key;
    std::vector<device_id> devices;  // those with keys for encryption
};

class devices {
public:
    explicit devices(detail::runtime& of) : runtime_(&of) {}

    // Idempotent. Malformed entries are left out.
    boost::asio::awaitable<result<std::vector<device_info>>> list() const;
    // Idempotent. Errors: not_found.
    boost::asio::awaitable<result<device_info>> get(device_id id) const;
    // Idempotent. Errors: not_found.
    boost::asio::awaitable<result<void>> rename(device_id id, std::string name) const;
    // Ends those sessions; removing our own ends this client's. Idempotent: devices that are gone are no error. Has to be confirmed, as a
    // rule by the password. Errors: unauthorized (with the stages that nobody answered), forbidden, unsupported (a homeserver with
    // OAuth 2.0 alone has its own page for it).
    boost::asio::awaitable<result<void>> remove(std::vector<device_id> which, uia::answers confirmed_by = {}) const;

    // What the homeserver shows of a user's keys. Idempotent.
    boost::asio::awaitable<result<matrix::published_keys>> published_keys(user_id of) const;

private:
    detail::runtime* runtime_;
};

}  // namespace chatrixcd::matrix
