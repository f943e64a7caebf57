// SPDX-License-Identifier: Apache-2.0
// The identifiers of Matrix as types of their own (appendices, "Identifier Grammar"), so that a room id cannot be passed for a user id.
// Each is at most 255 bytes of UTF-8 without NUL, compares byte by byte, hashes, and orders.
//
// parse() is for what comes from outside and refuses with error_kind::invalid. The explicit constructor is for literals and throws
// error_exception for the same reasons: user_id("@bot:example.org"). A default constructed id is empty and means "none"; nothing
// that parses is empty.
#pragma once

#include <compare>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <chatrixcd/base/error.hpp>

namespace chatrixcd::protocol {

using base::result;

namespace detail {
struct id_maker;
}

template <class Id>
class basic_id {
public:
    // The whole identifier, sigil included.
    std::string const& str() const noexcept { return text_; }
    bool empty() const noexcept { return text_.empty(); }

    friend bool operator==(Id const& a, Id const& b) noexcept { return a.str() == b.str(); }
    friend std::strong_ordering operator<=>(Id const& a, Id const& b) noexcept { return a.str().compare(b.str()) <=> 0; }

protected:
    basic_id() = default;
    explicit basic_id(std::string checked) : text_(std::move(checked)) {}
    ~basic_id() = default;
    basic_id(basic_id const&) = default;
    basic_id(basic_id&&) noexcept = default;
    basic_id& operator=(basic_id const&) = default;
    basic_id& operator=(basic_id&&) noexcept = default;

private:
    friend struct detail::id_maker;
    std::string text_;
};

// "example.org", "example.org:8448", "1.2.3.4", "[::1]:8448". Compared case-sensitively.
class server_name : public basic_id<server_name> {
public:
    server_name() = default;
    explicit server_name(std::string text);
    static result<server_name> parse(std::string text);

    // Without the port; an IPv6 literal keeps its brackets.
    std::string_view host() const noexcept;
    std::optional<unsigned> port() const noexcept;
};

// "@localpart:server". The historical alphabet is accepted: any code point but ':' and NUL, and an empty localpart.
class user_id : public basic_id<user_id> {
public:
    user_id() = default;
    explicit user_id(std::string text);
    static result<user_id> parse(std::string text);
    // Whether it parses.
    static bool is_valid(std::string_view text) noexcept;

    // Both are empty for an empty id.
    std::string_view localpart() const noexcept;
    server_name server() const;
    // Whether a server may still create this id: a non-empty localpart of a-z 0-9 . _ = - / + only.
    bool is_compliant() const noexcept;
};

// "!opaque:server" up to room version 11, "!opaque" from version 12 on.
class room_id : public basic_id<room_id> {
public:
    room_id() = default;
    explicit room_id(std::string text);
    static result<room_id> parse(std::string text);

    // What is between the sigil and the server, or all behind the sigil.
    std::string_view localpart() const noexcept;
    std::optional<server_name> server() const;
};

// "#localpart:server", the localpart not empty.
class room_alias : public basic_id<room_alias> {
public:
    room_alias() = default;
    explicit room_alias(std::string text);
    static result<room_alias> parse(std::string text);

    std::string_view localpart() const noexcept;
    server_name server() const;
};

// "$opaque". What follows the sigil depends on the room version and is not looked into.
class event_id : public basic_id<event_id> {
public:
    event_id() = default;
    explicit event_id(std::string text);
    static result<event_id> parse(std::string text);
    // Whether it parses.
    static bool is_valid(std::string_view text) noexcept;
};

// Opaque and without a sigil.
class device_id : public basic_id<device_id> {
public:
    device_id() = default;
    explicit device_id(std::string text);
    static result<device_id> parse(std::string text);
};

namespace detail {
template <class Id>
struct id_hash {
    std::size_t operator()(Id const& id) const noexcept { return std::hash<std::string>()(id.str()); }
};
}  // namespace detail

}  // namespace chatrixcd::protocol

template <>
struct std::hash<chatrixcd::protocol::server_name> : chatrixcd::protocol::detail::id_hash<chatrixcd::protocol::server_name> {};
template <>
struct std::hash<chatrixcd::protocol::user_id> : chatrixcd::protocol::detail::id_hash<chatrixcd::protocol::user_id> {};
template <>
struct std::hash<chatrixcd::protocol::room_id> : chatrixcd::protocol::detail::id_hash<chatrixcd::protocol::room_id> {};
template <>
struct std::hash<chatrixcd::protocol::room_alias> : chatrixcd::protocol::detail::id_hash<chatrixcd::protocol::room_alias> {};
template <>
struct std::hash<chatrixcd::protocol::event_id> : chatrixcd::protocol::detail::id_hash<chatrixcd::protocol::event_id> {};
template <>
struct std::hash<chatrixcd::protocol::device_id> : chatrixcd::protocol::detail::id_hash<chatrixcd::protocol::device_id> {};
