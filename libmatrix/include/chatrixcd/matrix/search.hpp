// SPDX-License-Identifier: Apache-2.0
// Looking for messages and for users (client-server API, "Server Side Search", "User Directory"). Encrypted messages are never found. A
// handle: cheap to copy, must not outlive its client, used on the client's executor. All are idempotent. Errors: unsupported (many
// homeservers have search switched off: forbidden, or an unknown endpoint).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/json/fwd.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <chatrixcd/matrix/event.hpp>
#include <chatrixcd/matrix/pages.hpp>
#include <chatrixcd/matrix/raw_json.hpp>

namespace chatrixcd::matrix {

namespace detail {
class runtime;
}

struct search_hit {
    event found;
    room_id room;
    double rank = 0;
    std::vector<event> before;  // newest first
    std::vector<event> after;   // oldest first
    raw_json raw;
};

// Not an aggregate on purpose: a braced temporary in a co_await statement is miscompiled by GCC 12.
class search_query {
public:
    // Words in the body of messages.
    explicit search_query(std::string words) : words_(std::move(words)) {}
    // In these rooms; in all of ours by default.
    search_query in(room_id room) &&;
    search_query by(user_id sender) &&;
    // The best first instead of the newest.
    search_query by_rank() &&;
    // How many events before and after each hit, 0 to 50; none by default.
    search_query context(std::size_t before, std::size_t after) &&;
    // Hits a page: 1 to 500, 20 by default.
    search_query page_size(std::size_t hits) &&;

    boost::json::object request() const;

private:
    std::string words_;
    std::vector<room_id> rooms_;
    std::vector<user_id> senders_;
    bool ranked_ = false;
    std::size_t before_ = 0;
    std::size_t after_ = 0;
    std::size_t page_size_ = 20;
};

struct found_user {
    user_id user;
    std::string display_name;  // chosen by the user: shown, never used to decide
    std::string avatar_url;
};

// What the user directory has: not all, if `limited`.
struct found_users {
    std::vector<found_user> users;
    bool limited = false;
};

class search {
public:
    explicit search(detail::runtime& of) : runtime_(&of) {}

    pages<search_hit> messages(search_query what) const;
    // Users whom we share rooms with, or who are in public rooms, by name or id; at most `limit`, 1 to 500.
    boost::asio::awaitable<result<found_users>> users(std::string words, std::size_t limit = 10) const;

private:
    detail::runtime* runtime_;
};

}  // namespace chatrixcd::matrix
