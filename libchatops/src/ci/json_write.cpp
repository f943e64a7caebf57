// SPDX-License-Identifier: Apache-2.0
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <chatrixcd/chatops/ci/json.hpp>

#include "ci/words.hpp"

namespace chatrixcd::chatops::ci {
namespace {

namespace json = boost::json;

constexpr std::int64_t version = 1;

json::object written(job_id const& id) {
    json::object out;
    out["project"] = id.project.str();
    out["name"] = id.name;
    return out;
}

json::array written(std::vector<std::string> const& words) {
    json::array out;
    for (auto const& word : words) out.emplace_back(word);
    return out;
}

// An array of pairs: the order counts, and not every JSON tool keeps that of an object's members.
json::array written(parameter_values const& values) {
    json::array out;
    for (auto const& [name, value] : values) {
        json::array pair;
        pair.emplace_back(name);
        pair.emplace_back(value);
        out.emplace_back(std::move(pair));
    }
    return out;
}

json::object written(parameter_spec const& spec) {
    json::object out;
    out["name"] = spec.name;
    out["help"] = spec.help;
    out["type"] = to_string(spec.type);
    out["required"] = spec.required;
    if (spec.default_value) out["default"] = *spec.default_value;
    out["choices"] = written(spec.choices);
    return out;
}

void put_time(json::object& into, std::string_view key, std::optional<time_point> const& when) {
    if (when) into[key] = static_cast<std::int64_t>(when->time_since_epoch().count());
}

}  // namespace

json::object to_json(project const& value) {
    json::object out;
    out["v"] = version;
    out["id"] = value.id.str();
    out["name"] = value.name;
    out["description"] = value.description;
    return out;
}

json::object to_json(job const& value) {
    json::object out;
    out["v"] = version;
    out["id"] = written(value.id);
    out["name"] = value.name;
    out["description"] = value.description;
    json::array specs;
    for (auto const& spec : value.parameters) specs.emplace_back(written(spec));
    out["parameters"] = std::move(specs);
    return out;
}

json::object to_json(run_request const& value) {
    json::object out;
    out["v"] = version;
    out["job"] = written(value.job);
    out["parameters"] = written(value.parameters);
    return out;
}

json::object to_json(plan const& value) {
    json::object out;
    out["v"] = version;
    out["job"] = written(value.job);
    out["job_name"] = value.job_name;
    out["effective"] = written(value.effective);
    out["ignored"] = written(value.ignored);
    out["warnings"] = written(value.warnings);
    out["fingerprint"] = value.fingerprint;
    return out;
}

json::object to_json(run const& value) {
    json::object out;
    out["v"] = version;
    out["id"] = value.id.str();
    out["job"] = written(value.job);
    out["job_name"] = value.job_name;
    out["phase"] = to_string(value.at);
    out["outcome"] = to_string(value.how);
    out["raw"] = value.raw;
    out["detail"] = value.detail;
    put_time(out, "created", value.created);
    put_time(out, "started", value.started);
    put_time(out, "ended", value.ended);
    out["parameters"] = written(value.parameters);
    out["url"] = value.url;
    return out;
}

}  // namespace chatrixcd::chatops::ci
