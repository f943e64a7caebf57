// SPDX-License-Identifier: Apache-2.0
#include <boost/json/object.hpp>

#include <chatrixcd/chatops/ci/json.hpp>

#include "ci/form_reader.hpp"
#include "ci/words.hpp"

namespace chatrixcd::chatops::ci {
namespace {

namespace json = boost::json;

constexpr std::int64_t newest = 1;

// The value if the reader found nothing wrong.
template <class T>
result<T> finished(form_reader const& reader, T value) {
    if (auto const read = reader.finish(); !read) return read.error();
    return value;
}

result<parameter_spec> spec_from(json::object const& object) {
    parameter_spec out;
    form_reader reader(object, "parameter");
    reader.text("name", out.name).text("help", out.help).word("type", out.type, &parameter_type_from).flag("required", out.required);
    reader.text("default", out.default_value).words("choices", out.choices);
    return finished(reader, std::move(out));
}

}  // namespace

result<project> project_from_json(json::object const& object) {
    project out;
    form_reader reader(object, "project");
    reader.version(newest).id("id", out.id).text("name", out.name).text("description", out.description);
    return finished(reader, std::move(out));
}

result<job> job_from_json(json::object const& object) {
    job out;
    form_reader reader(object, "job");
    reader.version(newest).job("id", out.id).text("name", out.name).text("description", out.description);
    for (auto const* each : reader.objects("parameters")) {
        auto spec = spec_from(*each);
        if (!spec) return spec.error();
        out.parameters.push_back(std::move(*spec));
    }
    return finished(reader, std::move(out));
}

result<run_request> run_request_from_json(json::object const& object) {
    run_request out;
    form_reader reader(object, "run request");
    reader.version(newest).job("job", out.job).pairs("parameters", out.parameters);
    return finished(reader, std::move(out));
}

result<plan> plan_from_json(json::object const& object) {
    plan out;
    form_reader reader(object, "plan");
    reader.version(newest).job("job", out.job).text("job_name", out.job_name).pairs("effective", out.effective);
    reader.words("ignored", out.ignored).words("warnings", out.warnings).text("fingerprint", out.fingerprint);
    return finished(reader, std::move(out));
}

result<run> run_from_json(json::object const& object) {
    run out;
    form_reader reader(object, "run");
    reader.version(newest).id("id", out.id).job("job", out.job).text("job_name", out.job_name);
    reader.word("phase", out.at, &phase_from).word("outcome", out.how, &outcome_from);
    reader.text("raw", out.raw).text("detail", out.detail).text("url", out.url);
    reader.time("created", out.created).time("started", out.started).time("ended", out.ended).pairs("parameters", out.parameters);
    return finished(reader, std::move(out));
}

}  // namespace chatrixcd::chatops::ci
