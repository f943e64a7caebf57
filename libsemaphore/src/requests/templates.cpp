// SPDX-License-Identifier: Apache-2.0
#include <boost/asio/awaitable.hpp>

#include "requests/ask.hpp"

namespace chatrixcd::semaphore {

using boost::asio::awaitable;
using detail::call;
using detail::project_path;

awaitable<result<std::vector<job_template>>> client::templates(project_id in) {
    auto asked = call::get(project_path(in, "templates"), "listing the templates").about(detail::no_project(in));
    co_return co_await detail::ask_list<job_template>(*to_, std::move(asked), detail::read_template);
}

awaitable<result<job_template>> client::find_template(project_id in, template_id id) {
    auto asked = call::get(project_path(in, "templates/" + id.str()), "asking for a template")
                     .about("project " + in.str() + " has no template " + id.str());
    co_return co_await detail::ask_one<job_template>(*to_, std::move(asked), detail::read_template);
}

}  // namespace chatrixcd::semaphore
