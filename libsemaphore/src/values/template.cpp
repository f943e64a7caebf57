// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <boost/json/serialize.hpp>

#include <chatrixcd/base/digest.hpp>

#include "values/fields.hpp"
#include "values/read.hpp"

namespace chatrixcd::semaphore {

namespace json = boost::json;

namespace {

// What changes with each task, and what the server computes for whoever asks.
constexpr std::array volatile_members = {std::string_view("last_task"), std::string_view("tasks"), std::string_view("permissions")};

// Members in the order of their names, those that say nothing left out: a newer server that leaves nulls out changes nothing.
json::value canonical(json::value const& from) {
    if (from.is_array()) {
        json::array list;
        for (auto const& each : from.get_array()) list.push_back(canonical(each));
        return list;
    }
    if (!from.is_object()) return from;
    std::vector<json::key_value_pair const*> members;
    for (auto const& member : from.get_object()) {
        if (!member.value().is_null()) members.push_back(&member);
    }
    std::ranges::sort(members, {}, [](json::key_value_pair const* member) { return std::string_view(member->key()); });
    json::object sorted;
    for (auto const* member : members) sorted[member->key()] = canonical(member->value());
    return sorted;
}

}  // namespace

std::string fingerprint(job_template const& of) {
    auto lasting = of.raw;
    for (auto const member : volatile_members) lasting.erase(member);
    return base::sha256_hex(json::serialize(canonical(lasting)));
}

namespace detail {

namespace {

survey_type survey_type_from(std::string_view word) {
    if (word == "int") return survey_type::integer;
    if (word == "enum") return survey_type::choice;
    if (word == "select") return survey_type::several;
    if (word == "secret") return survey_type::secret;
    return survey_type::text;
}

std::string as_text(json::value const& value) { return value.is_string() ? std::string(value.get_string()) : json::serialize(value); }

std::vector<std::string> defaults_of(json::object const& from) {
    std::vector<std::string> defaults;
    auto const* value = from.if_contains("default_value");
    if (value == nullptr || value->is_null()) return defaults;
    if (!value->is_array()) {
        auto text = as_text(*value);
        if (!text.empty()) defaults.push_back(std::move(text));
        return defaults;
    }
    for (auto const& each : value->get_array()) defaults.push_back(as_text(each));
    return defaults;
}

survey_variable read_survey_variable(json::object const& from) {
    survey_variable made;
    made.name = text_of(from, "name");
    made.title = text_of(from, "title");
    made.description = text_of(from, "description");
    made.raw_type = text_of(from, "type");
    made.type = survey_type_from(made.raw_type);
    made.required = flag_of(from, "required");
    made.defaults = defaults_of(from);
    if (auto const* values = base::find_array(from, "values")) {
        for (auto const& each : *values) {
            if (!each.is_object()) continue;
            auto const* value = each.get_object().if_contains("value");
            if (value != nullptr) made.choices.emplace_back(text_of(each.get_object(), "name"), as_text(*value));
        }
    }
    return made;
}

// Older servers spell every member out, so that a switch that is not there does not exist; newer ones leave out what is false.
bool spells_everything_out(json::object const& from) {
    for (auto const member : {"autorun", "suppress_success_alerts", "start_version", "vaults", "view_id"}) {
        if (!from.contains(member)) return false;
    }
    return true;
}

overrides read_overrides(json::object const& from) {
    overrides made;
    made.arguments = flag_of(from, "allow_override_args_in_task");
    bool const whole = spells_everything_out(from);
    if (!whole || from.contains("allow_override_branch_in_task")) made.branch = flag_of(from, "allow_override_branch_in_task");
    if (whole && !from.contains("task_params")) return made;
    json::object const none;
    auto const* params = base::find_object(from, "task_params");
    if (params == nullptr) params = &none;
    made.inventory = flag_of(*params, "allow_override_inventory");
    made.limit = flag_of(*params, "allow_override_limit");
    made.tags = flag_of(*params, "allow_override_tags");
    made.skip_tags = flag_of(*params, "allow_override_skip_tags");
    made.debug = flag_of(*params, "allow_debug");
    return made;
}

}  // namespace

base::result<job_template> read_template(json::object from) {
    job_template made;
    std::int64_t id = 0;
    base::json_reader reader(from, "template");
    reader.required("id", id).required("name", made.name);
    if (auto const read = reader.finish(); !read) return read.error();
    made.id = template_id(id);
    made.project = project_id(number_of(from, "project_id"));
    made.description = text_of(from, "description");
    made.app = text_of(from, "app");
    made.type = text_of(from, "type");
    made.playbook = text_of(from, "playbook");
    made.view = id_of<view_id>(from, "view_id");
    made.inventory = id_of<inventory_id>(from, "inventory_id");
    made.repository = id_of<repository_id>(from, "repository_id");
    made.environment = id_of<environment_id>(from, "environment_id");
    made.git_branch = some_text_of(from, "git_branch");
    made.allows = read_overrides(from);
    if (auto const* survey = base::find_array(from, "survey_vars")) {
        for (auto const& each : *survey) {
            if (each.is_object()) made.survey.push_back(read_survey_variable(each.get_object()));
        }
    }
    made.raw = std::move(from);
    return made;
}

}  // namespace detail

}  // namespace chatrixcd::semaphore
