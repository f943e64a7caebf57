// SPDX-License-Identifier: Apache-2.0
#include "push/handler.hpp"

#include <doctest/doctest.h>
#include <boost/asio/io_context.hpp>
#include <chatrixcd/base/virtual_clock.hpp>
#include <sstream>

#include "support/run_coroutine.hpp"

namespace chatrixcd::bot {
namespace {

constexpr char const* key_text = "0123456789abcdef0123456789abcdef";
constexpr char const* alert = R"({"attachments":[{"title_link":"https://ci/project/4/templates/2?t=71"}]})";

secret_source inline_secret(std::string text) {
    secret_source source;
    source.from = secret_source::kind::inline_text;
    source.text = base::secret(std::move(text));
    return source;
}

class listening {
public:
    explicit listening(push_config const& settings)
        : handler(time, base::logger(base::make_text_sink(log), time, base::log_level::info), endpoints(settings)) {}

    std::vector<push_endpoint> endpoints(push_config const& settings) {
        auto endpoint = push_endpoint::make("prod", settings).value();
        endpoint.tell = [this](semaphore::push_hint const& hint) { heard.push_back(hint.project.str() + "/" + hint.task.str()); };
        std::vector<push_endpoint> all;
        all.push_back(std::move(endpoint));
        return all;
    }
    unsigned send(base::http::request r) { return test::run_coroutine(loop, handler.handle(std::move(r))).status; }
    unsigned post(std::string path, std::string body) {
        return send(base::http::request(base::http::method::post, std::move(path)).with_body(std::move(body)));
    }
    unsigned post_signed(std::string const& id, std::string const& body, std::string const& key = key_text) {
        auto r = base::http::request(base::http::method::post, "/push/prod").with_body(body);
        base::set_webhook_fields(r.headers, base::webhook_key::parse(base::secret(key)).value(), id, time.now(), body);
        return send(std::move(r));
    }
    std::size_t times_told() const {
        std::string const text = log.str();
        std::size_t count = 0;
        for (auto at = text.find("not taken"); at != std::string::npos; at = text.find("not taken", at + 1)) ++count;
        return count;
    }

    boost::asio::io_context loop{1};
    base::virtual_clock time;
    std::ostringstream log;
    std::vector<std::string> heard;
    push_handler handler;
};

push_config webhooks_alone() {
    push_config settings;
    settings.key = inline_secret(key_text);
    return settings;
}

push_config alerts_alone(std::string token = {}) {
    push_config settings;
    settings.unsigned_alerts = true;
    if (!token.empty()) settings.alert_token = inline_secret(std::move(token));
    return settings;
}

}  // namespace

TEST_SUITE("bot::push") {
    TEST_CASE("a signed webhook makes its task be asked for, once") {
        listening bot(webhooks_alone());
        CHECK(bot.post_signed("a", R"({"project_id":4,"task_id":71})") == 200);
        CHECK(bot.post_signed("a", R"({"project_id":4,"task_id":71})") == 200);
        CHECK(bot.heard == std::vector<std::string>{"4/71"});
    }

    TEST_CASE("a webhook without the right signature does nothing") {
        listening bot(webhooks_alone());
        CHECK(bot.post_signed("a", R"({"project_id":4,"task_id":71})", "another key, just as long") == 401);
        CHECK(bot.post("/push/prod", R"({"project_id":4,"task_id":71})") == 400);
        CHECK(bot.post_signed("b", "{}") == 400);
        CHECK(bot.post_signed("b", "{}") == 400);
        CHECK(bot.heard.empty());
    }

    TEST_CASE("alerts are taken only where the configuration says so") {
        listening closed(webhooks_alone());
        CHECK(closed.post("/push/prod/alert", alert) == 404);
        listening open(alerts_alone());
        CHECK(open.post("/push/prod/alert", alert) == 200);
        CHECK(open.post("/push/prod/message?token=whatever", R"x({"message":"[Task Link](https://ci/project/4/templates/2?t=72)"})x") ==
              200);
        CHECK(open.post_signed("a", R"({"project_id":4,"task_id":73})") == 404);
        CHECK(open.heard == std::vector<std::string>{"4/71", "4/72"});
    }

    TEST_CASE("an alert needs the token that the configuration names") {
        listening bot(alerts_alone("s3cret"));
        CHECK(bot.post("/push/prod/alert", alert) == 401);
        CHECK(bot.post("/push/prod/alert?token=", alert) == 401);
        CHECK(bot.post("/push/prod/alert?token=s3cre", alert) == 401);
        CHECK(bot.heard.empty());
        CHECK(bot.post("/push/prod/alert?token=s3cret", alert) == 200);
        CHECK(bot.heard.size() == 1);
    }

    TEST_CASE("other servers, paths and methods are nothing") {
        listening bot(alerts_alone());
        CHECK(bot.post("/push/test/alert", alert) == 404);
        CHECK(bot.post("/", alert) == 404);
        CHECK(bot.send(base::http::request(base::http::method::get, "/push/prod/alert")) == 405);
        CHECK(bot.post("/push/prod/alert", "no alert") == 400);
        CHECK(bot.heard.empty());
    }

    TEST_CASE("strangers do not fill the log: it is told once a minute, with how many there were") {
        listening bot(alerts_alone("s3cret"));
        for (int i = 0; i < 10; ++i) bot.post("/push/prod/alert?token=guess", alert);
        CHECK(bot.times_told() == 1);
        test::run_virtual(bot.loop, bot.time, bot.time.sleep(std::chrono::minutes(1)));
        bot.post("/push/prod/alert?token=guess", alert);
        CHECK(bot.times_told() == 2);
        CHECK(bot.log.str().find("others_before=9") != std::string::npos);
        CHECK(bot.log.str().find("guess") == std::string::npos);
    }

    TEST_CASE("a key that is none is refused with the server's name") {
        auto settings = webhooks_alone();
        settings.key = inline_secret("short");
        auto const made = push_endpoint::make("prod", settings);
        REQUIRE_FALSE(made.has_value());
        CHECK(made.error().message().find("ci prod: push.key") == 0);
    }
}

}  // namespace chatrixcd::bot
