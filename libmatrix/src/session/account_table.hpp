// SPDX-License-Identifier: Apache-2.0
// The account's row: who we are, where, with which token. Called inside store closures; tokens are sealed.
#pragma once

#include <optional>
#include <string>

#include <chatrixcd/base/store.hpp>
#include <chatrixcd/matrix/token_source.hpp>

namespace chatrixcd::matrix::detail {

struct account_row {
    std::string homeserver;  // as it was configured when base_url was found
    std::string base_url;    // empty: never found
    user_id user;            // empty: never logged in
    device_id device;
    secret access_token;  // empty: not logged in
    std::optional<secret> refresh_token;
    std::optional<base::time_point> expires;  // of the access token
};

// Makes the row at first. Throws store_error if what was stored cannot be understood.
account_row load_account(base::transaction& t, std::int64_t account);
void save_base_url(base::transaction& t, std::int64_t account, std::string const& homeserver, std::string const& base_url);
// The device that the next login asks for: committed before the login, so that one whose answer is lost does not leave a device behind.
void save_device(base::transaction& t, std::int64_t account, device_id const& device);
void save_grant(base::transaction& t, std::int64_t account, grant const& given, std::optional<base::time_point> expires);
void forget_tokens(base::transaction& t, std::int64_t account);

}  // namespace chatrixcd::matrix::detail
