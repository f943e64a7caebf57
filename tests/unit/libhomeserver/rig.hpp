// SPDX-License-Identifier: Apache-2.0
// A homeserver without a socket, a thread or a real clock, and people who talk to it in JSON.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <chatrixcd/base/http.hpp>
#include <chatrixcd/base/random.hpp>
#include <chatrixcd/base/virtual_clock.hpp>
#include <chatrixcd/homeserver/server.hpp>

namespace chatrixcd::test {

namespace json = boost::json;
using base::http::method;

struct reply {
    unsigned status = 0;
    json::value body;
    base::http::fields headers;
    std::string raw;  // the body as it came

    json::object const& object() const { return body.as_object(); }
    // The string at "a/b/0/c"; empty if there is none.
    std::string text(std::string_view path) const;
    std::string errcode() const { return text("errcode"); }
};

// The value at "a/b/0/c"; null if there is none. Keys that hold a '/' cannot be named.
json::value at(json::value const& from, std::string_view path);
// Some string member of each entry of an array of objects.
std::vector<std::string> each(json::value const& array, std::string_view key);
std::string escaped(std::string_view segment);

// What every person's password is.
inline constexpr auto good_password = "a good password";
// The `auth` of a request that is confirmed by it.
json::object password_auth(std::string const& user, std::string const& session);

class rig;

// A request that is under way.
class pending {
public:
    bool done() const { return state_->said.has_value(); }
    reply const& get() const { return state_->said.value(); }

private:
    friend class rig;
    struct state {
        std::optional<reply> said;
        std::exception_ptr failure;
    };
    std::shared_ptr<state> state_ = std::make_shared<state>();
};

// Somebody who is logged in.
class person {
public:
    person(rig& at, std::string id, std::string device, std::string token);

    reply get(std::string_view path) const;
    reply put(std::string_view path, json::value const& body) const;
    reply post(std::string_view path, json::value const& body = json::object()) const;
    reply erase(std::string_view path, json::value const& body = json::object()) const;

    // The helpers below require that it works.
    std::string make_room(json::object wish = {}) const;
    void join(std::string const& room) const;
    void leave(std::string const& room) const;
    void invite(std::string const& room, person const& whom) const;
    // A text message; returns its event id.
    std::string say(std::string const& room, std::string const& text) const;
    std::string say(std::string const& room, std::string const& text, std::string const& transaction) const;
    void set_state(std::string const& room, std::string const& type, std::string const& key, json::object content) const;
    json::value sync(std::string const& since = {}, std::string const& more = {}) const;
    pending sync_later(std::string const& since, int timeout_ms) const;

    std::string const id;
    std::string const device;
    std::string const token;

private:
    rig& rig_;
};

class rig {
public:
    // In memory unless there is a path.
    explicit rig(std::string path = {}, std::function<void(homeserver::server_options&)> const& adjust = {});
    ~rig();

    person add(std::string const& localpart);
    person log_in(std::string const& localpart, std::string const& device);

    // Paths are relative to /_matrix/client/v3 unless they begin with "/_matrix" or "/.well-known".
    reply ask(method verb, std::string_view path, std::string body = {}, std::string_view token = {});
    reply ask(method verb, std::string_view path, json::value const& body, std::string_view token);
    pending ask_later(base::http::request r);
    base::http::request request(method verb, std::string_view path, std::string body, std::string_view token) const;
    // Runs what can run without time passing.
    void settle();
    void pass(base::duration span);

    // As after a kill: only what is on disk remains.
    void reopen();
    void close();

    boost::asio::io_context loop;
    base::virtual_clock time;
    std::unique_ptr<homeserver::server> server;

private:
    void open();

    std::string path_;
    std::function<void(homeserver::server_options&)> adjust_;
    std::unique_ptr<base::random> random_;
};

}  // namespace chatrixcd::test
