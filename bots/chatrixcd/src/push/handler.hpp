// SPDX-License-Identifier: Apache-2.0
// Answers what is sent to the bot's listener. Whatever it says only makes the bot ask the server that it came from: nothing in it is
// believed, shown or started.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>
#include <vector>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/http.hpp>
#include <chatrixcd/base/log.hpp>
#include <chatrixcd/base/router.hpp>

#include "push/endpoint.hpp"

namespace chatrixcd::bot {

// POST /push/SERVER: a webhook with a signature. POST /push/SERVER/alert and …/message: an alert of Semaphore for Slack or Rocket.Chat, and
// for Gotify (which puts /message behind its address), with ?token=… if the configuration wants one.
class push_handler final : public base::http::handler {
public:
    push_handler(base::clock& time, base::logger log, std::vector<push_endpoint> endpoints);
    boost::asio::awaitable<base::http::response> handle(base::http::request r) override;

private:
    base::http::response take_webhook(base::http::routed_request const& r);
    base::http::response take_alert(base::http::routed_request const& r);
    base::http::response take(push_endpoint& to, base::result<semaphore::push_hint> const& hint, std::string const& from);
    base::http::response refuse(unsigned status, base::error const& why, std::string const& from);
    push_endpoint* find(std::string const& server);

    base::clock* time_;
    base::logger log_;
    std::vector<push_endpoint> endpoints_;
    base::http::router router_;
    // So that strangers cannot fill the log.
    std::optional<base::duration> last_told_;
    std::int64_t untold_ = 0;
};

}  // namespace chatrixcd::bot
