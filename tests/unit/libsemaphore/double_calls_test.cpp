// SPDX-License-Identifier: Apache-2.0
// What the double has besides projects and tasks, and where versions and databases differ.
#include <chatrixcd/semaphore/testing/double.hpp>

#include <doctest/doctest.h>
#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/base/random.hpp>
#include <chatrixcd/base/task_group.hpp>
#include <chatrixcd/base/virtual_clock.hpp>
#include <chatrixcd/semaphore/live.hpp>
#include <chatrixcd/semaphore/push.hpp>

#include "support/run_coroutine.hpp"

namespace base = chatrixcd::base;
namespace json = boost::json;
namespace semaphore = chatrixcd::semaphore;
namespace testing = chatrixcd::semaphore::testing;
namespace test = chatrixcd::test;
using base::http::method;
using boost::asio::awaitable;
using strings = std::vector<std::string>;
using testing::flavour;

namespace {

struct said {
    unsigned status = 0;
    json::value body;
    std::string more;  // X-Has-Next
};

class desk {
public:
    explicit desk(flavour as = flavour::v2_16_sql()) : server(time, std::move(as)), network(server.transport()) {
        web = server.add_project("web");
        testing::script quick;
        quick.prints = {"one"};
        hello = server.add_template(web, "deploy", quick);
    }
    said ask(method verb, std::string path, std::string body = {}, std::string token = testing::server::token) {
        auto r = base::http::request(verb, std::move(path)).with_bearer(token);
        r.body = std::move(body);
        auto answer = test::run_coroutine(loop, server.handle(std::move(r)));
        auto parsed = base::parse_json(answer.body);
        return {answer.status, parsed ? std::move(*parsed) : json::value(), answer.headers.get("X-Has-Next").value_or("")};
    }
    said get(std::string path) { return ask(method::get, std::move(path)); }
    semaphore::client client() {
        auto how = semaphore::client_options("https://ci", semaphore::credentials::token(base::secret(testing::server::token)));
        return semaphore::client::make(*network, time, *random, std::move(how)).value();
    }
    awaitable<std::int64_t> started(semaphore::template_id what) {
        auto r = base::http::request(method::post, "/api/project/1/tasks").with_bearer(testing::server::token);
        r.body = "{\"template_id\":" + what.str() + "}";
        auto const answer = co_await server.handle(std::move(r));
        co_return base::parse_json(answer.body).value().at("id").as_int64();
    }
    std::int64_t start(semaphore::template_id what) { return test::run_coroutine(loop, started(what)); }
    template <class T>
    T wait(awaitable<T> work) {
        return test::run_virtual(loop, time, std::move(work), std::chrono::hours(10));
    }

    boost::asio::io_context loop{1};
    base::virtual_clock time;
    std::unique_ptr<base::random> random = base::make_seeded_random(1);
    testing::server server;
    std::unique_ptr<base::http::transport> network;
    semaphore::project_id web;
    semaphore::template_id hello;
};

strings ids_in(json::value const& list, std::string_view key) {
    strings ids;
    for (auto const& each : list.as_array()) {
        auto const& id = each.at(key);
        ids.push_back(id.is_string() ? std::string(id.as_string()) : std::to_string(id.as_int64()));
    }
    return ids;
}

// A network that keeps what is sent into it.
class letterbox final : public base::http::transport {
public:
    awaitable<base::result<base::http::response>> send(base::http::request r) override {
        got.emplace_back(r.url, r.body);
        co_return base::http::response(200);
    }
    std::vector<std::pair<std::string, std::string>> got;
};

std::string without_blanks(std::string text) {
    std::erase_if(text, [](char c) { return c == ' ' || c == '\n'; });
    return text;
}

}  // namespace

