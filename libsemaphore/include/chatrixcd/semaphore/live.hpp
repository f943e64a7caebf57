// SPDX-License-Identifier: Apache-2.0
// What Semaphore says by itself over its WebSocket (GET /api/ws), of the tasks of all projects whose member the user is. Nothing is
// repeated after a connection was lost: whoever listens asks for the state of things each time he has connected.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include <chatrixcd/base/websocket.hpp>
#include <chatrixcd/semaphore/client.hpp>

namespace chatrixcd::semaphore {

// A task has another status. The last one comes twice: before the task has an end, and with it.
struct task_update {
    project_id project;
    task_id task;
    template_id of;
    std::string raw_status;
    std::optional<base::time_point> start;
    std::optional<base::time_point> end;
    std::optional<std::string> version;
};

// A task has printed something. It may be in the task's output only later.
struct task_line {
    project_id project;
    task_id task;
    std::optional<base::time_point> time;
    std::string text;
};

// A message of a kind that this library does not know, or none that says enough.
struct other_message {
    std::string type;
};

using live_message = std::variant<task_update, task_line, other_message>;

class live_connection {
public:
    explicit live_connection(std::unique_ptr<base::http::websocket> over) : over_(std::move(over)) {}
    // The next message. Errors, which end the connection: those of websocket::receive().
    boost::asio::awaitable<result<live_message>> next();

private:
    std::unique_ptr<base::http::websocket> over_;
};

live_message read_live_message(std::string_view text);

// Connects. Errors besides those of any call: unsupported (this server, or a proxy before it, opens no WebSocket).
boost::asio::awaitable<result<live_connection>> connect_live(client& to, base::http::websocket_dialer& by);

}  // namespace chatrixcd::semaphore
