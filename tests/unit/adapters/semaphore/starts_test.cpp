// SPDX-License-Identifier: Apache-2.0
// What a start may and may not do, and how it is found again.
#include "small_server.hpp"

namespace base = chatrixcd::base;
namespace ci = chatrixcd::chatops::ci;
namespace test = chatrixcd::test;
using base::error_kind;
using test::flavour;

TEST_SUITE("chatops_semaphore::starts") {
    TEST_CASE("a plan has the defaults that the server does not fill in, and is refused where the server would not") {
        test::small_server world;
        auto const made = world.wait(world.ci->prepare(world.request(world.deploy, {{"version", "1.4.2"}}))).value();
        CHECK(made.effective == ci::parameter_values{{"version", "1.4.2"}, {"env", "staging"}});
        CHECK(made.job_name == "deploy");
        auto const refuse = [&](ci::parameter_values with) {
            auto const refused = world.wait(world.ci->prepare(world.request(world.deploy, std::move(with))));
            REQUIRE_FALSE(refused);
            CHECK(refused.error().kind() == error_kind::invalid);
            return refused.error().message();
        };
        CHECK(refuse({}).find("needs the parameter") != std::string::npos);
        CHECK(refuse({{"version", "1"}, {"env", "nowhere"}}).find("staging") != std::string::npos);
        CHECK(refuse({{"versoin", "1"}}).find("did you mean") != std::string::npos);
        CHECK(world.wait(world.ci->prepare(world.request(chatrixcd::semaphore::template_id(99)))).error().kind() == error_kind::not_found);
    }

    TEST_CASE("an option that the template does not take starts nothing, and a message goes behind the key") {
        test::small_server world;
        auto const refused = world.wait(world.ci->prepare(world.request(world.plain, {{"--limit", "web1"}})));
        REQUIRE_FALSE(refused);
        CHECK(refused.error().message().find("does not take --limit") != std::string::npos);
        CHECK(world.wait(world.ci->runs(ci::run_query(), ci::page_request())).value().items.empty());
        auto const id = world.started(world.request(world.plain, {{"--message", "for the release"}}), "k-1");
        auto const found = world.wait(world.ci->find(ci::project_id("1"), ci::run_key("k-1"), world.time.now())).value();
        REQUIRE(std::holds_alternative<ci::found_run>(found));
        CHECK(std::get<ci::found_run>(found).id == id);
    }

    TEST_CASE("parameters for a template without an environment start nothing, and one that the environment sets itself is a warning") {
        test::small_server world;
        auto const wanted = world.request(world.deploy, {{"version", "1.4.2"}});
        CHECK(world.wait(world.ci->prepare(wanted)).value().warnings.empty());
        world.server.set_environment(R"({"version":"0"})");
        auto const warned = world.wait(world.ci->prepare(wanted)).value().warnings;
        REQUIRE(warned.size() == 1);
        CHECK(warned[0] == "the environment \"Empty\" sets version itself, which wins on older servers");
        world.server.set_environment("");
        auto const refused = world.wait(world.ci->prepare(wanted));
        REQUIRE_FALSE(refused);
        CHECK(refused.error().kind() == error_kind::invalid);
        CHECK(refused.error().message() == "the template \"deploy\" takes parameters but has no environment");
        CHECK(world.wait(world.ci->prepare(world.request(world.plain))));
    }

    TEST_CASE("a template that was changed after the plan starts nothing") {
        test::small_server world;
        auto const made = world.wait(world.ci->prepare(world.request(world.plain))).value();
        world.server.edit_template(world.plain);
        auto const refused = world.wait(world.ci->start(made, ci::run_key("k")));
        REQUIRE_FALSE(refused);
        CHECK(refused.error().kind() == error_kind::conflict);
        CHECK(refused.error().message() == "the template \"plain\" has changed since the run was planned");
        auto const found = world.wait(world.ci->find(ci::project_id("1"), ci::run_key("k"), world.time.now())).value();
        CHECK(std::holds_alternative<ci::absent>(found));
    }

    TEST_CASE("a start whose answer is lost is found by its key, in the right project alone") {
        for (auto const& as : {flavour::v2_10_bolt(), flavour::v2_19_sql()}) {
            test::small_server world(as);
            auto const since = world.time.now();
            world.server.lose_next_answer();
            CHECK(world.start(world.request(world.plain), "k-1").error().kind() == error_kind::timeout_unknown);
            auto const found = world.wait(world.ci->find(ci::project_id("1"), ci::run_key("k-1"), since)).value();
            CHECK(std::holds_alternative<ci::found_run>(found));
            auto const part = world.wait(world.ci->find(ci::project_id("1"), ci::run_key("k-"), since)).value();
            CHECK(std::holds_alternative<ci::absent>(part));
            auto const elsewhere = world.wait(world.ci->find(ci::project_id("2"), ci::run_key("k-1"), since)).value();
            CHECK(std::holds_alternative<ci::absent>(elsewhere));
        }
    }

    TEST_CASE("a start that comes to the server after it was given up is found once it is there") {
        test::small_server world;
        auto const since = world.time.now();
        world.server.deliver_next_start_after(std::chrono::seconds(40));
        CHECK(world.start(world.request(world.plain), "k-1").error().kind() == error_kind::timeout_unknown);
        auto const look = [&] { return world.wait(world.ci->find(ci::project_id("1"), ci::run_key("k-1"), since)).value(); };
        CHECK(std::holds_alternative<ci::absent>(look()));
        world.pass(std::chrono::seconds(39));
        CHECK(std::holds_alternative<ci::absent>(look()));
        world.pass(std::chrono::seconds(1));
        CHECK(std::holds_alternative<ci::found_run>(look()));
        CHECK(world.wait(world.ci->runs(ci::run_query(), ci::page_request())).value().items.size() == 1);
    }

    TEST_CASE("a server that fails to answer a start leaves it in doubt, one that fails before it does not") {
        test::small_server world;
        auto const made = world.wait(world.ci->prepare(world.request(world.plain))).value();
        world.server.fail_with(502);
        auto const refused = world.wait(world.ci->start(made, ci::run_key("k")));
        REQUIRE_FALSE(refused);
        CHECK(refused.error().kind() == error_kind::unavailable);
    }

    TEST_CASE("an answer that cannot be read leaves a start in doubt, a refusal does not") {
        test::small_server world;
        auto const made = world.wait(world.ci->prepare(world.request(world.plain))).value();
        auto const kind_after = [&](base::http::response answer, bool is_done) {
            world.server.answer_next_start(std::move(answer), is_done);
            auto const started = world.wait(world.ci->start(made, ci::run_key("k")));
            return started ? error_kind::internal : started.error().kind();
        };
        using base::http::response;
        CHECK(kind_after(response(200, "<html>Welcome</html>", "text/html"), true) == error_kind::timeout_unknown);
        CHECK(kind_after(response(201, "{\"id\":", "application/json"), true) == error_kind::timeout_unknown);
        CHECK(kind_after(response(201, "", "application/json"), true) == error_kind::timeout_unknown);
        CHECK(kind_after(response(502, "<html>Bad Gateway</html>", "text/html"), true) == error_kind::timeout_unknown);
        CHECK(kind_after(response(500, "", "application/json"), true) == error_kind::timeout_unknown);
        CHECK(kind_after(response(403, "", "application/json"), false) == error_kind::forbidden);
        CHECK(kind_after(response(400, R"({"error":"no"})", "application/json"), false) == error_kind::invalid);
    }

    TEST_CASE("the oldest task with the key is ours: who runs it again at the server copies its message") {
        test::small_server world;
        auto const ours = world.started(world.request(world.plain), "k-1");
        chatrixcd::semaphore::new_task copy(world.plain);
        copy.message =
            world.wait(world.client->find_task(chatrixcd::semaphore::project_id(1), chatrixcd::semaphore::task_id(1))).value().message;
        world.wait(world.client->start(chatrixcd::semaphore::project_id(1), copy)).value();
        auto const found = world.wait(world.ci->find(ci::project_id("1"), ci::run_key("k-1"), world.time.now())).value();
        REQUIRE(std::holds_alternative<ci::found_run>(found));
        CHECK(std::get<ci::found_run>(found).id == ours);
    }

    TEST_CASE("an option that would be empty, or a message that Semaphore would cut, starts nothing") {
        test::small_server world;
        auto const refuse = [&](char const* name, std::string value) {
            auto const refused = world.wait(world.ci->prepare(world.request(world.plain, {{name, std::move(value)}})));
            return refused ? std::string() : refused.error().message();
        };
        CHECK(refuse("--limit", "") == "--limit is empty: that would be a run without it");
        CHECK(refuse("--limit", " , ") == "--limit is empty: that would be a run without it");
        CHECK(refuse("--message", std::string(300, 'x')) == "--message is too long for Semaphore");
    }

    TEST_CASE("a secret that the template's program would never see is refused") {
        test::small_server world;
        auto const refused = world.wait(world.ci->prepare(world.request(world.deploy, {{"version", "1"}, {"password", "hunter2"}})));
        REQUIRE_FALSE(refused);
        CHECK(refused.error().message() == "the template \"deploy\" would never see the secret password");
        CHECK(refused.error().describe().find("hunter2") == std::string::npos);
    }
}

