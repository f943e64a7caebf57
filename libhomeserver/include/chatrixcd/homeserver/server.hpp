// SPDX-License-Identifier: Apache-2.0
// An embedded Matrix homeserver: the client-server API over base::http, for demos, tests and small teams. No federation, no end-to-end
// keys, no push. docs/homeserver.md has the table of its endpoints.
//
// handle() needs no socket: a test calls it, a program puts base::http::listen() in front of it. One server is used from one executor;
// it needs no thread but its store's. Every answer has the CORS headers of the specification, errors too. A write is committed before
// its answer leaves. Each event is a complete PDU of its room's version, allowed by the auth rules, hashed and signed, its bytes kept
// exactly; room versions 10, 11 (default) and 12.
//
// Shutting down: stop listening, await stop(), destroy. A process that is killed loses nothing that was answered.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/error.hpp>
#include <chatrixcd/base/http.hpp>
#include <chatrixcd/base/log.hpp>
#include <chatrixcd/base/random.hpp>
#include <chatrixcd/base/secret.hpp>
#include <chatrixcd/base/store.hpp>
#include <chatrixcd/base/worker_pool.hpp>
#include <chatrixcd/protocol/ids.hpp>

namespace chatrixcd::homeserver {

// How fast one may ask: `burst` requests at once (at least 1), then `per_second`. 0 a second: no limit.
struct rate_limit {
    double per_second = 0;
    double burst = 1;
};

// By user and class of endpoints; logins also by address. Past a limit the answer is 429 M_LIMIT_EXCEEDED with Retry-After and
// retry_after_ms. /sync is never limited.
struct rate_limits {
    rate_limit messages;  // send, state, redact, sendToDevice
    rate_limit rooms;     // createRoom, join, knock, invite, kick, ban, upgrade
    rate_limit logins;    // login, register, refresh, and what asks for the password again
    rate_limit media;
    rate_limit others;
};

class server_options {
public:
    // Clock and randomness must outlive the server.
    server_options(base::clock& time, base::random& randomness) : time_source(&time), random_source(&randomness) {}

    // The part behind the colon of every id. Belongs to the store: a file made under another name is refused.
    std::string server_name = "demo.local";
    // A file, made with mode 0600, and for what is uploaded a folder (0700) beside it, PATH-media; empty: in memory, gone with the server.
    std::string store_path;
    // The key under which that file keeps secrets and events; none: they are kept in the clear. Uploads are not sealed.
    base::store_key_source store_key;
    // What runs the store's closures; empty: base::make_store_thread.
    std::function<std::unique_ptr<base::store_runner>()> make_runner;
    base::store_hooks hooks;
    // Where passwords are hashed (scrypt) and uploads are written; null: on the loop, one hash blocking it for about 2^password_cost
    // microseconds.
    base::worker_pool* workers = nullptr;
    // log2 of scrypt's N (r = 8, p = 1), 1 to 20. The default (some 10 ms, 4 MiB) suits a demo; 15 to 17 suits a public server.
    // Kept with each hash: a change applies to new passwords.
    unsigned password_cost = 12;
    // Whether POST /register makes accounts (m.login.dummy); else it answers 403.
    bool open_registration = false;
    // None by default: tests and bots of one's own are not to be slowed down.
    rate_limits limits;
    // How long an access token lives that was asked for together with a refresh token. Others live until logout.
    std::chrono::milliseconds access_token_lifetime = std::chrono::minutes(5);
    // The largest file that may be uploaded. The HTTP server in front must let as much through (http::server_options::max_body).
    std::size_t max_upload = 16U << 20U;
    // Whether GET /_matrix/media/v3/download, thumbnail and config answer, which ask for no token (deprecated by v1.11 of the
    // specification; older clients know no other).
    bool legacy_media = true;
    // What /.well-known/matrix/client names, e.g. "https://matrix.example.org"; empty: it answers 404.
    std::string public_base_url;
    base::logger log;

    base::clock* time_source;
    base::random* random_source;
};

// A new account and its first device, logged in.
struct registered {
    protocol::user_id user;
    protocol::device_id device;
    base::secret access_token;
};

class server final : public base::http::handler {
public:
    // Opens or makes the store; the first time also the server's signing key.
    // Errors: invalid (server_name, password_cost), environment (as base::store::open; a store of another server name).
    static boost::asio::awaitable<base::result<std::unique_ptr<server>>> open(boost::asio::any_io_executor executor,
                                                                              server_options options);
    // stop() must have been awaited if any request was handled.
    ~server() override;

    // Answers one request of a client: url is path and query. Ends at the latest with the long poll's own time-out; cancellation ends a
    // waiting /sync with system_error(operation_aborted).
    boost::asio::awaitable<base::http::response> handle(base::http::request r) override;

    // Makes an account directly, whatever open_registration says.
    // Errors: invalid (the localpart has others than a-z 0-9 . _ = - / +, or is too long; an empty password), conflict (it is taken).
    boost::asio::awaitable<base::result<registered>> register_user(std::string localpart, base::secret password);

    // Ends all long polls with what they have, refuses new requests with 503, and returns once no request is under way.
    boost::asio::awaitable<void> stop();

    std::string const& server_name() const noexcept;

private:
    struct impl;
    explicit server(std::unique_ptr<impl> self);

    std::unique_ptr<impl> impl_;
};

}  // namespace chatrixcd::homeserver
