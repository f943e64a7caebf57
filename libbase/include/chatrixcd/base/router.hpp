// SPDX-License-Identifier: Apache-2.0
// Chooses a function by method and path. Patterns are paths whose segments are literal or "{name}"; a value is one segment,
// percent-decoded and not empty. Literal segments win over names; "/a/" is not "/a".
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <chatrixcd/base/http.hpp>
#include <chatrixcd/base/url.hpp>

namespace chatrixcd::base::http {

// A request with what its path and query said.
class routed_request {
public:
    explicit routed_request(request r) : http(std::move(r)) {}
    // The decoded value of "{name}"; must be in the pattern.
    std::string const& parameter(std::string_view name) const;
    std::optional<std::string> query(std::string_view name) const;

    request http;
    std::vector<std::pair<std::string, std::string>> parameters;
    query_parameters query_values;
};

class router {
public:
    using function = std::function<boost::asio::awaitable<response>(routed_request)>;

    router();
    ~router();
    router(router&&) noexcept;
    router& operator=(router&&) noexcept;

    // Patterns must be unique for a method; a second one throws std::logic_error.
    void add(method m, std::string_view pattern, function answers);

    struct match {
        function const* answers = nullptr;  // null: no such path, or not with this method
        bool path_exists = false;           // true with null `answers`: 405
        std::vector<std::pair<std::string, std::string>> parameters;
    };
    // HEAD falls back to GET. Broken escapes match nothing.
    match find(method m, std::string_view path) const;
    // Finds and runs; `otherwise` answers what has no route (called with path_exists).
    boost::asio::awaitable<response> route(request r, std::function<response(bool path_exists)> otherwise) const;

private:
    struct node;
    struct search;
    std::unique_ptr<node> root_;
};

}  // namespace chatrixcd::base::http
