// SPDX-License-Identifier: Apache-2.0
#include "values/fields.hpp"
#include "values/read.hpp"

namespace chatrixcd::semaphore::detail {

namespace json = boost::json;

namespace {

// The id of an object, without which it is none.
base::result<std::int64_t> own_id(json::object const& from, std::string const& what) {
    std::int64_t id = 0;
    base::json_reader reader(from, what);
    reader.required("id", id);
    if (auto const read = reader.finish(); !read) return read.error();
    return id;
}

}  // namespace

base::result<view> read_view(json::object from) {
    auto const id = own_id(from, "view");
    if (!id) return id.error();
    view made;
    made.id = view_id(*id);
    made.title = text_of(from, "title");
    made.position = number_of(from, "position");
    made.raw = std::move(from);
    return made;
}

base::result<inventory> read_inventory(json::object from) {
    auto const id = own_id(from, "inventory");
    if (!id) return id.error();
    inventory made;
    made.id = inventory_id(*id);
    made.name = text_of(from, "name");
    made.type = text_of(from, "type");
    made.raw = std::move(from);
    return made;
}

base::result<repository> read_repository(json::object from) {
    auto const id = own_id(from, "repository");
    if (!id) return id.error();
    repository made;
    made.id = repository_id(*id);
    made.name = text_of(from, "name");
    made.git_url = text_of(from, "git_url");
    made.git_branch = text_of(from, "git_branch");
    made.raw = std::move(from);
    return made;
}

base::result<environment> read_environment(json::object from) {
    auto const id = own_id(from, "environment");
    if (!id) return id.error();
    environment made;
    made.id = environment_id(*id);
    made.name = text_of(from, "name");
    made.variables = variables_in(text_of(from, "json"));
    made.raw = std::move(from);
    return made;
}

base::result<access_key> read_key(json::object from) {
    auto const id = own_id(from, "key");
    if (!id) return id.error();
    access_key made;
    made.id = key_id(*id);
    made.name = text_of(from, "name");
    made.type = text_of(from, "type");
    return made;
}

base::result<integration> read_integration(json::object from) {
    auto const id = own_id(from, "integration");
    if (!id) return id.error();
    integration made;
    made.id = integration_id(*id);
    made.starts = template_id(number_of(from, "template_id"));
    made.name = text_of(from, "name");
    made.auth_method = text_of(from, "auth_method");
    made.raw = std::move(from);
    return made;
}

base::result<schedule> read_schedule(json::object from) {
    auto const id = own_id(from, "schedule");
    if (!id) return id.error();
    schedule made;
    made.id = schedule_id(*id);
    made.project = project_id(number_of(from, "project_id"));
    made.starts = template_id(number_of(from, "template_id"));
    made.name = text_of(from, "name");
    made.cron_format = text_of(from, "cron_format");
    made.active = flag_of(from, "active");
    made.template_name = text_of(from, "tpl_name");
    made.raw = std::move(from);
    return made;
}

}  // namespace chatrixcd::semaphore::detail
