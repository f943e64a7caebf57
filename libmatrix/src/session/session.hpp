// SPDX-License-Identifier: Apache-2.0
// Who we are at the homeserver, and the token that proves it. Restores what the store has, else logs in; replaces a token that is
// refused: one attempt in flight, the new token committed before it is used, and never in a tight loop.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <string>

#include <chatrixcd/base/http.hpp>
#include <chatrixcd/base/notifier.hpp>
#include <chatrixcd/matrix/features.hpp>
#include <chatrixcd/matrix/token_source.hpp>

#include "http/retry.hpp"
#include "session/account_table.hpp"
#include "state/services.hpp"

namespace chatrixcd::matrix::detail {

class session {
public:
    session(services& with, base::http::transport& transport, std::string homeserver, std::string device_name);

    // Finds the homeserver, restores or logs in, and asks the homeserver who we are. `unavailable` after about ten seconds of attempts.
    boost::asio::awaitable<base::result<void>> open(std::shared_ptr<token_source> tokens);

    user_id const& user() const noexcept { return current_.user; }
    device_id const& device() const noexcept { return current_.device; }
    std::string const& base_url() const noexcept { return base_url_; }
    secret const& token() const noexcept { return current_.access_token; }
    // If the login knows it.
    std::optional<secret> password() const;
    // Of the homeserver's versions alone, as they were when it was last looked up.
    server_features const& features() const noexcept { return features_; }

    // Before a request: refreshes a token that is about to expire. Never fails: what could not be refreshed is used until it is refused.
    boost::asio::awaitable<void> keep_fresh();
    // Replaces a token that the homeserver refused. `soft`: the device lives on (client-server API, "Soft logout"); otherwise we come
    // back as a new one. Errors: unauthorized (final: only a person can help), environment (our store), unavailable (everything else: the
    // request can be tried again later).
    boost::asio::awaitable<base::result<void>> renew(secret refused, bool soft);
    // Looks the homeserver up again, if it is known by name: it may have moved. Changes nothing unless one answers there.
    boost::asio::awaitable<void> relocate();
    // Ends the session at the homeserver and forgets the token.
    boost::asio::awaitable<base::result<void>> log_out();
    // The store is about to go: whoever still waits in here gets an error instead of it.
    void close() noexcept { closed_ = true; }

private:
    // One renewal or login at a time.
    class turn;

    boost::asio::awaitable<base::result<void>> locate(std::string stored_for, std::string stored_url);
    boost::asio::awaitable<base::result<void>> restore();
    boost::asio::awaitable<base::result<void>> log_in(bool may_refresh);
    boost::asio::awaitable<base::result<void>> replace_token(bool same_device);
    boost::asio::awaitable<base::result<void>> adopt(grant given);
    boost::asio::awaitable<void> refresh_ahead();
    void plan_refresh(std::optional<base::time_point> expires);
    boost::asio::awaitable<base::result<grant>> obtain(bool may_refresh);
    boost::asio::awaitable<base::result<void>> identify(grant& given);
    boost::asio::awaitable<base::result<void>> plan_device();
    boost::asio::awaitable<void> forget_token();
    boost::asio::awaitable<base::result<void>> keep(std::function<void(base::transaction&)> work);
    base::result<void> check_owner(user_id const& user) const;
    login_context context() const;

    services* with_;
    base::http::transport* transport_;
    std::string homeserver_;
    std::string device_name_;
    std::shared_ptr<token_source> tokens_;
    std::string base_url_;
    server_features features_;
    grant current_;
    user_id owner_;  // whose store this is; empty: nobody's yet
    bool busy_ = false;
    bool closed_ = false;
    bool is_planned_ = false;  // the device has not logged in yet
    base::notifier free_;
    secret refused_;                              // the last token that the homeserver did not take
    bool device_lives_ = false;                   // what it said about the device then
    std::optional<base::time_point> refresh_at_;  // ahead of the token's end
    backoff refresh_wait_;
    unsigned renewals_ = 0;  // in a row, of tokens that did not live long
    base::duration renewed_at_{0};
    backoff renewal_wait_;
    base::logger log_;
};

}  // namespace chatrixcd::matrix::detail
