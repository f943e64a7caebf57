// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include <chatrixcd/base/http.hpp>

#include "http/wire.hpp"

namespace chatrixcd::base::http {

namespace {

struct method_name {
    method verb;
    std::string_view text;
};
constexpr std::array<method_name, 7> method_names = {{{method::get, "GET"},
                                                      {method::head, "HEAD"},
                                                      {method::post, "POST"},
                                                      {method::put, "PUT"},
                                                      {method::patch, "PATCH"},
                                                      {method::delete_, "DELETE"},
                                                      {method::options, "OPTIONS"}}};

}  // namespace

std::string_view to_string(method m) noexcept {
    for (auto const& entry : method_names) {
        if (entry.verb == m) return entry.text;
    }
    return "GET";
}

std::optional<method> method_from(std::string_view text) noexcept {
    for (auto const& entry : method_names) {
        if (entry.text == text) return entry.verb;
    }
    return std::nullopt;
}

void fields::set(std::string_view name, std::string value) {
    auto const same = [name](auto const& entry) { return equal_names(entry.first, name); };
    auto const first = std::find_if(entries_.begin(), entries_.end(), same);
    if (first == entries_.end()) return add(name, std::move(value));
    first->second = std::move(value);
    entries_.erase(std::remove_if(first + 1, entries_.end(), same), entries_.end());
}

void fields::add(std::string_view name, std::string value) { entries_.emplace_back(std::string(name), std::move(value)); }

std::optional<std::string> fields::get(std::string_view name) const {
    for (auto const& [entry, value] : entries_) {
        if (equal_names(entry, name)) return value;
    }
    return std::nullopt;
}

request&& request::with_header(std::string_view name, std::string value) && {
    headers.set(name, std::move(value));
    return std::move(*this);
}

request&& request::with_body(std::string content, std::string content_type) && {
    body = std::move(content);
    headers.set("Content-Type", std::move(content_type));
    return std::move(*this);
}

request&& request::with_body_from(std::shared_ptr<body_source> from, std::string content_type) && {
    source = std::move(from);
    headers.set("Content-Type", std::move(content_type));
    return std::move(*this);
}

request&& request::with_sink(std::shared_ptr<body_sink> to) && {
    sink = std::move(to);
    return std::move(*this);
}

request&& request::with_timeout(std::chrono::milliseconds limit) && {
    timeout = limit;
    return std::move(*this);
}

request&& request::with_max_response(std::size_t bytes) && {
    max_response = bytes;
    return std::move(*this);
}

request&& request::with_bearer(std::string_view token) && {
    headers.set("Authorization", "Bearer " + std::string(token));
    return std::move(*this);
}

std::string_view request::path() const noexcept {
    std::string_view const target = url;
    return target.substr(0, target.find('?'));
}

std::string_view request::query() const noexcept {
    std::string_view const target = url;
    auto const mark = target.find('?');
    return mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
}

response::response(unsigned http_status, std::string content, std::string content_type) : status(http_status), body(std::move(content)) {
    headers.set("Content-Type", std::move(content_type));
}

}  // namespace chatrixcd::base::http
