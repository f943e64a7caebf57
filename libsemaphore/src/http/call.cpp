// SPDX-License-Identifier: Apache-2.0
#include "http/call.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace chatrixcd::semaphore::detail {

call::call(base::http::method verb, std::string path, std::string name)
    : verb_(verb), path_(std::move(path)), name_(std::move(name)), repeatable_(verb != base::http::method::post) {}

call call::body(boost::json::object const& content) && {
    body_ = boost::json::serialize(content);
    return std::move(*this);
}

call call::query(std::string name, std::string value) && {
    query_.emplace_back(std::move(name), std::move(value));
    return std::move(*this);
}

call call::max_response(std::size_t bytes) && {
    max_response_ = bytes;
    return std::move(*this);
}

call call::again() && {
    repeatable_ = true;
    return std::move(*this);
}

call call::without_credentials() && {
    needs_credentials_ = false;
    return std::move(*this);
}

call call::about(std::string missing, bool found_by_400) && {
    missing_ = std::move(missing);
    missing_by_400_ = found_by_400;
    return std::move(*this);
}

base::http::request call::request(std::string const& server) const {
    auto url = server + "/api" + path_;
    if (!query_.empty()) url += "?" + base::format_query(query_);
    auto made = base::http::request(verb_, std::move(url)).with_max_response(max_response_).with_header("Accept", "application/json");
    if (!body_.empty()) std::move(made).with_body(body_);
    return made;
}

std::string project_path(project_id in, std::string_view below) {
    auto path = "/project/" + in.str();
    if (!below.empty()) path += "/" + std::string(below);
    return path;
}

}  // namespace chatrixcd::semaphore::detail
