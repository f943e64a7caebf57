// SPDX-License-Identifier: Apache-2.0
// What the double knows, and its calls, by what they are about.
#pragma once

#include <boost/json/array.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <chatrixcd/base/router.hpp>
#include <chatrixcd/semaphore/testing/double.hpp>

#include "live_network.hpp"
#include "live_wire.hpp"
#include "resources.hpp"
#include "shapes.hpp"
#include "simulated_task.hpp"

namespace chatrixcd::semaphore::testing {

namespace json = boost::json;
using base::http::method;
using base::http::response;
using base::http::routed_request;
using boost::asio::awaitable;

struct server::state {
    state(server& of, base::clock& its_time, flavour its_kind) : port(of), time(its_time), as(std::move(its_kind)) { add_routes(); }

    void add_routes();
    void on(method m, std::string const& path, response (state::*does)(routed_request const&)) {
        routes.add(m, path, [this, does](routed_request r) -> awaitable<response> { co_return (this->*does)(r); });
    }

    // user_calls.cpp
    response ping(routed_request const&);
    response info(routed_request const&);
    response whoami(routed_request const&);
    response list_tokens(routed_request const&);
    response make_token(routed_request const&);
    response remove_token(routed_request const& r);
    // project_calls.cpp
    response list_projects(routed_request const&);
    response one_project(routed_request const& r);
    response list_templates(routed_request const& r);
    response one_template(routed_request const& r);
    // resource_calls.cpp
    using resource_maker = std::variant<json::object, response> (*)(json::object const& body, std::int64_t project,
                                                                    resources_of_double& in);
    void add_resources();
    void add_resource(std::string const& kind, shelf resources_of_double::*which, resource_maker make);
    // task_calls.cpp
    response list_tasks(routed_request const& r);
    response last_tasks(routed_request const& r);
    response start_task(routed_request const& r);
    response one_task(routed_request const& r);
    response output(routed_request const& r);
    response raw_output(routed_request const& r);
    response stages(routed_request const& r);
    response stop_task(routed_request const& r);
    response confirm_task(routed_request const& r);
    response reject_task(routed_request const& r);
    // schedule_calls.cpp
    response list_schedules(routed_request const& r);
    response one_schedule(routed_request const& r);
    response add_schedule(routed_request const& r);
    response replace_schedule(routed_request const& r);
    response remove_schedule(routed_request const& r);
    response check_cron(routed_request const& r);
    response switch_schedule(routed_request const& r);

    // SQL databases make null of an empty list.
    response list(json::array all) const;
    template_of_double* template_in(routed_request const& r);
    simulated_task* task_in(routed_request const& r);
    schedule_of_double* schedule_in(routed_request const& r);
    response no_task() const;
    bool shows(std::int64_t project) const;
    // The value of the field Authorization.
    bool is_accepted(std::string const& authorization) const;

    // What comes over a port; a request that is lost, or whose answer is, has its connection cut.
    class port_front final : public base::http::handler {
    public:
        explicit port_front(server& of) : of_(of) {}
        awaitable<response> handle(base::http::request r) override;

    private:
        server& of_;
    };

    port_front port;
    base::clock& time;
    flavour as;
    base::http::router routes;
    std::map<std::int64_t, project_of_double> projects;
    std::map<std::int64_t, template_of_double> templates;
    std::map<std::int64_t, schedule_of_double> schedules;
    std::int64_t last_schedule = 0;
    std::vector<std::unique_ptr<simulated_task>> tasks;  // oldest first
    std::string accepted = token;
    std::vector<std::string> further_tokens;  // made by calls
    std::int64_t last_token = 0;
    live_desk live{time, as, tasks, [this](std::string const& shown) { return is_accepted(shown); }};
    live_network live_over_network{live};
    bool loses_answer = false;
    std::optional<response> next_start;
    bool start_is_done = true;
    std::optional<base::duration> start_is_late;
    std::vector<std::pair<base::time_point, base::http::request>> under_way;  // late starts
    std::optional<bool> lost_stop;                                            // whether it is done
    bool drops_next = false;
    base::duration delay{};
    unsigned failing = 0;
    std::size_t requests = 0;
};

}  // namespace chatrixcd::semaphore::testing
