// SPDX-License-Identifier: Apache-2.0
// Secrets that lie in the account's data under a key that the homeserver does not have (client-server API, "Storage" of "Secrets",
// m.secret_storage.v1.aes-hmac-sha2). Pure.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>

#include <chatrixcd/base/random.hpp>
#include <chatrixcd/matrix/recovery_key.hpp>

namespace chatrixcd::matrix::crypto {

class secret_storage_key {
public:
    explicit secret_storage_key(recovery_key const& key) : key_(key.bytes()) {}

    // The content of m.secret_storage.key.ID, by which others see that they were given the right key.
    boost::json::object describe(base::random& randomness) const;
    // Whether such a content is of this key. One that holds no check is believed, as the specification wants it.
    bool fits(boost::json::object const& description) const;

    // The entry of this key in the member `encrypted` of a secret. The secret's name goes into it: one cannot be taken for another.
    boost::json::object seal(base::random& randomness, std::string const& name, secret const& what) const;
    // Nothing: it is malformed, or of another key or name, or was changed.
    std::optional<secret> open(std::string const& name, boost::json::object const& entry) const;

private:
    secret key_;
};

}  // namespace chatrixcd::matrix::crypto
