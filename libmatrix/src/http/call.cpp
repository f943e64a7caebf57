// SPDX-License-Identifier: Apache-2.0
#include "http/call.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace chatrixcd::matrix::detail {

std::string client_path(std::initializer_list<std::string_view> segments) { return path_below("/_matrix/client/v3", segments); }

std::string path_below(std::string_view root, std::initializer_list<std::string_view> segments) {
    std::string path(root);
    for (auto segment : segments) path += "/" + base::percent_encode(segment);
    return path;
}

call::call(base::http::method verb, std::string path) : verb_(verb), path_(std::move(path)), repeatable_(verb != base::http::method::post) {
    if (verb == base::http::method::put || verb == base::http::method::post) body_ = "{}";
}

call call::query(std::string name, std::string value) && {
    query_.emplace_back(std::move(name), std::move(value));
    return std::move(*this);
}

call call::body(boost::json::object const& content) && {
    body_ = boost::json::serialize(content);
    return std::move(*this);
}

call call::body_text(std::string content) && {
    body_ = std::move(content);
    return std::move(*this);
}

call call::body_from(std::shared_ptr<base::http::body_source> source, std::string content_type) && {
    body_.clear();
    source_ = std::move(source);
    content_type_ = std::move(content_type);
    return std::move(*this);
}

call call::sink_to(std::shared_ptr<base::http::body_sink> sink) && {
    sink_ = std::move(sink);
    return std::move(*this);
}

call call::again() && {
    repeatable_ = true;
    return std::move(*this);
}

call call::timeout(std::chrono::milliseconds limit) && {
    timeout_ = limit;
    return std::move(*this);
}

call call::max_response(std::size_t bytes) && {
    max_response_ = bytes;
    return std::move(*this);
}

call call::named(std::string_view what) && {
    name_ = what;
    return std::move(*this);
}

base::http::request call::request(std::string const& base_url) const {
    auto url = base_url + path_;
    if (!query_.empty()) url += "?" + base::format_query(query_);
    auto made = base::http::request(verb_, std::move(url)).with_timeout(timeout_).with_max_response(max_response_);
    if (!body_.empty()) std::move(made).with_body(body_);
    if (source_) std::move(made).with_body_from(source_, content_type_);
    if (sink_) std::move(made).with_sink(sink_);
    return made;
}

}  // namespace chatrixcd::matrix::detail
