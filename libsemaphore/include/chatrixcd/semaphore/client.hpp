// SPDX-License-Identifier: Apache-2.0
// The client of Semaphore UI's HTTP API, from 2.10 on. No call switches on the server's version: what differs is accepted in each
// spelling, and what a server lacks is `unsupported`.
//
// Errors of every call: unauthorized (the token or password was refused), forbidden (who asks may not do that, or only an administrator
// may), not_found (there is none, or who asks is no member of its project: Semaphore does not say which), invalid, conflict,
// unsupported (this server has no such call), unavailable, timeout_unknown, protocol (what answered is no Semaphore). Semaphore's errors
// often have no text: the message says what was asked, the hint what to look at.
// Calls that only read are repeated by base::retry; so are those that change nothing when they are repeated. Starting, stopping and
// deciding about a task are not.
// Cancellation ends a call with system_error(operation_aborted).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/http.hpp>
#include <chatrixcd/base/random.hpp>
#include <chatrixcd/base/secret.hpp>
#include <chatrixcd/semaphore/job_template.hpp>
#include <chatrixcd/semaphore/resources.hpp>
#include <chatrixcd/semaphore/schedule.hpp>
#include <chatrixcd/semaphore/server.hpp>
#include <chatrixcd/semaphore/task.hpp>

namespace chatrixcd::base::http {
class websocket;  // websocket.hpp
class websocket_dialer;
}  // namespace chatrixcd::base::http

namespace chatrixcd::semaphore {

template <class T>
using result = base::result<T>;

namespace detail {
class connection;
}

class credentials {
public:
    // Made in the user's settings, or by POST /user/tokens. It has all rights of its user.
    static credentials token(base::secret value);
    // Logs in for a cookie, and again when it has expired. Not for users with a second factor: those need a token.
    static credentials password(std::string login, base::secret value);

    bool is_token() const noexcept { return login_.empty(); }
    std::string const& login() const noexcept { return login_; }
    base::secret const& value() const noexcept { return value_; }

private:
    credentials(std::string login, base::secret value) : login_(std::move(login)), value_(std::move(value)) {}
    std::string login_;  // empty: a token
    base::secret value_;
};

class client_options {
public:
    client_options(std::string server, credentials as) : url(std::move(server)), who(std::move(as)) {}
    // As in the browser: "https://ci.example.org", "http://10.0.0.5:3000", "https://example.org/semaphore".
    std::string url;
    credentials who;
    std::chrono::milliseconds timeout{std::chrono::seconds(30)};  // of one request
    std::size_t max_requests = 8;                                 // at once; more wait. At least 1
    std::size_t max_output = 64U << 20U;                          // bytes of a task's whole output; more is too_large
};

class client {
public:
    // Error `invalid`: the URL is none. Nothing is asked yet. The transport, the clock and the source must outlive the client.
    static result<client> make(base::http::transport& transport, base::clock& time, base::random& random, client_options how);
    client(client&&) noexcept;
    client& operator=(client&&) noexcept;
    ~client();

    // Where the server is, without a slash at its end: "https://example.org/semaphore".
    std::string const& url() const noexcept;
    // Where people see a task.
    std::string task_url(project_id in, template_id of, task_id which) const;

    // Whether a Semaphore answers; needs no credentials.
    boost::asio::awaitable<result<void>> ping();
    boost::asio::awaitable<result<server_info>> info();
    boost::asio::awaitable<result<std::vector<app>>> apps();
    // Who we are.
    boost::asio::awaitable<result<user>> whoami();

    // Those that we are a member of; to an administrator all, of which some servers show 200.
    boost::asio::awaitable<result<std::vector<project>>> projects();
    boost::asio::awaitable<result<project>> find_project(project_id id);
    boost::asio::awaitable<result<project_role>> role(project_id in);
    boost::asio::awaitable<result<std::vector<activity>>> activities(project_id in);
    // Names alone, no secrets: what a project can be made anew from.
    boost::asio::awaitable<result<boost::json::object>> backup(project_id of);

