// SPDX-License-Identifier: Apache-2.0
#include "crash/remote_ci.hpp"

#include <boost/json/serialize.hpp>
#include <chrono>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/chatops/ci/json.hpp>

namespace chatrixcd::test {

namespace asio = boost::asio;
namespace json = boost::json;
namespace ci = chatops::ci;

namespace {

json::object refused(base::error const& why) {
    json::object said;
    said["error"] = static_cast<std::int64_t>(why.kind());
    said["words"] = why.message();
    return said;
}

std::string text(json::object const& from, std::string_view key) { return base::find_string(from, key).value_or(std::string()); }

base::error malformed() { return {base::error_kind::protocol, "the CI answers nonsense"}; }

}  // namespace

void furnish(chatops::testing::scripted_ci& server, bool native) {
    server.add_job(chatops::testing::scripted_job("demo", "hello").queued_for(base::duration(0)).runs_for(std::chrono::milliseconds(2)));
    server.set_native_keys(native);
}

asio::awaitable<base::http::response> ci_door::handle(base::http::request r) {
    auto question = base::parse_json_object(r.body);
    if (!question) co_return base::http::response(400);
    auto said = co_await answer(r.url.substr(std::string_view(ci_prefix).size()), std::move(*question));
    co_return base::http::response(200, json::serialize(said));
}

asio::awaitable<json::object> ci_door::answer(std::string path, json::object question) {
    json::object said;
    ci::run_key const key(text(question, "key"));
    if (path == "start") {
        auto what = ci::plan_from_json(*base::find_object(question, "plan"));
        auto const begun = co_await ci_.start(std::move(what.value()), key);
        if (!begun) co_return refused(begun.error());
        said["run"] = std::get<ci::run_id>(*begun).str();
    } else if (path == "find") {
        ci::time_point const since(std::chrono::milliseconds(base::find_integer(question, "since").value()));
        ci::project_id project(text(question, "project"));
        auto const found = co_await ci_.find(std::move(project), key, since);
        if (!found) co_return refused(found.error());
        if (auto const* run = std::get_if<ci::found_run>(&*found)) {
            said["run"] = run->id.str();
        } else {
            said["absent"] = std::holds_alternative<ci::absent>(*found);
        }
    } else {
        ci::run_id id(text(question, "run"));
        auto const run = co_await ci_.get(std::move(id));
        if (!run) co_return refused(run.error());
        said["state"] = ci::to_json(*run);
    }
    co_return said;
}

remote_ci::call<json::object> remote_ci::ask(std::string what, json::object question) {
    base::http::request r(base::http::method::post, url_ + ci_prefix + what);
    std::move(r).with_body(json::serialize(question));
    auto const response = co_await network_.send(std::move(r));
    if (!response) co_return response.error();
    auto said = base::parse_json_object(response->body);
    if (!said) co_return malformed();
    if (auto const kind = base::find_integer(*said, "error")) {
        co_return base::error(static_cast<base::error_kind>(*kind), text(*said, "words"));
    }
    co_return said;
}

remote_ci::call<ci::started> remote_ci::start(ci::plan exactly, ci::run_key key) {
    json::object question;
    question["plan"] = ci::to_json(exactly);
    question["key"] = key.str();
    auto const said = co_await ask("start", std::move(question));
    if (!said) co_return said.error();
    co_return ci::started(ci::run_id(text(*said, "run")));
}

remote_ci::call<ci::found> remote_ci::find(ci::project_id in, ci::run_key key, ci::time_point since) {
    json::object question;
    question["project"] = in.str();
    question["key"] = key.str();
    question["since"] = std::int64_t{since.time_since_epoch().count()};
    auto const said = co_await ask("find", std::move(question));
    if (!said) co_return said.error();
    auto const run = text(*said, "run");
    if (!run.empty()) {
        ci::found_run hit;
        hit.id = ci::run_id(run);
        co_return ci::found(std::move(hit));
    }
    auto const* const absent = said->if_contains("absent");
    bool const is_absent = absent && absent->is_bool() && absent->get_bool();
    if (is_absent) co_return ci::found(ci::absent());
    co_return ci::found(ci::unknown());
}

remote_ci::call<ci::run> remote_ci::get(ci::run_id id) {
    json::object question;
    question["run"] = id.str();
    auto const said = co_await ask("get", std::move(question));
    if (!said) co_return said.error();
    auto const* const state = base::find_object(*said, "state");
    if (state == nullptr) co_return malformed();
    co_return ci::run_from_json(*state);
}

}  // namespace chatrixcd::test