namespace {

chatrixcd::chatops::semaphore_ci_options only(std::vector<std::string> projects) {
    chatrixcd::chatops::semaphore_ci_options how;
    how.projects = std::move(projects);
    return how;
}

template <class T>
error_kind kind_of(ci::result<T> const& answer) {
    return answer ? error_kind::internal : answer.error().kind();
}

}  // namespace

TEST_SUITE("chatops_semaphore::projects") {
    TEST_CASE("what the configuration does not name cannot be used by its number, whatever it is") {
        test::small_server world(flavour::v2_16_sql(), only({"web"}));
        auto const hidden = chatrixcd::semaphore::project_id(2);
        auto const task = world.wait(world.client->start(hidden, chatrixcd::semaphore::new_task(world.secret))).value();
        ci::run_id const run("2/" + task.id.str());
        ci::job_id const job(ci::project_id("2"), world.secret.str());
        CHECK(world.wait(world.ci->projects(ci::page_request())).value().items.size() == 1);
        CHECK(kind_of(world.wait(world.ci->jobs(ci::project_id("2"), ci::job_query(), ci::page_request()))) == error_kind::forbidden);
        CHECK(kind_of(world.wait(world.ci->job_details(job))) == error_kind::forbidden);
        CHECK(kind_of(world.wait(world.ci->prepare(ci::run_request(job, {})))) == error_kind::forbidden);
        CHECK(kind_of(world.wait(world.ci->get(run))) == error_kind::forbidden);
        CHECK(kind_of(world.wait(world.ci->log_facet()->read(run, "", 10))) == error_kind::forbidden);
        CHECK(kind_of(world.wait(world.ci->log_facet()->tail(run, 10))) == error_kind::forbidden);
        CHECK(kind_of(world.wait(world.ci->control_facet()->cancel(run))) == error_kind::forbidden);
        CHECK(kind_of(world.wait(world.ci->find(ci::project_id("2"), ci::run_key("k"), world.time.now()))) == error_kind::forbidden);
        CHECK(world.wait(world.ci->runs(ci::run_query(), ci::page_request())).value().items.empty());
        CHECK_FALSE(world.wait(world.client->find_task(hidden, task.id)).value().is_finished());
    }

    TEST_CASE("one that is named twice is one") {
        test::small_server world(flavour::v2_16_sql(), only({"web", "1"}));
        CHECK(world.wait(world.ci->projects(ci::page_request())).value().items.size() == 1);
    }

    TEST_CASE("one that the server does not show costs the others nothing") {
        test::small_server world(flavour::v2_16_sql(), only({"gone", "web"}));
        auto const shown = world.wait(world.ci->projects(ci::page_request())).value().items;
        REQUIRE(shown.size() == 1);
        CHECK(shown[0].name == "web");
        auto const id = world.started(world.request(world.plain), "k");
        CHECK(world.wait(world.ci->get(id)));
    }

    TEST_CASE("where none is left, that is said, and no run is taken for gone") {
        test::small_server world(flavour::v2_16_sql(), only({"webb"}));
        auto const refused = world.wait(world.ci->projects(ci::page_request()));
        REQUIRE_FALSE(refused);
        CHECK(refused.error().message().starts_with("the configuration names the project \"webb\", which the server does not show"));
        CHECK(kind_of(world.wait(world.ci->get(ci::run_id("1/1")))) == error_kind::forbidden);
    }

    TEST_CASE("a number is a project's number and never a name, and a name that two have is none") {
        test::small_server world(flavour::v2_16_sql(), only({"2", "web"}));
        world.server.add_project("2");
        world.server.add_project("web");
        auto const shown = world.wait(world.ci->projects(ci::page_request())).value().items;
        REQUIRE(shown.size() == 1);
        CHECK(shown[0].name == "hidden");
    }
}
