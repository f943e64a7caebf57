// SPDX-License-Identifier: Apache-2.0
#include "limits/endpoint_class.hpp"

#include <algorithm>
#include <array>

namespace chatrixcd::homeserver {

namespace {

using base::http::method;

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> list) { return std::ranges::find(list, text) != list.end(); }

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

}  // namespace

endpoint_class classify(method verb, std::string_view pattern) {
    if (is_one_of(pattern, {"/sync", "/_matrix/client/versions", "/.well-known/matrix/client"})) return endpoint_class::unlimited;
    if (contains(pattern, "/media/")) return endpoint_class::media;
    if (verb == method::get) return endpoint_class::others;
    if (is_one_of(pattern, {"/login", "/register", "/refresh", "/account/password", "/account/deactivate", "/delete_devices",
                            "/keys/device_signing/upload"}) ||
        (verb == method::delete_ && pattern.starts_with("/devices/"))) {
        return endpoint_class::logins;
    }
    for (std::string_view const part : {"/send/", "/state/", "/redact/", "/sendToDevice/"}) {
        if (contains(pattern, part)) return endpoint_class::messages;
    }
    if (is_one_of(pattern, {"/createRoom", "/join/{name}", "/knock/{name}"})) return endpoint_class::rooms;
    for (std::string_view const part : {"/join", "/invite", "/kick", "/ban", "/unban", "/upgrade"}) {
        if (pattern.ends_with(part)) return endpoint_class::rooms;
    }
    return endpoint_class::others;
}

rate_limit const& limit_of(rate_limits const& limits, endpoint_class kind) {
    static constexpr rate_limit none;
    switch (kind) {
        case endpoint_class::unlimited:
            break;
        case endpoint_class::messages:
            return limits.messages;
        case endpoint_class::rooms:
            return limits.rooms;
        case endpoint_class::logins:
            return limits.logins;
        case endpoint_class::media:
            return limits.media;
        case endpoint_class::others:
            return limits.others;
    }
    return none;
}

std::string_view name_of(endpoint_class kind) {
    static constexpr std::array<std::string_view, 6> names = {"", "messages", "rooms", "logins", "media", "others"};
    return names[static_cast<std::size_t>(kind)];
}

}  // namespace chatrixcd::homeserver