TEST_SUITE("semaphore::testing::double") {
    TEST_CASE("schedules are made, changed, checked and deleted as the client asks for it") {
        for (auto const& as : {flavour::v2_10_bolt(), flavour::v2_19_sql()}) {
            desk d(as);
            auto client = d.client();
            semaphore::schedule nightly;
            nightly.starts = d.hello;
            nightly.name = "nightly";
            nightly.cron_format = "0 3 * * *";
            auto made = d.wait(client.add_schedule(d.web, nightly)).value();
            made.cron_format = "@daily";
            made.active = true;
            CHECK(d.wait(client.replace_schedule(d.web, made)));
            auto const listed = d.wait(client.schedules(d.web)).value();
            REQUIRE(listed.size() == 1);
            CHECK(listed[0].cron_format == "@daily");
            CHECK(listed[0].active);
            CHECK(d.wait(client.check_cron(d.web, "CRON_TZ=Europe/Berlin 0 3 * * 1-5")));
            auto const wrong = d.wait(client.check_cron(d.web, "every day"));
            CHECK(wrong.error().describe().find("expected exactly 5 fields, found 2: [every day]") != std::string::npos);
            nightly.cron_format = "@sometimes";
            CHECK(d.wait(client.add_schedule(d.web, nightly)).error().kind() == base::error_kind::invalid);
            CHECK(d.wait(client.remove_schedule(d.web, made.id)));
            CHECK(d.wait(client.schedules(d.web)).value().empty());
            CHECK(d.wait(client.remove_schedule(d.web, made.id)).error().kind() == base::error_kind::not_found);
            auto const next = d.wait(client.add_schedule(d.web, listed[0])).value();
            CHECK(next.id != made.id);
        }
    }

    TEST_CASE("an old server says nothing of a new key, repository or environment; a newer one shows it") {
        std::pair<char const*, char const*> const bodies[] = {
            {"keys", R"({"name":"deploy","type":"login_password","project_id":1,"login_password":{"login":"a","password":"b"}})"},
            {"repositories", R"({"name":"app","project_id":1,"git_url":"/srv/app","git_branch":"","ssh_key_id":1})"},
            {"environment", R"({"name":"staging","project_id":1,"json":"{\"a\":\"b\"}"})"}};
        for (auto const& [kind, body] : bodies) {
            auto const path = std::string("/api/project/1/") + kind;
            desk old(flavour::v2_10_bolt());
            auto const silent = old.ask(method::post, path, body);
            CHECK(silent.status == 204);
            CHECK(silent.body.is_null());
            CHECK(ids_in(old.get(path).body, "id") == strings{"1", "2"});

            desk later;
            auto const made = later.ask(method::post, path, body);
            CHECK(made.status == 201);
            CHECK(made.body.at("id") == 2);
            CHECK(later.get(path + "/2").body == made.body);
            CHECK(later.ask(method::delete_, path + "/2").status == 204);
            CHECK(later.ask(method::delete_, path + "/2").status == 404);
            CHECK(later.ask(method::post, path, body).body.at("id") == 3);
            CHECK(later.ask(method::post, "/api/project/2/" + std::string(kind), body).status == 404);
            later.server.add_project("other");
            CHECK(later.ask(method::post, "/api/project/2/" + std::string(kind), body).status == 400);
        }
        desk d;
        auto client = d.client();
        d.ask(method::post, "/api/project/1/keys", bodies[0].second);
        CHECK(d.wait(client.keys(d.web)).value().back().name == "deploy");
        CHECK(d.wait(client.repositories(d.web)).value().front().git_url == "/srv/scripts");
        d.ask(method::post, "/api/project/1/environment", bodies[2].second);
        using variable = std::pair<std::string, std::string>;
        CHECK(d.wait(client.environments(d.web)).value().back().variables == std::vector<variable>{{"a", "b"}});
    }

    TEST_CASE("an old server lists tokens whole; a newer one their beginning, by which it deletes them") {
        desk old(flavour::v2_10_sql());
        auto const made = std::string(old.ask(method::post, "/api/user/tokens").body.at("id").as_string());
        CHECK(ids_in(old.get("/api/user/tokens").body, "id") == strings{testing::server::token, made});
        CHECK(old.ask(method::get, "/api/projects", {}, made).status == 200);
        CHECK(old.ask(method::delete_, "/api/user/tokens/" + made.substr(0, 8)).status == 204);
        CHECK(old.ask(method::delete_, "/api/user/tokens/" + made).status == 204);
        CHECK(old.ask(method::get, "/api/projects", {}, made).status == 401);
        CHECK(desk(flavour::v2_10_bolt()).ask(method::delete_, "/api/user/tokens/unknown-t0ken").status == 404);

        desk later;
        auto const whole = std::string(later.ask(method::post, "/api/user/tokens").body.at("id").as_string());
        CHECK(ids_in(later.get("/api/user/tokens").body, "id")[1] == whole.substr(0, 8));
        CHECK(later.ask(method::get, "/api/projects", {}, whole.substr(0, 8)).status == 401);
        CHECK(later.ask(method::delete_, "/api/user/tokens/short").status == 400);
        CHECK(later.ask(method::delete_, "/api/user/tokens/" + whole.substr(0, 8)).status == 204);
        CHECK(later.ask(method::get, "/api/projects", {}, whole).status == 401);
    }

    TEST_CASE("the newest server shows the tasks before one, and says whether there are more") {
        desk d(flavour::v2_19_sql());
        for (int i = 0; i < 5; ++i) d.start(d.hello);
        auto const newest = d.get("/api/project/1/tasks/last?count=2");
        CHECK(ids_in(newest.body, "id") == strings{"5", "4"});
        CHECK(newest.more == "true");
        auto const oldest = d.get("/api/project/1/tasks/last?count=3&before=4");
        CHECK(ids_in(oldest.body, "id") == strings{"3", "2", "1"});
        CHECK(oldest.more == "false");
        desk older;
        older.start(older.hello);
        CHECK(older.get("/api/project/1/tasks/last?limit=1").more.empty());
    }

    TEST_CASE("below a path it answers there alone, and the client finds it") {
        desk d;
        d.server.move_below("/semaphore");
        CHECK(d.get("/api/ping").status == 404);
        CHECK(d.get("/semaphore/api/ping").status == 200);
        auto how = semaphore::client_options("https://ci/semaphore", semaphore::credentials::token(base::secret(testing::server::token)));
        auto client = semaphore::client::make(*d.network, d.time, *d.random, std::move(how)).value();
        CHECK(d.wait(client.projects()).value().size() == 1);
        auto const dialer = d.server.dialer();
        CHECK(d.wait(semaphore::connect_live(client, *dialer)).has_value());
        auto elsewhere = d.client();
        CHECK_FALSE(d.wait(semaphore::connect_live(elsewhere, *dialer)).has_value());
    }

    TEST_CASE("a project of which the user is no member is not shown, and no news of it are told") {
        desk d;
        auto const hidden = d.server.add_project("hidden", /*is_member=*/false);
        testing::script quick;
        auto const secret = d.server.add_template(hidden, "secret", quick);
        CHECK(ids_in(d.get("/api/projects").body, "name") == strings{"web"});
        CHECK(d.get("/api/project/2/tasks").status == 404);
        auto client = d.client();
        auto const dialer = d.server.dialer();
        auto const first_heard = [&]() -> awaitable<std::string> {
            auto live = (co_await semaphore::connect_live(client, *dialer)).value();
            co_await d.started(secret);
            co_await d.started(d.hello);
            auto const heard = co_await live.next();
            auto const* update = std::get_if<semaphore::task_update>(&heard.value());
            auto const* line = std::get_if<semaphore::task_line>(&heard.value());
            co_return update ? update->task.str() : line ? line->task.str() : "";
        };
        CHECK(d.wait(first_heard()) == "2");
    }

    TEST_CASE("who listens too slowly, or says too much, is cut") {
        desk d;
        testing::script chatty;
        for (int i = 0; i < 600; ++i) chatty.prints.push_back("line " + std::to_string(i));
        chatty.lasts = base::duration(20);
        auto const loud = d.server.add_template(d.web, "loud", chatty);
        auto client = d.client();
        auto const dialer = d.server.dialer();
        auto const overflow = [&]() -> awaitable<base::error_kind> {
            auto live = (co_await semaphore::connect_live(client, *dialer)).value();
            co_await d.started(loud);
            co_await d.time.sleep(std::chrono::seconds(5));
            co_return (co_await live.next()).error().kind();
        };
        CHECK(d.wait(overflow()) == base::error_kind::unavailable);
        auto const too_much = [&]() -> awaitable<bool> {
            auto r = base::http::request(method::get, "https://ci/api/ws").with_bearer(testing::server::token);
            auto opened = (co_await dialer->open(std::move(r))).value();
            bool const enough = opened.socket->send(std::string(512, 'x')).has_value();
            co_return enough && !opened.socket->send(std::string(513, 'x'));
        };
        CHECK(d.wait(too_much()));
    }

    TEST_CASE("times of BoltDB are in the server's own zone, and mean the same") {
        auto as = flavour::v2_10_bolt();
        as.time_zone = std::chrono::hours(2);
        desk d(as);
        auto const id = d.start(d.hello);
        auto const text = std::string(d.get("/api/project/1/tasks/" + std::to_string(id)).body.at("created").as_string());
        CHECK(text.ends_with("+02:00"));
        auto client = d.client();
        auto const task = d.wait(client.find_task(d.web, semaphore::task_id(id))).value();
        REQUIRE(task.created);
        CHECK(d.time.now() - *task.created < std::chrono::seconds(1));
    }

    TEST_CASE("alerts are those of real servers, and say which task they are about") {
        for (std::string const version : {"2.10.32-bolt", "2.16-sqlite"}) {
            desk d(version.starts_with("2.10") ? flavour::v2_10_bolt() : flavour::v2_16_sql());
            testing::script quick;
            quick.prints = {"one"};
            auto const quoted = d.server.add_template(d.web, R"(the "big" one)", quick);
            quick.succeeds = false;
            auto const broken = d.server.add_template(d.web, "broken", quick);
            testing::alert_addresses to;
            to.slack = "http://bot/slack";
            to.rocketchat = "http://bot/rocket";
            to.gotify = "http://bot/gotify";
            to.gotify_token = "tok";
            to.web_host = version.starts_with("2.10") ? "http://127.0.0.1:3010" : "http://127.0.0.1:3016";
            letterbox chats;
            base::task_group alerting(d.loop.get_executor(), nullptr);
            alerting.spawn(d.server.send_alerts(chats, to));
            auto const run_all = [&]() -> awaitable<void> {
                for (auto const& what : {d.hello, quoted, broken}) {
                    co_await d.started(what);
                    co_await d.time.sleep(std::chrono::seconds(30));
                }
                alerting.cancel();
                co_await alerting.join();
            };
            test::run_virtual(d.loop, d.time, run_all(), std::chrono::hours(10));
            std::ifstream file(std::string(GOLDEN_FOLDER) + "/" + version + "/alerts.json");
            std::string text{std::istreambuf_iterator<char>(file), {}};
            auto const recorded = base::parse_json(text).value().as_array();
            REQUIRE(chats.got.size() == recorded.size());
            for (std::size_t i = 0; i < recorded.size(); ++i) {
                CHECK(chats.got[i].first == "http://bot" + std::string(recorded[i].at("path").as_string()));
                auto real = std::string(recorded[i].at("body").as_string());
                for (auto at = real.find("Admin"); at != std::string::npos; at = real.find("Admin")) real.replace(at, 5, "Bot");
                CHECK(without_blanks(chats.got[i].second) == without_blanks(real));
                CHECK(semaphore::read_alert(chats.got[i].second).value().project == d.web);
            }
        }
    }
}
