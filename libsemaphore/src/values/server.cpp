// SPDX-License-Identifier: Apache-2.0
#include "values/fields.hpp"
#include "values/read.hpp"

namespace chatrixcd::semaphore::detail {

namespace json = boost::json;

base::result<server_info> read_info(json::object from) {
    server_info info;
    base::json_reader reader(from, "info");
    reader.required("version", info.version);
    if (auto const read = reader.finish(); !read) return read.error();
    info.web_host = text_of(from, "web_host");
    info.ansible = text_of(from, "ansible");
    info.raw = std::move(from);
    return info;
}

base::result<app> read_app(json::object from) {
    app made;
    base::json_reader reader(from, "app");
    reader.required("id", made.id);
    if (auto const read = reader.finish(); !read) return read.error();
    made.title = text_of(from, "title");
    made.active = flag_of(from, "active");
    made.raw = std::move(from);
    return made;
}

base::result<user> read_user(json::object from) {
    user made;
    std::int64_t id = 0;
    base::json_reader reader(from, "user");
    reader.required("id", id).required("username", made.username);
    if (auto const read = reader.finish(); !read) return read.error();
    made.id = user_id(id);
    made.name = text_of(from, "name");
    made.email = text_of(from, "email");
    made.admin = flag_of(from, "admin");
    made.raw = std::move(from);
    return made;
}

base::result<project> read_project(json::object from) {
    project made;
    std::int64_t id = 0;
    base::json_reader reader(from, "project");
    reader.required("id", id).required("name", made.name);
    if (auto const read = reader.finish(); !read) return read.error();
    made.id = project_id(id);
    made.created = time_of(from, "created");
    made.alert = flag_of(from, "alert");
    made.max_parallel_tasks = number_of(from, "max_parallel_tasks");
    made.raw = std::move(from);
    return made;
}

base::result<project_role> read_role(json::object from) {
    project_role made;
    made.role = text_of(from, "role");
    made.permissions = number_of(from, "permissions");
    made.raw = std::move(from);
    return made;
}

base::result<activity> read_activity(json::object from) {
    activity made;
    made.by = id_of<user_id>(from, "user_id");
    made.username = text_of(from, "username");
    made.project = id_of<project_id>(from, "project_id");
    made.project_name = text_of(from, "project_name");
    made.object_type = text_of(from, "object_type");
    made.object = base::find_integer(from, "object_id");
    made.object_name = text_of(from, "object_name");
    made.description = text_of(from, "description");
    made.created = time_of(from, "created");
    made.raw = std::move(from);
    return made;
}

base::result<runner> read_runner(json::object from) {
    runner made;
    std::int64_t id = 0;
    base::json_reader reader(from, "runner");
    reader.required("id", id);
    if (auto const read = reader.finish(); !read) return read.error();
    made.id = runner_id(id);
    made.name = text_of(from, "name");
    made.active = flag_of(from, "active");
    made.max_parallel_tasks = number_of(from, "max_parallel_tasks");
    made.raw = std::move(from);
    return made;
}

}  // namespace chatrixcd::semaphore::detail
