// SPDX-License-Identifier: Apache-2.0
// Semaphore's JSON as values. Only what a value is nothing without must be there (its id, mostly); null counts as absent, and absent as
// nothing or zero. The objects are kept whole.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <chatrixcd/base/error.hpp>
#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/semaphore/job_template.hpp>
#include <chatrixcd/semaphore/resources.hpp>
#include <chatrixcd/semaphore/schedule.hpp>
#include <chatrixcd/semaphore/server.hpp>
#include <chatrixcd/semaphore/task.hpp>

namespace chatrixcd::semaphore::detail {

// Each reads one object, which it takes over. Error kind `protocol`.
base::result<server_info> read_info(boost::json::object from);
base::result<app> read_app(boost::json::object from);
base::result<user> read_user(boost::json::object from);
base::result<project> read_project(boost::json::object from);
base::result<project_role> read_role(boost::json::object from);
base::result<activity> read_activity(boost::json::object from);
base::result<runner> read_runner(boost::json::object from);
base::result<job_template> read_template(boost::json::object from);
base::result<view> read_view(boost::json::object from);
base::result<inventory> read_inventory(boost::json::object from);
base::result<repository> read_repository(boost::json::object from);
base::result<environment> read_environment(boost::json::object from);
base::result<access_key> read_key(boost::json::object from);
base::result<integration> read_integration(boost::json::object from);
base::result<task> read_task(boost::json::object from);
base::result<output_line> read_output_line(boost::json::object from);
base::result<task_stage> read_stage(boost::json::object from);
base::result<schedule> read_schedule(boost::json::object from);

// Null, which an empty list is on some servers, is empty.
template <class T>
base::result<std::vector<T>> read_list(boost::json::value from, base::result<T> (*read_one)(boost::json::object)) {
    std::vector<T> list;
    if (from.is_null()) return list;
    if (!from.is_array()) return base::error(base::error_kind::protocol, "the answer is no list");
    list.reserve(from.get_array().size());
    for (auto& each : from.get_array()) {
        if (!each.is_object()) return base::error(base::error_kind::protocol, "an entry of the list is no object");
        auto one = read_one(std::move(each.get_object()));
        if (!one) return one.error();
        list.push_back(std::move(*one));
    }
    return list;
}

template <class T>
base::result<T> read_one(boost::json::value from, base::result<T> (*read)(boost::json::object)) {
    if (!from.is_object()) return base::error(base::error_kind::protocol, "the answer is no object");
    return read(std::move(from.get_object()));
}

// The members of an object that is written as a text, as texts: how Semaphore keeps variables. What is no object has none.
std::vector<std::pair<std::string, std::string>> variables_in(std::string_view json_text);

}  // namespace chatrixcd::semaphore::detail
