// SPDX-License-Identifier: Apache-2.0
#include "media/content_headers.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <chatrixcd/base/url.hpp>

#include "text/words.hpp"

namespace chatrixcd::homeserver {

namespace {

// "Serving inline content".
constexpr std::array<std::string_view, 26> safe_types = {
    "text/css",        "text/plain",  "text/csv",       "application/json", "application/ld+json", "image/jpeg", "image/gif",
    "image/png",       "image/apng",  "image/webp",     "image/avif",       "video/mp4",           "video/webm", "video/ogg",
    "video/quicktime", "audio/mp4",   "audio/webm",     "audio/aac",        "audio/mpeg",          "audio/ogg",  "audio/wave",
    "audio/wav",       "audio/x-wav", "audio/x-pn-wav", "audio/flac",       "audio/x-flac",
};

bool is_printable(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c <= 0x7e; });
}

// What may stand in a header: anything else could end it and begin another.
std::string clean_type(std::optional<std::string> const& given) {
    constexpr std::size_t most_bytes = 255;
    bool const good =
        given && !given->empty() && given->size() <= most_bytes && is_printable(*given) && given->find('/') != std::string::npos;
    return good ? *given : "application/octet-stream";
}

bool is_safe(std::string_view type) {
    auto essence = fold_case(type.substr(0, type.find(';')));
    essence.erase(std::find(essence.begin(), essence.end(), ' '), essence.end());
    return !essence.empty() && std::ranges::find(safe_types, std::string_view(essence)) != safe_types.end();
}

// RFC 6266: as it is where it can be, else percent-encoded UTF-8.
std::string disposition(bool in_place, std::optional<std::string> const& name) {
    std::string text = in_place ? "inline" : "attachment";
    if (!name || name->empty()) return text;
    bool const plain = is_printable(*name) && name->find_first_of("\"\\%") == std::string::npos;
    if (plain) return text + "; filename=\"" + *name + "\"";
    return text + "; filename*=utf-8''" + base::percent_encode(*name);
}

}  // namespace

base::http::fields content_headers(std::optional<std::string> const& content_type, std::optional<std::string> const& file_name) {
    base::http::fields headers;
    auto const type = clean_type(content_type);
    headers.set("Content-Type", type);
    headers.set("Content-Disposition", disposition(is_safe(type), file_name));
    headers.set(
        "Content-Security-Policy",
        "sandbox; default-src 'none'; script-src 'none'; plugin-types application/pdf; style-src 'unsafe-inline'; object-src 'self';");
    headers.set("Cross-Origin-Resource-Policy", "cross-origin");
    headers.set("X-Content-Type-Options", "nosniff");
    return headers;
}

}  // namespace chatrixcd::homeserver
