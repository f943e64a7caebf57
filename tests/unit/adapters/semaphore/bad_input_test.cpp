// SPDX-License-Identifier: Apache-2.0
// What servers, proxies and programs do to us: said in one line, and no run is lost for it.
#include <doctest/doctest.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <functional>

#include "unit/adapters/semaphore/small_server.hpp"

namespace base = chatrixcd::base;
namespace ci = chatrixcd::chatops::ci;
namespace json = boost::json;
namespace semaphore = chatrixcd::semaphore;
namespace test = chatrixcd::test;
using base::error_kind;
using base::http::method;
using base::http::request;
using base::http::response;
using boost::asio::awaitable;
using test::flavour;

namespace {

// Something between us and the server that answers for it when it wants to.
class meddler final : public base::http::transport {
public:
    explicit meddler(base::http::transport& to) : to_(to) {}
    awaitable<base::result<response>> send(request r) override {
        if (answers) {
            if (auto instead = answers(r)) co_return std::move(*instead);
        }
        co_return co_await to_.send(std::move(r));
    }
    std::function<std::optional<response>(request const&)> answers;

private:
    base::http::transport& to_;
};

class meddled_server : public test::small_server {
public:
    explicit meddled_server(flavour as = flavour::v2_16_sql()) : small_server(std::move(as)), between(*network) {
        auto const token = base::secret(semaphore::testing::server::token);
        client.emplace(
            semaphore::client::make(between, time, *random, {"https://ci.example.org", semaphore::credentials::token(token)}).value());
        ci = chatrixcd::chatops::make_semaphore_ci(*client, time, {});
    }
    void output_is(std::vector<std::string> const& lines) {
        json::array all;
        for (auto const& line : lines) all.push_back(json::object{{"task_id", 1}, {"time", "2026-01-01T00:00:00Z"}, {"output", line}});
        between.answers = [text = json::serialize(all)](base::http::request const& r) {
            return r.url.ends_with("/output") ? std::optional(response(200, text)) : std::nullopt;
        };
    }
    ci::log_chunk tail(ci::run_id const& id, std::size_t lines) { return wait(ci->log_facet()->tail(id, lines)).value(); }
    ci::run state(ci::run_id const& id) { return wait(ci->get(id)).value(); }

    meddler between;
};

bool is_one_line(base::error const& why) { return !why.message().empty() && why.describe().find_first_of("\r\n") == std::string::npos; }

}  // namespace

