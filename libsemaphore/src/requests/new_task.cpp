// SPDX-License-Identifier: Apache-2.0
#include "requests/new_task.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace chatrixcd::semaphore::detail {

namespace json = boost::json;

namespace {

json::array list_of(std::vector<std::string> const& texts) { return json::array(texts.begin(), texts.end()); }

std::string joined(std::vector<std::string> const& texts) {
    std::string line;
    for (auto const& text : texts) line += (line.empty() ? "" : ",") + text;
    return line;
}

json::object params_of(new_task const& what) {
    json::object params;
    if (what.debug) params["debug"] = true;
    if (what.dry_run) params["dry_run"] = true;
    if (what.diff) params["diff"] = true;
    if (!what.limit.empty()) params["limit"] = list_of(what.limit);
    if (!what.tags.empty()) params["tags"] = list_of(what.tags);
    if (!what.skip_tags.empty()) params["skip_tags"] = list_of(what.skip_tags);
    return params;
}

}  // namespace

json::object to_json(new_task const& what, project_id in) {
    json::object variables;
    for (auto const& [name, value] : what.variables) variables[name] = value;
    json::object body;
    body["template_id"] = what.job.value();
    body["project_id"] = in.value();
    // Not "{}": a template without an environment takes none.
    body["environment"] = variables.empty() ? std::string() : json::serialize(variables);
    body["message"] = what.message;
    body["debug"] = what.debug;
    body["dry_run"] = what.dry_run;
    body["diff"] = what.diff;
    body["limit"] = joined(what.limit);
    if (!what.secrets.empty()) {
        json::object secrets;
        for (auto const& [name, value] : what.secrets) secrets[name] = value.reveal();
        body["secret"] = json::serialize(secrets);
    }
    if (!what.arguments.empty()) body["arguments"] = json::serialize(list_of(what.arguments));
    if (what.git_branch) body["git_branch"] = *what.git_branch;
    if (what.inventory) body["inventory_id"] = what.inventory->value();
    if (what.build) body["build_task_id"] = what.build->value();
    if (auto params = params_of(what); !params.empty()) body["params"] = std::move(params);
    return body;
}

}  // namespace chatrixcd::semaphore::detail
