// SPDX-License-Identifier: Apache-2.0
// What an endpoint is given and what it answers.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/error.hpp>
#include <chatrixcd/base/router.hpp>
#include <chatrixcd/protocol/ids.hpp>

#include "events/client_format.hpp"
#include "limits/endpoint_class.hpp"

namespace chatrixcd::homeserver {

// Not an aggregate on purpose: calls are handed to awaitable functions (see http.hpp).
class call {
public:
    explicit call(base::http::routed_request r) : request(std::move(r)) {}

    std::string const& parameter(std::string_view name) const { return request.parameter(name); }
    std::optional<std::string> query(std::string_view name) const { return request.query(name); }
    // A query value that is an integer >= 0; `otherwise` if it is missing. Error: invalid_param.
    base::result<std::int64_t> count(std::string_view name, std::int64_t otherwise) const;
    viewer who() const { return {user.str(), device}; }

    base::http::routed_request request;
    boost::json::object body;
    // Of the access token; empty where an endpoint asks for none.
    protocol::user_id user;
    std::string device;
    // Random characters, for endpoints that make ids.
    std::string fresh;
    // Which limit counts, and the uptime at which the request came.
    endpoint_class kind = endpoint_class::unlimited;
    base::duration arrived{0};
};

class answer {
public:
    answer() = default;
    explicit answer(boost::json::value content) : body(std::move(content)) {}
    answer(unsigned http_status, boost::json::value content) : status(http_status), body(std::move(content)) {}
    // Something else than JSON, with the headers that say what.
    static answer file(std::string content, base::http::fields with);

    // Puts the body into its text, once.
    void write();

    unsigned status = 200;
    boost::json::value body = boost::json::object();
    bool is_written = false;
    std::string text;
    base::http::fields headers;
};

}  // namespace chatrixcd::homeserver
