// SPDX-License-Identifier: Apache-2.0
#include "http/wire.hpp"

#include <fmt/chrono.h>

#include <array>
#include <cstdint>
#include <utility>

namespace chatrixcd::base::http {

namespace {

char lowered(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// RFC 9110, 5.6.2
bool is_token(std::string_view text) {
    constexpr std::string_view others = "!#$%&'*+-.^_`|~";
    for (char c : text) {
        bool const plain = (c >= '0' && c <= '9') || (lowered(c) >= 'a' && lowered(c) <= 'z');
        if (!plain && others.find(c) == std::string_view::npos) return false;
    }
    return !text.empty();
}

// RFC 9110, 5.5: no control character but the tabulator.
bool is_field_value(std::string_view text) {
    for (char c : text) {
        auto const byte = static_cast<unsigned char>(c);
        if ((byte < 0x20 && c != '\t') || byte == 0x7F) return false;
    }
    return true;
}

// Fields that decide where a message ends or where it goes: those who write the message write them.
bool is_framing(std::string_view name) {
    return equal_names(name, "Content-Length") || equal_names(name, "Transfer-Encoding") || equal_names(name, "Connection") ||
           equal_names(name, "Host");
}

result<void> append_fields(fields const& all, std::string& head) {
    for (auto const& [name, value] : all.all()) {
        if (!is_token(name)) return error(error_kind::invalid, "an HTTP header has a name that cannot be sent");
        if (!is_field_value(value)) return error(error_kind::invalid, "the HTTP header " + name + " has a control character in its value");
        if (!is_framing(name)) head.append(name).append(": ").append(value).append("\r\n");
    }
    return {};
}

std::string_view reason(unsigned status) {
    constexpr std::array<std::pair<unsigned, std::string_view>, 22> reasons = {{{200, "OK"},
                                                                                {201, "Created"},
                                                                                {202, "Accepted"},
                                                                                {204, "No Content"},
                                                                                {302, "Found"},
                                                                                {304, "Not Modified"},
                                                                                {400, "Bad Request"},
                                                                                {401, "Unauthorized"},
                                                                                {403, "Forbidden"},
                                                                                {404, "Not Found"},
                                                                                {405, "Method Not Allowed"},
                                                                                {409, "Conflict"},
                                                                                {413, "Content Too Large"},
                                                                                {415, "Unsupported Media Type"},
                                                                                {417, "Expectation Failed"},
                                                                                {426, "Upgrade Required"},
                                                                                {429, "Too Many Requests"},
                                                                                {431, "Request Header Fields Too Large"},
                                                                                {500, "Internal Server Error"},
                                                                                {501, "Not Implemented"},
                                                                                {502, "Bad Gateway"},
                                                                                {503, "Service Unavailable"}}};
    for (auto const& [code, text] : reasons) {
        if (code == status) return text;
    }
    return "";
}

}  // namespace

bool equal_names(std::string_view a, std::string_view b) noexcept {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (lowered(a[i]) != lowered(b[i])) return false;
    }
    return true;
}

bool has_no_body(unsigned status) noexcept { return status < 200 || status == 204 || status == 304; }

result<std::string> request_head(request const& r, url const& target, std::string_view user_agent, proxy_server const* proxy) {
    std::string head;
    head.append(to_string(r.verb))
        .append(" ")
        .append(proxy != nullptr ? target.str() : target.target)
        .append(" HTTP/1.1\r\nHost: ")
        .append(target.authority())
        .append("\r\n");
    if (!user_agent.empty() && !r.headers.get("User-Agent")) {
        if (!is_field_value(user_agent)) return error(error_kind::invalid, "the user agent has a control character in it");
        head.append("User-Agent: ").append(user_agent).append("\r\n");
    }
    if (proxy != nullptr && !proxy->authorization.empty())
        head.append("Proxy-Authorization: ").append(proxy->authorization.reveal()).append("\r\n");
    if (r.verb != method::head && !r.headers.get("Accept-Encoding")) head.append("Accept-Encoding: gzip\r\n");
    auto ok = append_fields(r.headers, head);
    if (!ok) return ok.error();
    // RFC 9110, 8.6: a method that gives a body a meaning says its length even when it is empty.
    bool const expects_body = r.verb == method::post || r.verb == method::put || r.verb == method::patch;
    std::uint64_t const length = r.source ? r.source->size() : r.body.size();
    if (expects_body || length > 0) head.append("Content-Length: ").append(std::to_string(length)).append("\r\n");
    head.append("\r\n");
    return head;
}

result<std::string> response_head(response const& r, std::size_t content_length, bool keep_alive, time_point now) {
    if (r.status < 200 || r.status > 599) return error(error_kind::invalid, "the HTTP status of an answer must be from 200 to 599");
    auto head = fmt::format("HTTP/1.1 {} {}\r\n", r.status, reason(r.status));
    if (!r.headers.get("Date")) {
        auto const seconds = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
        head += fmt::format("Date: {:%a, %d %b %Y %H:%M:%S} GMT\r\n", fmt::gmtime(static_cast<std::time_t>(seconds)));
    }
    auto ok = append_fields(r.headers, head);
    if (!ok) return ok.error();
    if (!has_no_body(r.status)) head += fmt::format("Content-Length: {}\r\n", content_length);
    head += keep_alive ? "\r\n" : "Connection: close\r\n\r\n";
    return head;
}

}  // namespace chatrixcd::base::http
