// SPDX-License-Identifier: Apache-2.0
#include <boost/json/serialize.hpp>

#include "values/fields.hpp"
#include "values/read.hpp"

namespace chatrixcd::semaphore {

namespace {

struct status_word {
    std::string_view word;
    task_status status;
};
constexpr status_word status_words[] = {
    {"waiting", task_status::waiting},     {"starting", task_status::starting}, {"waiting_confirmation", task_status::waiting_confirmation},
    {"confirmed", task_status::confirmed}, {"rejected", task_status::rejected}, {"running", task_status::running},
    {"stopping", task_status::stopping},   {"stopped", task_status::stopped},   {"success", task_status::success},
    {"error", task_status::error}};

}  // namespace

task_status task_status_from(std::string_view word) noexcept {
    for (auto const& known : status_words) {
        if (known.word == word) return known.status;
    }
    return task_status::other;
}

bool is_terminal(task_status s) noexcept { return s == task_status::stopped || s == task_status::success || s == task_status::error; }

namespace detail {

namespace json = boost::json;

std::vector<std::pair<std::string, std::string>> variables_in(std::string_view json_text) {
    std::vector<std::pair<std::string, std::string>> variables;
    auto const parsed = base::parse_json_object(json_text);
    if (!parsed) return variables;
    for (auto const& entry : *parsed) {
        auto const& value = entry.value();
        variables.emplace_back(entry.key(), value.is_string() ? std::string(value.get_string()) : json::serialize(value));
    }
    return variables;
}

base::result<task> read_task(json::object from) {
    task made;
    std::int64_t id = 0;
    base::json_reader reader(from, "task");
    reader.required("id", id).required("status", made.raw_status);
    if (auto const read = reader.finish(); !read) return read.error();
    made.id = task_id(id);
    made.status = task_status_from(made.raw_status);
    made.of = template_id(number_of(from, "template_id"));
    made.project = project_id(number_of(from, "project_id"));
    made.message = text_of(from, "message");
    made.started_by = id_of<user_id>(from, "user_id");
    made.user_name = text_of(from, "user_name");
    made.template_name = text_of(from, "tpl_alias");
    made.created = time_of(from, "created");
    made.start = time_of(from, "start");
    made.end = time_of(from, "end");
    made.variables = variables_in(text_of(from, "environment"));
    made.git_branch = some_text_of(from, "git_branch");
    made.version = some_text_of(from, "version");
    made.raw = std::move(from);
    return made;
}

base::result<output_line> read_output_line(json::object from) {
    output_line line;
    line.time = time_of(from, "time");
    line.text = text_of(from, "output");
    // Lines of the server's own sometimes keep their ends.
    while (line.text.ends_with('\n') || line.text.ends_with('\r')) line.text.pop_back();
    return line;
}

base::result<task_stage> read_stage(json::object from) {
    task_stage stage;
    stage.id = number_of(from, "id");
    stage.type = text_of(from, "type");
    stage.start = time_of(from, "start");
    stage.end = time_of(from, "end");
    stage.raw = std::move(from);
    return stage;
}

}  // namespace detail

}  // namespace chatrixcd::semaphore
