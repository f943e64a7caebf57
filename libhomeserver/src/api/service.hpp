// SPDX-License-Identifier: Apache-2.0
// The way from an HTTP request to an endpoint and back: routes, JSON bodies, access tokens, one store transaction, waking long polls.
//
// Most endpoints are `work`: a function that runs inside one store closure, after the token was checked in the same closure. The few
// that wait, hash or draw random ids are coroutines on the loop, which run their work through run().
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <chatrixcd/base/http.hpp>
#include <chatrixcd/base/router.hpp>
#include <chatrixcd/homeserver/server.hpp>

#include "accounts/confirmation.hpp"
#include "api/call.hpp"
#include "events/step.hpp"
#include "media/content_store.hpp"
#include "streams/hub.hpp"
#include "streams/typing.hpp"

namespace chatrixcd::homeserver {

enum class access : std::uint8_t {
    anybody,
    user,
    guest,  // whoever sends a token is that user, and it must be good; the others are nobody
};
enum class body_rule : std::uint8_t {
    none,
    optional,
    required,
    raw,  // no JSON: left in the request
};

class service {
public:
    using work = std::function<base::result<answer>(step&, call&)>;
    using coroutine = std::function<boost::asio::awaitable<base::result<answer>>(call)>;

    // Everything must outlive the service.
    service(boost::asio::any_io_executor executor, server_options const& options, base::store& data, std::shared_ptr<domain> of);

    // Patterns are relative to /_matrix/client/v3 (and r0, its name in old clients), unless they begin with '/_matrix' or '/.well-known'.
    void add(base::http::method verb, std::string_view pattern, access who, body_rule body, work does);
    void add_coroutine(base::http::method verb, std::string_view pattern, body_rule body, coroutine does);

    boost::asio::awaitable<base::http::response> answer_to(base::http::request r);
    // One transaction: checks the token if `who` asks for it, does the work, commits; afterwards wakes who waits for it. An error
    // undoes what was written.
    boost::asio::awaitable<base::result<answer>> run(access who, call c, work does);
    // The call with its user and device filled in. Error: unknown_token, missing_token, too_fast.
    boost::asio::awaitable<base::result<call>> identify(call c);
    // As above, without a request: the work sees no call.
    boost::asio::awaitable<base::result<answer>> run(std::function<base::result<answer>(step&)> does);

    hub wakeups;
    typing_lists typing;
    confirmations to_confirm;
    std::unique_ptr<content_store> content;
    server_options const& options;
    domain const& server;

private:
    boost::asio::awaitable<base::http::response> serve(body_rule rule, coroutine does, call c);
    void route(base::http::method verb, std::string_view pattern, base::http::router::function does);

    base::store& store_;
    std::shared_ptr<domain> domain_;
    base::http::router router_;
    token_buckets logins_;  // by address
};

}  // namespace chatrixcd::homeserver
