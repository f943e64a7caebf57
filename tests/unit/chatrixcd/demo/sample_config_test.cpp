// SPDX-License-Identifier: Apache-2.0
#include "demo/sample_config.hpp"

#include <doctest/doctest.h>

#include "unit/chatrixcd/config/load_text.hpp"

namespace chatrixcd::bot {
namespace {

sample_settings settings_of_a_demo() {
    sample_settings s;
    s.port = 8008;
    s.bot_user = "@bot:demo.local";
    s.person = "@you:demo.local";
    s.room = "!room:demo.local";
    s.password_file = "/tmp/bot.password";
    s.store_folder = "/tmp/bot";
    return s;
}

}  // namespace

TEST_SUITE("bot::demo") {
    TEST_CASE("the demo's configuration is one that an operator could write: no problem, no warning") {
        auto const s = settings_of_a_demo();
        auto const loaded = load_text(sample_config(s));
        CHECK(loaded.problems == std::vector<std::string>{});
        CHECK(loaded.warnings == std::vector<std::string>{});
        CHECK(refusals(loaded).empty());
        REQUIRE(loaded.values.ci.size() == 1);
        CHECK(loaded.values.ci.front().projects.front().jobs.size() == 3);
    }

    TEST_CASE("the demo's configuration with a Semaphore is one as well") {
        auto s = settings_of_a_demo();
        s.semaphore_url = "http://127.0.0.1:3000";
        s.token_file = "/tmp/semaphore.token";
        auto const loaded = load_text(sample_config(s));
        CHECK(loaded.problems == std::vector<std::string>{});
        CHECK(loaded.warnings == std::vector<std::string>{});
        REQUIRE(loaded.values.ci.size() == 1);
        CHECK(loaded.values.ci.front().type == "semaphore");
    }

    TEST_CASE("completion offers what may stand there, and nothing else") {
        using words = std::vector<std::string>;
        CHECK(sample_words(sample_ci::local, "") == words{"!cd", ":kill", ":help", ":quit"});
        CHECK(sample_words(sample_ci::local, "!cd  run ") == words{"demo", "hello", "broken", "deploy"});
        CHECK(sample_words(sample_ci::local, "!cd run demo ") == words{"hello", "broken", "deploy"});
        CHECK(sample_words(sample_ci::local, "!cd run demo deploy env=prod ") == words{"env=staging", "env=prod", "version="});
        CHECK(sample_words(sample_ci::local, "!cd run deploy ") == words{"env=staging", "env=prod", "version="});
        CHECK(sample_words(sample_ci::local, "!cd run hello ") == words{});
        CHECK(sample_words(sample_ci::local, "hello ") == words{});
        CHECK(sample_words(sample_ci::semaphore, "!cd run web ") == words{"deploy", "broken", "plan", "slow"});
        CHECK(sample_words(sample_ci::semaphore, "!cd run slow ") == words{});
    }
}

}  // namespace chatrixcd::bot
