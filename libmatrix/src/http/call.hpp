// SPDX-License-Identifier: Apache-2.0
// One request of the client-server API, before it has a homeserver and a token.
#pragma once

#include <boost/json/fwd.hpp>
#include <chrono>
#include <cstddef>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include <chatrixcd/base/http.hpp>
#include <chatrixcd/base/url.hpp>

namespace chatrixcd::matrix::detail {

// "/_matrix/client/v3/rooms/%21a%3Ab/send/…" from its segments.
std::string client_path(std::initializer_list<std::string_view> segments);
// As above, below another root: "/_matrix/client/v1", "/_matrix/media/v3".
std::string path_below(std::string_view root, std::initializer_list<std::string_view> segments);

// Not an aggregate on purpose: a braced temporary in a co_await statement is miscompiled by GCC 12.
class call {
public:
    // GET and PUT are idempotent, as the specification uses them; POST is not, unless again() says so.
    static call get(std::string path) { return call(base::http::method::get, std::move(path)); }
    static call put(std::string path) { return call(base::http::method::put, std::move(path)); }
    static call post(std::string path) { return call(base::http::method::post, std::move(path)); }
    // Idempotent; sends a body only if it is given one.
    static call remove(std::string path) { return call(base::http::method::delete_, std::move(path)); }

    call query(std::string name, std::string value) &&;
    call body(boost::json::object const& content) &&;
    // JSON text.
    call body_text(std::string content) &&;
    // Instead of body(): read anew for each attempt.
    call body_from(std::shared_ptr<base::http::body_source> source, std::string content_type) &&;
    // Takes the body of a 2xx answer.
    call sink_to(std::shared_ptr<base::http::body_sink> sink) &&;
    call again() &&;
    call timeout(std::chrono::milliseconds limit) &&;
    call max_response(std::size_t bytes) &&;
    // For error messages: "sending a message".
    call named(std::string_view what) &&;

    bool repeatable() const noexcept { return repeatable_; }
    bool has_sink() const noexcept { return sink_ != nullptr; }
    std::string const& name() const noexcept { return name_; }
    base::http::request request(std::string const& base_url) const;

private:
    call(base::http::method verb, std::string path);

    base::http::method verb_;
    std::string path_;
    base::query_parameters query_;
    std::string body_;
    std::string content_type_;
    std::shared_ptr<base::http::body_source> source_;
    std::shared_ptr<base::http::body_sink> sink_;
    bool repeatable_;
    std::chrono::milliseconds timeout_{std::chrono::seconds(30)};
    std::size_t max_response_ = 16U << 20U;
    std::string name_ = "a request";
};

}  // namespace chatrixcd::matrix::detail
