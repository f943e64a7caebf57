// SPDX-License-Identifier: Apache-2.0
#include <boost/asio/awaitable.hpp>

#include "requests/ask.hpp"

namespace chatrixcd::semaphore {

using boost::asio::awaitable;
using detail::call;
using detail::no_project;
using detail::project_path;

awaitable<result<std::vector<project>>> client::projects() {
    co_return co_await detail::ask_list<project>(*to_, call::get("/projects", "listing the projects"), detail::read_project);
}

awaitable<result<project>> client::find_project(project_id id) {
    auto asked = call::get(project_path(id), "asking for a project").about(no_project(id));
    co_return co_await detail::ask_one<project>(*to_, std::move(asked), detail::read_project);
}

awaitable<result<project_role>> client::role(project_id in) {
    auto asked = call::get(project_path(in, "role"), "asking for our role").about(no_project(in));
    co_return co_await detail::ask_one<project_role>(*to_, std::move(asked), detail::read_role);
}

awaitable<result<std::vector<activity>>> client::activities(project_id in) {
    auto asked = call::get(project_path(in, "events/last"), "listing what happened").about(no_project(in));
    co_return co_await detail::ask_list<activity>(*to_, std::move(asked), detail::read_activity);
}

awaitable<result<boost::json::object>> client::backup(project_id of) {
    auto asked = call::get(project_path(of, "backup"), "making a backup of a project").about(no_project(of));
    auto answer = co_await to_->ask(std::move(asked));
    if (!answer) co_return answer.error();
    if (!answer->is_object()) co_return base::error(base::error_kind::protocol, "the backup of a project is no object");
    co_return std::move(answer->get_object());
}

}  // namespace chatrixcd::semaphore
