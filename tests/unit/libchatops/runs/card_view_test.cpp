// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>

#include <chatrixcd/chatops/render.hpp>

#include "runs/card_view.hpp"
#include "runs/log_text.hpp"
#include "runs/words.hpp"

using namespace chatrixcd::chatops;
namespace base = chatrixcd::base;
using namespace std::chrono_literals;

namespace {

runs::record started_run() {
    runs::record run;
    run.number = 3;
    run.from = {"chat", "@bot:a.org", "!r:a.org", "$1"};
    run.requested_by = "@ann:a.org";
    run.trace = "t-1";
    run.server = "local";
    run.id = ci::run_id("77");
    run.project_name = "demo";
    run.job_name = "say hi";
    run.parameters = {{"who", "the world"}, {"n", "2"}};
    run.start = runs::start_state::started;
    return run;
}

runs::record ended_run(ci::outcome how) {
    auto run = started_run();
    ci::run last;
    last.id = run.id;
    last.at = ci::phase::finished;
    last.how = how;
    last.started = base::time_point(10s);
    last.ended = base::time_point(74s);
    run.latest = last;
    run.open = false;
    return run;
}

}  // namespace

TEST_SUITE("chatops::runs::card_view") {
    TEST_CASE("an end says how, how long, and what can be done next") {
        auto run = ended_run(ci::outcome::failure);
        run.latest->detail = "exit status 2";
        run.excerpt = "oops";
        auto const card = runs::card_of(run, {}, "!cd");
        CHECK(card.state == card_state::failure);
        CHECK(card.title == "demo / say hi #3");
        CHECK(card.summary == "failed after 1 min 4 s: exit status 2");
        CHECK(card.excerpt == "oops");
        CHECK(card.next_commands == std::vector<std::string>{"!cd logs 3", "!cd run demo \"say hi\" who=\"the world\" n=2"});
    }

    TEST_CASE("a successful card is short: its log is in the thread") {
        auto run = ended_run(ci::outcome::success);
        run.excerpt = "fine";
        CHECK(runs::card_of(run, {}, "!cd").excerpt.empty());
        CHECK(render_plain(runs::farewell_of(run)).find("fine") != std::string::npos);
        run.excerpt.clear();
        CHECK(runs::farewell_of(run).empty());
    }

    TEST_CASE("only what went wrong calls the person") {
        for (auto const how : {ci::outcome::failure, ci::outcome::lost, ci::outcome::timed_out, ci::outcome::error, ci::outcome::none}) {
            auto const run = ended_run(how);
            CHECK(runs::went_wrong(run));
            CHECK(render_plain(runs::farewell_of(run)).starts_with("@ann:a.org: "));
        }
        for (auto const how : {ci::outcome::success, ci::outcome::canceled, ci::outcome::skipped})
            CHECK_FALSE(runs::went_wrong(ended_run(how)));
    }

    TEST_CASE("a secret is in nothing that is shown, nor can such a run be offered again") {
        auto run = ended_run(ci::outcome::failure);
        run.has_secrets = true;
        auto const card = runs::card_of(run, {}, "!cd");
        CHECK(card.next_commands == std::vector<std::string>{"!cd logs 3"});
        CHECK(std::any_of(card.facts.begin(), card.facts.end(), [](auto const& fact) { return fact.first == "secrets"; }));
    }

    TEST_CASE("doubt and silence are said") {
        auto run = started_run();
        run.start = runs::start_state::in_doubt;
        run.reason = "no answer";
        CHECK(runs::card_of(run, {}, "").state == card_state::in_doubt);
        CHECK(runs::summary_of(run, {}).find("may have started, or not") != std::string::npos);
        auto other = started_run();
        runs::passing_news news;
        news.silent_since = base::time_point(12h + 3min + 4s);
        CHECK(runs::summary_of(other, news) == "has started; local does not answer since 12:03:04 UTC");
    }

    TEST_CASE("who stopped it is named") {
        auto run = ended_run(ci::outcome::canceled);
        run.stopped_by = "@bob:a.org";
        CHECK(runs::summary_of(run, {}) == "was canceled by @bob:a.org after 1 min 4 s");
    }

    TEST_CASE("durations") {
        CHECK(runs::duration_words(0s) == "less than a second");
        CHECK(runs::duration_words(59s) == "59 s");
        CHECK(runs::duration_words(60s) == "1 min 0 s");
        CHECK(runs::duration_words(2h + 5min) == "2 h 5 min");
        CHECK(runs::duration_words(50h) == "2 d 2 h");
    }
}

TEST_SUITE("chatops::runs::log_text") {
    TEST_CASE("the last lines, cut where a message would grow too long") {
        CHECK(runs::log_text({"a", "b", "c"}, 2) == "b\nc");
        CHECK(runs::log_text({}, 2).empty());
        auto const cut = runs::log_text({std::string(1000, 'x')}, 5);
        CHECK(cut.size() < 500);
        CHECK(cut.ends_with("…"));
        std::vector<std::string> const many(100, std::string(390, 'y'));
        CHECK(runs::log_text(many, 100).size() <= 12010);
        CHECK(runs::log_text(many, 100).starts_with("…\n"));
    }

    TEST_CASE("what drives a terminal is gone, and cuts fall between characters") {
        CHECK(runs::log_text({"\x1b[31mred\x1b[0m"}, 5) == "red");
        std::string wide;
        for (int i = 0; i < 300; ++i) wide += "é";
        auto const cut = runs::log_text({wide}, 1);
        CHECK(cut.substr(0, 2) == "é");
        CHECK((cut.size() - std::string("…").size()) % 2 == 0);
    }
}
