// SPDX-License-Identifier: Apache-2.0
// A Semaphore for tests: in process, on whatever clock it is given, without a socket (listener.hpp puts it behind one). It answers as the
// versions and databases do that it is told to be; its tasks print and end as their templates say, or really run a program.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/http.hpp>
#include <chatrixcd/base/websocket.hpp>
#include <chatrixcd/semaphore/client.hpp>

namespace chatrixcd::semaphore::testing {

// What differs between versions and databases.
class flavour {
public:
    static flavour v2_10_bolt();
    static flavour v2_10_sql();
    static flavour v2_16_sql();
    static flavour v2_19_sql();

    std::string version = "v2.16.14-0000000-0";
    bool spells_out_nulls = false;       // 2.10: each member is there; newer leave out what says nothing
    bool ids_count_down = false;         // BoltDB
    bool empty_lists_are_null = true;    // SQL
    bool list_hides_survey = false;      // 2.10 SQL: survey_vars is null in the list of templates
    bool unknown_task_is_400 = true;     // up to 2.18
    bool has_raw_output = true;          // 2.14
    bool has_stages = true;              // with it: reject
    bool stopped_ends_as_error = false;  // 2.10
    bool has_task_pages = false;         // 2.19: tasks/last?count=…&before=…, and X-Has-Next
    bool creations_say_nothing = false;  // 2.10: 204 for a new key, repository or environment; later 201, with what was made
    bool shows_tokens = false;           // 2.10: the list of tokens has them whole
    std::chrono::hours time_zone{0};     // of BoltDB's times; SQL databases have UTC
    base::duration queue_tick{200};      // 2.10 looks into its queue every five seconds
    base::duration log_lags{300};        // a line can be read this long after it was written
};

// What a template's tasks do.
class script {
public:
    script() = default;
    std::vector<std::string> prints;
    base::duration lasts{500};  // the lines come evenly in it
    bool succeeds = true;
    bool waits_for_confirmation = false;  // in the middle
    // Not empty: an argument vector that is run instead, while somebody awaits run_programs(). The task's variables come behind it, as
    // NAME=VALUE, as Semaphore gives them to shell scripts; what it prints are the task's lines; exit status 0 is success.
    std::vector<std::string> program;
};

// Where alerts go: addresses as in Semaphore's configuration; empty: nowhere.
class alert_addresses {
public:
    alert_addresses() = default;
    std::string slack;
    std::string rocketchat;
    std::string gotify;
    std::string gotify_token;
    std::string web_host = "http://127.0.0.1:3000";  // for the link in them
};

using program_environment = std::vector<std::pair<std::string, std::string>>;

class server final : public base::http::handler {
public:
    // The clock must outlive it.
    explicit server(base::clock& time, flavour as = flavour::v2_16_sql());
    ~server() override;

    // Behind a path of a proxy, "/semaphore": what is not below it is unknown.
    void move_below(std::string path);
    // The token that it accepts, of a user who may run tasks everywhere.
    static constexpr char const* token = "test-t0ken";
    // Another one instead: for a server that others can reach.
    void set_token(std::string instead);

    // `is_member` false: the token's user is not; it is not shown to them, and nothing in it is told.
    project_id add_project(std::string name, bool is_member = true);
    // `survey`: the JSON of survey_vars, or empty.
    template_id add_template(project_id in, std::string name, script does, std::string survey = {});
    schedule_id add_schedule(project_id in, std::string name, template_id starts, std::string cron_format, bool active = true);
    // The environment of all templates there are, whose variables are the members of this JSON; empty: they have none.
    void set_environment(std::string json);
    // Another playbook: the definition is another one.
    void edit_template(template_id which);
    void rename_template(template_id which, std::string name);

    // Faults happen to what comes through transport() or over a port (listener.hpp), where a lost request or answer is a connection that is
    // cut; not to handle().
    //
    // The next POST of a task is done, and its answer never arrives.
    void lose_next_answer();
    // The next POST of a task is done (or not), and answered like this.
    void answer_next_start(base::http::response with, bool is_done = true);
    // The next POST of a task gets no answer, and is done so much later, when somebody asks: whoever sent it has given
    // up.
    void deliver_next_start_after(base::duration late);
    // The next stop is done, and its answer never arrives; or it does not arrive itself.
    void lose_next_stop(bool is_done);
    // Every request fails with this status until it is 0 again.
    void fail_with(unsigned status);
    // The next request does not arrive: `unavailable`; over a port nobody can know that of a POST.
    void drop_next_request();
    // Every answer comes so much later.
    void delay_answers(base::duration by);
    // The server ends and comes back: what ran or waited does so for ever, until somebody stops it, and live connections are gone.
    void restart();
    std::size_t requests() const noexcept;
    // Ends every live connection. With `and_refuse`, new ones are answered as by a proxy that knows no WebSockets.
    void cut_live(bool and_refuse = false);
    void allow_live();
    std::size_t live_connections() const noexcept;

    boost::asio::awaitable<base::http::response> handle(base::http::request r) override;
    // Leads every host to this server, which must outlive it.
    std::unique_ptr<base::http::transport> transport();
    // The same for live connections.
    std::unique_ptr<base::http::websocket_dialer> dialer();
    // Serves requests and live connections that come over a port.
    base::http::handler& port_handler();
    base::http::websocket_handler& live_handler();
    // Tells of each task that succeeds, fails or comes to wait for a decision from now on, until it is cancelled. A failed request is not
    // repeated.
    boost::asio::awaitable<void> send_alerts(base::http::transport& by, alert_addresses to);
    // Runs the programs of tasks that have one, until it is cancelled; what then still runs is killed. They see these variables alone.
    boost::asio::awaitable<void> run_programs(program_environment variables);

private:
    class wire;
    boost::asio::awaitable<base::result<base::http::response>> deliver(base::http::request r);
    boost::asio::awaitable<base::http::response> answer_to(base::http::request r);
    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace chatrixcd::semaphore::testing
