// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>

#include <chatrixcd/protocol/ids.hpp>

#include "text/server_name.hpp"
#include "text/utf8.hpp"

namespace chatrixcd::protocol {

// Makes an id of a text that was checked already.
struct detail::id_maker {
    template <class Id>
    static Id make(std::string text) {
        Id made;
        static_cast<basic_id<Id>&>(made).text_ = std::move(text);
        return made;
    }
};

namespace {

constexpr std::size_t max_id_bytes = 255;

// Each check returns what is wrong, or an empty view.
using problem = std::string_view;

problem check_text(std::string_view text) noexcept {
    if (text.empty()) return "it is empty";
    if (text.size() > max_id_bytes) return "it is longer than 255 bytes";
    if (text.find('\0') != std::string_view::npos) return "it contains NUL";
    if (!is_utf8(text)) return "it is not UTF-8";
    return {};
}

problem check_sigil(std::string_view text, char sigil, std::string_view missing) noexcept {
    if (auto const wrong = check_text(text); !wrong.empty()) return wrong;
    return text.front() == sigil ? problem() : missing;
}

problem check_with_server(std::string_view text) noexcept {
    auto const colon = text.find(':');
    if (colon == std::string_view::npos) return "it has no server name";
    if (!is_server_name(text.substr(colon + 1))) return "its server name is malformed";
    return {};
}

problem check_server(std::string_view text) noexcept {
    if (auto const wrong = check_text(text); !wrong.empty()) return wrong;
    return is_server_name(text) ? problem() : "it is no host with an optional port";
}

problem check_user(std::string_view text) noexcept {
    auto const wrong = check_sigil(text, '@', "it does not start with @");
    return wrong.empty() ? check_with_server(text) : wrong;
}

problem check_room(std::string_view text) noexcept {
    if (auto const wrong = check_sigil(text, '!', "it does not start with !"); !wrong.empty()) return wrong;
    if (text.size() == 1) return "nothing follows the !";
    return text.find(':') == std::string_view::npos ? problem() : check_with_server(text);
}

problem check_alias(std::string_view text) noexcept {
    if (auto const wrong = check_sigil(text, '#', "it does not start with #"); !wrong.empty()) return wrong;
    if (text.starts_with("#:")) return "its localpart is empty";
    return check_with_server(text);
}

problem check_event(std::string_view text) noexcept {
    if (auto const wrong = check_sigil(text, '$', "it does not start with $"); !wrong.empty()) return wrong;
    return text.size() == 1 ? "nothing follows the $" : problem();
}

base::error refusal(std::string_view what, problem why) {
    return base::error(base::error_kind::invalid, "not a " + std::string(what) + ": " + std::string(why));
}

using check = problem (*)(std::string_view) noexcept;

std::string checked(std::string text, std::string_view what, check rule) {
    if (auto const why = rule(text); !why.empty()) throw base::error_exception(refusal(what, why));
    return text;
}

template <class Id>
result<Id> parsed(std::string text, std::string_view what, check rule) {
    if (auto const why = rule(text); !why.empty()) return refusal(what, why);
    return detail::id_maker::make<Id>(std::move(text));
}

std::string_view before_server(std::string_view text) noexcept {
    if (text.empty()) return {};
    return text.substr(1, std::min(text.find(':'), text.size()) - 1);
}

server_name server_of(std::string_view text) {
    auto const colon = text.find(':');
    return colon == std::string_view::npos ? server_name() : server_name(std::string(text.substr(colon + 1)));
}

}  // namespace

server_name::server_name(std::string text) : basic_id(checked(std::move(text), "server name", check_server)) {}
result<server_name> server_name::parse(std::string text) { return parsed<server_name>(std::move(text), "server name", check_server); }
std::string_view server_name::host() const noexcept { return std::string_view(str()).substr(0, host_length(str())); }
std::optional<unsigned> server_name::port() const noexcept {
    auto const length = host_length(str());
    if (length == str().size()) return std::nullopt;
    unsigned port = 0;
    std::from_chars(str().data() + length + 1, str().data() + str().size(), port);
    return port;
}

user_id::user_id(std::string text) : basic_id(checked(std::move(text), "user id", check_user)) {}
result<user_id> user_id::parse(std::string text) { return parsed<user_id>(std::move(text), "user id", check_user); }
bool user_id::is_valid(std::string_view text) noexcept { return check_user(text).empty(); }
std::string_view user_id::localpart() const noexcept { return before_server(str()); }
server_name user_id::server() const { return server_of(str()); }
bool user_id::is_compliant() const noexcept {
    auto const allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || std::string_view("._=-/+").find(c) != std::string_view::npos;
    };
    return !localpart().empty() && std::ranges::all_of(localpart(), allowed);
}

room_id::room_id(std::string text) : basic_id(checked(std::move(text), "room id", check_room)) {}
result<room_id> room_id::parse(std::string text) { return parsed<room_id>(std::move(text), "room id", check_room); }
std::string_view room_id::localpart() const noexcept { return before_server(str()); }
std::optional<server_name> room_id::server() const {
    auto server = server_of(str());
    return server.empty() ? std::nullopt : std::optional(std::move(server));
}

room_alias::room_alias(std::string text) : basic_id(checked(std::move(text), "room alias", check_alias)) {}
result<room_alias> room_alias::parse(std::string text) { return parsed<room_alias>(std::move(text), "room alias", check_alias); }
std::string_view room_alias::localpart() const noexcept { return before_server(str()); }
server_name room_alias::server() const { return server_of(str()); }

event_id::event_id(std::string text) : basic_id(checked(std::move(text), "event id", check_event)) {}
result<event_id> event_id::parse(std::string text) { return parsed<event_id>(std::move(text), "event id", check_event); }
bool event_id::is_valid(std::string_view text) noexcept { return check_event(text).empty(); }

device_id::device_id(std::string text) : basic_id(checked(std::move(text), "device id", check_text)) {}
result<device_id> device_id::parse(std::string text) { return parsed<device_id>(std::move(text), "device id", check_text); }

}  // namespace chatrixcd::protocol
