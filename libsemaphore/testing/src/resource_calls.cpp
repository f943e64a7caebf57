// SPDX-License-Identifier: Apache-2.0
// What templates are made of, listed, made and deleted. Nothing depends on them but the variables of the environment "Empty", which each
// task gets.
#include <boost/json/object.hpp>
#include <functional>
#include <string_view>
#include <variant>

#include <chatrixcd/base/json_reader.hpp>

#include "answers.hpp"
#include "double_state.hpp"
#include "resources.hpp"

namespace chatrixcd::semaphore::testing {

namespace {

using base::find_integer;
using base::find_string;

// Made of a request's body, or the refusal.
using made_row = std::variant<json::object, response>;

constexpr std::int64_t first_id = 1;

std::string text_in(json::object const& body, std::string_view name) { return find_string(body, name).value_or(std::string()); }

response refusal(std::string why) { return answer(json::object{{"error", std::move(why)}}, 400); }

json::object new_key(std::int64_t project, std::string name, std::string type) {
    // What is secret is never told; its members are there all the same.
    json::object login{{"login", ""}, {"password", ""}};
    json::object ssh{{"login", ""}, {"passphrase", ""}, {"private_key", ""}};
    return {{"id", 0},
            {"name", std::move(name)},
            {"type", std::move(type)},
            {"project_id", project},
            {"string", ""},
            {"login_password", login},
            {"ssh", ssh}};
}

json::object new_environment(std::int64_t project, std::string name, std::string variables) {
    return {{"id", 0},       {"name", std::move(name)}, {"project_id", project}, {"password", nullptr}, {"json", std::move(variables)},
            {"env", nullptr}};
}

made_row key_from(json::object const& body, std::int64_t project, resources_of_double&) {
    return new_key(project, text_in(body, "name"), text_in(body, "type"));
}

bool is_local(std::string_view git_url) { return git_url.starts_with('/') || git_url.starts_with("file://"); }

made_row repository_from(json::object const& body, std::int64_t project, resources_of_double& in) {
    if (text_in(body, "name").empty()) return refusal("repository name can't be empty");
    auto made = new_repository(project, text_in(body, "name"), text_in(body, "git_url"));
    made["git_branch"] = text_in(body, "git_branch");
    made["ssh_key_id"] = find_integer(body, "ssh_key_id").value_or(0);
    if (!is_local(text_in(body, "git_url")) && text_in(body, "git_branch").empty()) return refusal("repository branch can't be empty");
    if (in.keys.find(made.at("ssh_key_id").as_int64()) == nullptr) return answer(404U);
    return made;
}

made_row environment_from(json::object const& body, std::int64_t project, resources_of_double&) {
    if (text_in(body, "name").empty()) return refusal("Environment name can not be empty");
    if (!base::parse_json_object(text_in(body, "json"))) return refusal("Extra variables must be valid JSON");
    auto made = new_environment(project, text_in(body, "name"), text_in(body, "json"));
    if (auto const* env = body.if_contains("env")) made["env"] = *env;
    return made;
}

// The spelling of the versions. Newer ones say of a key in a list that there is nothing in it.
json::object shown(json::object row, flavour const& as, std::string_view kind, bool in_list) {
    if (kind == "keys" && as.spells_out_nulls) row["override_secret"] = false;
    if (kind == "keys" && !as.spells_out_nulls && in_list && text_in(row, "type") == "none") row["empty"] = true;
    if (kind == "environment" && as.spells_out_nulls) row["secrets"] = nullptr;
    return row;
}

}  // namespace

void server::state::add_resource(std::string const& kind, shelf resources_of_double::*which, resource_maker make) {
    auto const path = "/api/project/{project}/" + kind;
    auto const project_of = [](routed_request const& r) { return number_in(r.parameter("project")).value_or(0); };
    auto const id_of = [](routed_request const& r) { return number_in(r.parameter("resource")).value_or(0); };
    auto const add = [&](method verb, std::string const& where, std::function<response(routed_request const&, resources_of_double&)> does) {
        routes.add(verb, where, [this, project_of, does = std::move(does)](routed_request r) -> awaitable<response> {
            co_return does(r, projects.at(project_of(r)).has);
        });
    };
    add(method::get, path, [this, kind, which](routed_request const&, resources_of_double& in) {
        json::array all;
        for (auto const& [id, row] : (in.*which).rows()) all.push_back(shown(row, as, kind, /*in_list=*/true));
        return list(std::move(all));
    });
    add(method::get, path + "/{resource}", [this, kind, which, id_of](routed_request const& r, resources_of_double& in) {
        auto const* found = (in.*which).find(id_of(r));
        return found == nullptr ? answer(404U) : answer(shown(*found, as, kind, /*in_list=*/false));
    });
    add(method::post, path, [this, kind, which, make, project_of](routed_request const& r, resources_of_double& in) {
        auto const body = base::parse_json_object(r.http.body);
        if (!body) return answer(400U);
        if (find_integer(*body, "project_id") != project_of(r)) return refusal("Project ID in body and URL must be the same");
        auto made = make(*body, project_of(r), in);
        if (auto const* refused = std::get_if<response>(&made)) return *refused;
        auto& kept = in.*which;
        auto const id = kept.put(std::get<json::object>(std::move(made)));
        return as.creations_say_nothing ? answer(204U) : answer(shown(*kept.find(id), as, kind, /*in_list=*/false), 201);
    });
    add(method::delete_, path + "/{resource}",
        [which, id_of](routed_request const& r, resources_of_double& in) { return answer((in.*which).remove(id_of(r)) ? 204U : 404U); });
}

void server::state::add_resources() {
    add_resource("keys", &resources_of_double::keys, key_from);
    add_resource("repositories", &resources_of_double::repositories, repository_from);
    add_resource("environment", &resources_of_double::environments, environment_from);
}

resources_of_double::resources_of_double(std::int64_t project) {
    keys.put(new_key(project, "None", "none"));
    environments.put(new_environment(project, "Empty", "{}"));
}

json::object new_repository(std::int64_t project, std::string name, std::string git_url) {
    return {{"id", 0},          {"name", std::move(name)}, {"project_id", project}, {"git_url", std::move(git_url)},
            {"git_branch", ""}, {"ssh_key_id", first_id}};
}

}  // namespace chatrixcd::semaphore::testing
