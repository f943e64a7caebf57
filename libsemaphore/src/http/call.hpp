// SPDX-License-Identifier: Apache-2.0
// One request of Semaphore's API, before it has a server and credentials.
#pragma once

#include <boost/json/fwd.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <chatrixcd/base/http.hpp>
#include <chatrixcd/base/url.hpp>
#include <chatrixcd/semaphore/ids.hpp>

namespace chatrixcd::semaphore::detail {

// Not an aggregate on purpose: a braced temporary in a co_await statement is miscompiled by GCC 12.
class call {
public:
    // The path is that below /api: "/projects". `name` is for error messages: "listing the projects".
    static call get(std::string path, std::string name) { return call(base::http::method::get, std::move(path), std::move(name)); }
    static call post(std::string path, std::string name) { return call(base::http::method::post, std::move(path), std::move(name)); }
    static call put(std::string path, std::string name) { return call(base::http::method::put, std::move(path), std::move(name)); }
    static call remove(std::string path, std::string name) { return call(base::http::method::delete_, std::move(path), std::move(name)); }

    call body(boost::json::object const& content) &&;
    call query(std::string name, std::string value) &&;
    call max_response(std::size_t bytes) &&;
    // A second execution changes nothing. So it is with every call but a post anyway.
    call again() &&;
    call without_credentials() &&;
    // What is missing when the server finds nothing: "project 1 has no task 12". For tasks older servers say that with an empty 400.
    call about(std::string missing, bool found_by_400 = false) &&;

    bool repeatable() const noexcept { return repeatable_; }
    bool needs_credentials() const noexcept { return needs_credentials_; }
    std::string const& path() const noexcept { return path_; }
    std::string const& name() const noexcept { return name_; }
    std::string const& missing() const noexcept { return missing_; }
    bool is_missing_by_400() const noexcept { return missing_by_400_; }
    base::http::request request(std::string const& server) const;

private:
    call(base::http::method verb, std::string path, std::string name);

    base::http::method verb_;
    std::string path_;
    std::string name_;
    std::string missing_;
    std::string body_;
    base::query_parameters query_;
    std::size_t max_response_ = 16U << 20U;
    bool repeatable_;
    bool needs_credentials_ = true;
    bool missing_by_400_ = false;
};

// "/project/1", and what is below it: "/project/1/tasks/last".
std::string project_path(project_id in, std::string_view below = {});

}  // namespace chatrixcd::semaphore::detail
