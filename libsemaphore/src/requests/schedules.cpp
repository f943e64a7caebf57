// SPDX-License-Identifier: Apache-2.0
#include <boost/asio/awaitable.hpp>

#include "requests/ask.hpp"

namespace chatrixcd::semaphore {

using boost::asio::awaitable;
using detail::call;
using detail::project_path;

namespace {

std::string schedule_path(project_id in, schedule_id id, std::string_view below = {}) {
    auto path = project_path(in, "schedules/" + id.str());
    if (!below.empty()) path += "/" + std::string(below);
    return path;
}

call about_schedule(call what, project_id in, schedule_id id) {
    return std::move(what).about("project " + in.str() + " has no schedule " + id.str());
}

boost::json::object to_json(schedule const& what, project_id in) {
    auto body = what.raw;
    body["project_id"] = in.value();
    body["template_id"] = what.starts.value();
    body["name"] = what.name;
    body["cron_format"] = what.cron_format;
    body["active"] = what.active;
    body.erase("tpl_name");
    return body;
}

}  // namespace

awaitable<result<std::vector<schedule>>> client::schedules(project_id in) {
    auto asked = call::get(project_path(in, "schedules"), "listing the schedules").about(detail::no_project(in));
    co_return co_await detail::ask_list<schedule>(*to_, std::move(asked), detail::read_schedule);
}

awaitable<result<schedule>> client::find_schedule(project_id in, schedule_id id) {
    auto asked = about_schedule(call::get(schedule_path(in, id), "asking for a schedule"), in, id);
    co_return co_await detail::ask_one<schedule>(*to_, std::move(asked), detail::read_schedule);
}

awaitable<result<schedule>> client::add_schedule(project_id in, schedule what) {
    auto body = to_json(what, in);
    body.erase("id");
    auto asked = call::post(project_path(in, "schedules"), "adding a schedule").body(body).about(detail::no_project(in));
    co_return co_await detail::ask_one<schedule>(*to_, std::move(asked), detail::read_schedule);
}

awaitable<result<void>> client::replace_schedule(project_id in, schedule what) {
    auto body = to_json(what, in);
    body["id"] = what.id.value();
    co_return co_await to_->tell(about_schedule(call::put(schedule_path(in, what.id), "changing a schedule"), in, what.id).body(body));
}

awaitable<result<void>> client::set_active(project_id in, schedule_id id, bool active) {
    boost::json::object body;
    body["active"] = active;
    auto asked = about_schedule(call::put(schedule_path(in, id, "active"), "switching a schedule"), in, id).body(body);
    co_return co_await to_->tell(std::move(asked));
}

awaitable<result<void>> client::remove_schedule(project_id in, schedule_id id) {
    co_return co_await to_->tell(about_schedule(call::remove(schedule_path(in, id), "deleting a schedule"), in, id));
}

awaitable<result<void>> client::check_cron(project_id in, std::string cron_format) {
    boost::json::object body;
    body["cron_format"] = std::move(cron_format);
    auto asked =
        call::post(project_path(in, "schedules/validate"), "checking a time table").body(body).again().about(detail::no_project(in));
    co_return co_await to_->tell(std::move(asked));
}

}  // namespace chatrixcd::semaphore