    boost::asio::awaitable<result<std::vector<job_template>>> templates(project_id in);
    // With its survey.
    boost::asio::awaitable<result<job_template>> find_template(project_id in, template_id id);
    boost::asio::awaitable<result<std::vector<view>>> views(project_id in);
    boost::asio::awaitable<result<std::vector<inventory>>> inventories(project_id in);
    boost::asio::awaitable<result<std::vector<repository>>> repositories(project_id in);
    boost::asio::awaitable<result<std::vector<environment>>> environments(project_id in);
    boost::asio::awaitable<result<std::vector<access_key>>> keys(project_id in);
    boost::asio::awaitable<result<std::vector<integration>>> integrations(project_id in);
    // All of the server; for administrators.
    boost::asio::awaitable<result<std::vector<runner>>> runners();

    // Sent once. timeout_unknown: look for it by its message among the last tasks. It may have been made and failed at once, too: some
    // servers answer 500 then.
    boost::asio::awaitable<result<task>> start(project_id in, new_task what);
    boost::asio::awaitable<result<task>> find_task(project_id in, task_id id);
    // The newest first, at most 200.
    boost::asio::awaitable<result<std::vector<task>>> last_tasks(project_id in, std::size_t most = 200);
    // The newest first, at most 1,000.
    boost::asio::awaitable<result<std::vector<task>>> tasks(project_id in);
    // All lines there are. A task's last lines may come after its status has become terminal.
    boost::asio::awaitable<result<std::vector<output_line>>> output(project_id in, task_id id);
    // One text without colours; `unsupported` before 2.14.
    boost::asio::awaitable<result<std::string>> raw_output(project_id in, task_id id);
    // `unsupported` on older servers.
    boost::asio::awaitable<result<std::vector<task_stage>>> stages(project_id in, task_id id);
    // Asks it to end; `force`: does not wait for its program. Ask for its state first: servers call a task "stopped" then even if it had
    // ended otherwise. A task that waits for confirmation needs force: without it, it is "stopping" for ever. A waiting one that is forced
    // is "stopped" at once, and its program may still run later.
    boost::asio::awaitable<result<void>> stop(project_id in, task_id id, bool force = false);
    // Lets a task go on that waits for confirmation. Ask for its status first: servers confirm any running task, which then never
    // becomes a success.
    boost::asio::awaitable<result<void>> confirm(project_id in, task_id id);
    // Ends it instead; `unsupported` before 2.11.
    boost::asio::awaitable<result<void>> reject(project_id in, task_id id);
    // With its output; for administrators. A task that runs is `invalid`.
    boost::asio::awaitable<result<void>> remove_task(project_id in, task_id id);

    boost::asio::awaitable<result<std::vector<schedule>>> schedules(project_id in);
    boost::asio::awaitable<result<schedule>> find_schedule(project_id in, schedule_id id);
    // Its id is the server's to choose.
    boost::asio::awaitable<result<schedule>> add_schedule(project_id in, schedule what);
    boost::asio::awaitable<result<void>> replace_schedule(project_id in, schedule what);
    boost::asio::awaitable<result<void>> set_active(project_id in, schedule_id id, bool active);
    boost::asio::awaitable<result<void>> remove_schedule(project_id in, schedule_id id);
    // `invalid` with the server's reason if this is no time table.
    boost::asio::awaitable<result<void>> check_cron(project_id in, std::string cron_format);

    // The connection over which the server tells its news; live.hpp reads them. `unsupported`: what answers opens no WebSocket.
    boost::asio::awaitable<result<std::unique_ptr<base::http::websocket>>> open_websocket(base::http::websocket_dialer& by);

private:
    explicit client(std::unique_ptr<detail::connection> to);
    std::unique_ptr<detail::connection> to_;
};

}  // namespace chatrixcd::semaphore
