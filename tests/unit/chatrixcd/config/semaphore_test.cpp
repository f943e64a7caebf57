// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "unit/chatrixcd/config/load_text.hpp"

namespace chatrixcd::bot {
namespace {

// A file with these members beside the account.
loaded_config with(std::string const& members) {
    return load_text("{\n\"matrix\": {\"user_id\": \"@b:x\", \"password\": \"p\"},\n" + members + "\n}");
}

}  // namespace

TEST_SUITE("bot::config::semaphore") {
    TEST_CASE("the section is a server of that name, with the keys of older configurations") {
        auto const loaded = with(
            R"("semaphore": {url: "https://ci.example.org/", api_token: {file: "/run/token"}, ssl_verify: true, ssl_ca_cert: "/ca.pem",)"
            R"( ssl_client_cert: "/c.pem", ssl_client_key: "/c.key", projects: ["web"]})");
        REQUIRE_MESSAGE(loaded.problems.empty(), loaded.problems.front());
        REQUIRE(loaded.values.ci.size() == 1);
        auto const& server = loaded.values.ci.front();
        CHECK(server.name == "semaphore");
        CHECK(server.type == "semaphore");
        CHECK(server.semaphore.url == "https://ci.example.org/");
        CHECK(server.semaphore.token.name == "/run/token");
        CHECK(server.semaphore.projects == std::vector<std::string>{"web"});
        CHECK(server.semaphore.ca_file == "/ca.pem");
        CHECK(server.semaphore.client_certificate == "/c.pem");
        CHECK(server.semaphore.client_key == "/c.key");
    }

    TEST_CASE("several servers stand in the list, beside local ones") {
        auto const loaded = with(
            R"("ci": [{name: "local", type: "executor"}, {name: "prod", type: "semaphore", url: "https://prod", token: {env: "PROD"}},)"
            R"( {name: "test", type: "semaphore", url: "http://127.0.0.1:3000", token: "t", projects: ["web", "2"]}])");
        REQUIRE_MESSAGE(loaded.problems.empty(), loaded.problems.front());
        REQUIRE(loaded.values.ci.size() == 3);
        CHECK(loaded.values.ci[1].semaphore.token.from == secret_source::kind::environment);
        CHECK(loaded.values.ci[2].semaphore.projects.size() == 2);
    }

    TEST_CASE("a server may be for some rooms, and be asked for less at once") {
        auto const server = [](std::string const& more) {
            return R"("bot": {allowed_rooms: ["!r:example.org"]}, "ci": [{name: "s", type: "semaphore", url: "https://x", token: "t", )" +
                   more + "}]";
        };
        auto const loaded = with(server(R"(rooms: ["!r:example.org"], requests_at_once: 2)"));
        REQUIRE(loaded.values.ci.size() == 1);
        CHECK(loaded.values.ci[0].rooms == std::vector<std::string>{"!r:example.org"});
        CHECK(loaded.values.ci[0].semaphore.requests_at_once == 2);
        CHECK(says(with(server(R"(rooms: ["!other:example.org"])")).problems, {"ci s: rooms", "!other:example.org", "bot.allowed_rooms"}));
        CHECK(says(with(server("rooms: []")).problems, {"ci[0].rooms", "is empty"}));
        CHECK(says(with(server("requests_at_once: 0")).problems, {"ci[0].requests_at_once", "from 1 to 64"}));
        CHECK(says(with(server(R"(requests_at_once: "many")")).problems, {"ci[0].requests_at_once", "from 1 to 64"}));
        CHECK(with(R"("bot": {allowed_rooms: ["!r:example.org"]}, "ci": [{name: "l", type: "executor", rooms: ["!r:example.org"]}])")
                  .values.ci[0]
                  .rooms.size() == 1);
    }

    TEST_CASE("what is missing or wrong is said with what would be right") {
        CHECK(says(with(R"("semaphore": {url: "https://ci"})").problems,
                   {"semaphore.api_token is missing", "CHATRIXCD_SEMAPHORE_API_TOKEN"}));
        CHECK(says(with(R"("semaphore": {api_token: "t"})").problems, {"semaphore.url is missing"}));
        CHECK(says(with(R"("semaphore": {url: "ci.example.org", api_token: "t"})").problems, {"semaphore.url", "https://ci.example.org"}));
        CHECK(says(with(R"("ci": [{name: "s", type: "semaphore"}])").problems, {"ci[0]", "needs `url`"}));
        CHECK(says(with(R"("ci": [{name: "s", type: "semaphore", url: "x", token: "t"}])").problems, {"ci[0].url", "`x`"}));
        CHECK(says(with(R"("ci": [{name: "s", type: "semaphore", url: "https://x", token: "t", projects: "web"}])").problems,
                   {"ci[0].projects", "[\"web\"]"}));
        CHECK(says(with(R"("ci": [{name: "s", type: "semaphore", url: "https://x", token: "t", urll: "y"}])").warnings,
                   {"ci[0].urll", "did you mean `url`"}));
    }

    TEST_CASE("certificates are always looked at") {
        auto const loaded = with(R"("semaphore": {url: "https://ci", api_token: "t", ssl_verify: false})");
        CHECK(says(loaded.problems, {"bot.hjson:3", "semaphore.ssl_verify", "ssl_ca_cert"}));
    }

    TEST_CASE("a token that would go over the network unencrypted is a warning, on this machine it is not") {
        CHECK(
            says(with(R"("semaphore": {url: "http://10.0.0.5:3000", api_token: "t"})").warnings, {"unencrypted", "http://10.0.0.5:3000"}));
        for (auto const* url : {"http://localhost:3000", "http://127.0.0.1:3000", "http://[::1]:3000", "https://ci"}) {
            auto const loaded = with("\"semaphore\": {url: \"" + std::string(url) + "\", api_token: \"t\"}");
            CHECK_FALSE(says(loaded.warnings, {"unencrypted"}));
        }
    }

    TEST_CASE("a server may tell its news: by signed webhooks, or by unsigned alerts where that is spelled out") {
        auto const loaded =
            with(R"("push": {listen: "127.0.0.1:8480"}, "ci": [{name: "prod", type: "semaphore", url: "https://x", token: "t",)"
                 R"( push: {key: {file: "/k"}, unsigned_alerts: true, alert_token: {env: "A"}}}])");
        REQUIRE_MESSAGE(loaded.problems.empty(), loaded.problems.front());
        CHECK(loaded.warnings.empty());
        CHECK(loaded.values.push.listen == "127.0.0.1:8480");
        auto const& push = loaded.values.ci.front().semaphore.push;
        REQUIRE(push);
        CHECK(push->key.name == "/k");
        CHECK(push->unsigned_alerts);
        CHECK(push->alert_token.name == "A");
    }

    TEST_CASE("what a listener lacks is said, and so is who could speak to it") {
        auto const pushing = [](std::string const& listen, std::string const& push) {
            return with("\"push\": {listen: \"" + listen +
                        "\"}, \"ci\": [{name: \"s\", type: \"semaphore\", url: \"https://x\", token: \"t\", push: " + push + "}]");
        };
        CHECK(says(pushing("", "{key: \"k\"}").problems, {"push.listen is missing", "127.0.0.1:8480"}));
        CHECK(says(pushing("localhost:1", "{key: \"k\"}").problems, {"push.listen", "`localhost`", "no IP address"}));
        CHECK(says(pushing("99999", "{key: \"k\"}").problems, {"push.listen", "no port"}));
        CHECK(says(pushing("8480", "{}").problems, {"ci[0].push", "takes nothing"}));
        CHECK(says(pushing("8480", "{key: \"k\", alert_token: \"a\"}").problems, {"ci[0].push", "unsigned_alerts"}));
        CHECK(says(pushing("8480", "{unsigned_alerts: true}").warnings, {"ci s", "whoever reaches", "alert_token"}));
        CHECK(says(with(R"("push": {listen: "8480"})").warnings, {"push.listen", "no effect"}));
    }

    TEST_CASE("two servers cannot both be called semaphore") {
        auto const loaded = with(
            R"("semaphore": {url: "https://a", api_token: "t"}, "ci": [{name: "semaphore", type: "semaphore", url: "https://b", token: "t"}])");
        CHECK(says(loaded.problems, {"`semaphore`", "another name"}));
    }
}

}  // namespace chatrixcd::bot