TEST_SUITE("semaphore: bad input") {
    TEST_CASE("a token that expires while a run goes on is said to be refused, and the run is there when there is another one") {
        meddled_server world;
        auto const id = world.started(world.request(world.slow), "k");
        world.between.answers = [](request const&) { return std::optional(response(401, "")); };
        auto const refused = world.wait(world.ci->get(id));
        REQUIRE_FALSE(refused.has_value());
        CHECK(refused.error().kind() == error_kind::unauthorized);
        CHECK(is_one_line(refused.error()));
        CHECK(refused.error().describe().find(semaphore::testing::server::token) == std::string::npos);
        world.between.answers = nullptr;
        CHECK(world.state(id).at != ci::phase::finished);
    }

    TEST_CASE("a guest's token, which may look and not run, starts nothing and says so") {
        meddled_server world;
        world.between.answers = [](request const& r) { return r.verb == method::post ? std::optional(response(403, "")) : std::nullopt; };
        auto const refused = world.start(world.request(world.plain), "k");
        REQUIRE_FALSE(refused.has_value());
        CHECK(refused.error().kind() == error_kind::forbidden);
        CHECK(is_one_line(refused.error()));
        CHECK(world.wait(world.client->tasks(semaphore::project_id(1))).value().empty());
    }

    TEST_CASE("a proxy that answers with a page of its own while a run goes on ends nothing") {
        meddled_server world;
        auto const id = world.started(world.request(world.slow), "k");
        for (unsigned const status : {200U, 302U, 403U, 502U}) {
            world.between.answers = [status](request const&) {
                return std::optional(response(status, "<html>Please log in</html>", "text/html"));
            };
            auto const said = world.wait(world.ci->get(id));
            REQUIRE_FALSE(said.has_value());
            CHECK(said.error().kind() != error_kind::not_found);
            CHECK(is_one_line(said.error()));
        }
        world.between.answers = nullptr;
        CHECK(world.state(id).at != ci::phase::finished);
    }

    TEST_CASE("of a log of 50 MB the last lines are shown") {
        meddled_server world;
        auto const id = world.started(world.request(world.plain), "k");
        std::vector<std::string> lines(500'000, std::string(100, 'x'));
        lines.back() = "the end";
        world.output_is(lines);
        auto const last = world.tail(id, 15);
        CHECK(last.lines.size() == 15);
        CHECK(last.lines.back() == "the end");
    }

    TEST_CASE("a line of 10 MB is one line, and costs the others nothing") {
        meddled_server world;
        auto const id = world.started(world.request(world.plain), "k");
        world.output_is({"before", std::string(10U << 20U, 'y'), "after"});
        auto const all = world.tail(id, 10);
        REQUIRE(all.lines.size() == 3);
        CHECK(all.lines[1].size() == 10U << 20U);
        CHECK(all.lines.back() == "after");
    }

    TEST_CASE("escapes, progress bars and bytes of any kind come as the server gives them; whoever shows them makes them safe") {
        meddled_server world;
        auto const id = world.started(world.request(world.plain), "k");
        world.output_is({"\x1b[31mred\x1b[0m", "10%\r50%\r100%", "\x1b]0;title\x07", "caf\xc3\xa9"});
        CHECK(world.tail(id, 10).lines.size() == 4);
    }

    TEST_CASE("a server whose clock is hours away still shows the start that it took, and no other") {
        for (auto const away : {std::chrono::hours(-5), std::chrono::hours(5)}) {
            meddled_server world;
            world.started(world.request(world.plain), "k");
            world.time.skew(away);
            auto const found = world.wait(world.ci->find(ci::project_id("1"), ci::run_key("k"), world.time.now())).value();
            CHECK(std::holds_alternative<ci::found_run>(found));
            auto const other = world.wait(world.ci->find(ci::project_id("1"), ci::run_key("other"), world.time.now())).value();
            CHECK(std::holds_alternative<ci::absent>(other));
        }
    }

    TEST_CASE("a template that was deleted starts nothing, and a run of it goes on to its end") {
        meddled_server world;
        auto const planned = world.wait(world.ci->prepare(world.request(world.plain))).value();
        auto const id = world.started(world.request(world.plain), "k");
        world.between.answers = [](request const& r) {
            bool const is_about_templates =
                r.url.find("/templates/") != std::string::npos || (r.verb == method::post && r.url.ends_with("/tasks"));
            return is_about_templates ? std::optional(response(404, "")) : std::nullopt;
        };
        auto const refused = world.wait(world.ci->start(planned, ci::run_key("again")));
        REQUIRE_FALSE(refused.has_value());
        CHECK(refused.error().kind() == error_kind::not_found);
        CHECK(is_one_line(refused.error()));
        world.pass(std::chrono::minutes(1));
        CHECK(world.state(id).how == ci::outcome::success);
    }

    TEST_CASE("a task that a restart of its server left running goes on being followed, and a stop ends it") {
        meddled_server world;
        auto const id = world.started(world.request(world.slow), "k");
        world.pass(std::chrono::hours(24 * 3));
        CHECK(world.state(id).at == ci::phase::running);
        CHECK(world.wait(world.ci->control_facet()->cancel(id)).has_value());
        world.pass(std::chrono::seconds(10));
        CHECK(world.state(id).how == ci::outcome::canceled);
    }
}
