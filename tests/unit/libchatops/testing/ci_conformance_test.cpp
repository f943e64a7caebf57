// SPDX-License-Identifier: Apache-2.0
// The conformance check finds nothing wrong with the scripted server, and each fault that is put into it.
#include <doctest/doctest.h>

#include <algorithm>
#include <chatrixcd/chatops/testing/ci_conformance.hpp>
#include <chatrixcd/chatops/testing/scripted_ci.hpp>

#include "support/run_coroutine.hpp"

using namespace chatrixcd;
using namespace chatrixcd::chatops;
using namespace std::chrono_literals;
using boost::asio::awaitable;
using chatrixcd::chatops::testing::scripted_job;

namespace {

ci::job_id job(std::string name) { return ci::job_id(ci::project_id("demo"), std::move(name)); }

template <class Server>
std::vector<std::string> findings_of(bool native_keys = false) {
    boost::asio::io_context loop;
    base::virtual_clock time;
    Server server(time);
    server.add_job(scripted_job("demo", "hello").prints({"one", "two", "three"}));
    server.add_job(scripted_job("demo", "fails").ends(ci::outcome::failure, "exit status 2"));
    server.add_job(scripted_job("demo", "slow").runs_for(10h));
    server.add_project("empty");
    server.set_native_keys(native_keys);
    testing::ci_subject subject(time, ci::run_request(job("hello"), {}));
    subject.fails = ci::run_request(job("fails"), {});
    subject.slow = ci::run_request(job("slow"), {});
    subject.lose_next_answer = [&] { server.next_start(testing::start_fault::lost_after); };
    return test::run_virtual(loop, time, testing::check_ci_server(server, std::move(subject)));
}

void expect_finding(std::vector<std::string> const& found, std::string const& words) {
    std::string all;
    bool hit = false;
    for (auto const& each : found) {
        all += each + "\n";
        hit = hit || each.find(words) != std::string::npos;
    }
    INFO("expected \"", words, "\" among:\n", all);
    CHECK(hit);
}

using testing::scripted_ci;

struct prepare_starts : scripted_ci {
    using scripted_ci::scripted_ci;
    awaitable<ci::result<ci::plan>> prepare(ci::run_request wanted) override {
        auto plan = co_await scripted_ci::prepare(std::move(wanted));
        if (plan) co_await scripted_ci::start(*plan, ci::run_key("oops"));
        co_return plan;
    }
};
struct says_absent : scripted_ci {
    using scripted_ci::scripted_ci;
    awaitable<ci::result<ci::found>> find(ci::project_id, ci::run_key, ci::time_point) override { co_return ci::found(ci::absent()); }
};
struct finds_anything : scripted_ci {
    using scripted_ci::scripted_ci;
    awaitable<ci::result<ci::found>> find(ci::project_id, ci::run_key, ci::time_point) override {
        ci::found_run hit;
        hit.id = ci::run_id("1");
        co_return ci::found(hit);
    }
};
struct endless_pages : scripted_ci {
    using scripted_ci::scripted_ci;
    awaitable<ci::result<ci::page<ci::project>>> projects(ci::page_request which) override {
        which.cursor.clear();
        auto page = co_await scripted_ci::projects(std::move(which));
        page->next = "1";
        co_return page;
    }
};
struct forgets_outcome : scripted_ci {
    using scripted_ci::scripted_ci;
    awaitable<ci::result<ci::run>> get(ci::run_id id) override {
        auto run = co_await scripted_ci::get(std::move(id));
        if (run) run->how = ci::outcome::none;
        co_return run;
    }
};
struct invents_runs : scripted_ci {
    using scripted_ci::scripted_ci;
    awaitable<ci::result<ci::run>> get(ci::run_id id) override {
        auto run = co_await scripted_ci::get(id);
        if (run) co_return run;
        ci::run invented;
        invented.id = id;
        co_return invented;
    }
};
struct lies_about_keys : scripted_ci {
    using scripted_ci::scripted_ci;
    awaitable<ci::result<ci::server_info>> info() override {
        auto info = co_await scripted_ci::info();
        info->keyed_start_native = true;
        co_return info;
    }
};
struct swallows_parameters : scripted_ci {
    using scripted_ci::scripted_ci;
    awaitable<ci::result<ci::plan>> prepare(ci::run_request wanted) override {
        wanted.parameters.clear();
        return scripted_ci::prepare(std::move(wanted));
    }
};
struct oldest_first : scripted_ci {
    using scripted_ci::scripted_ci;
    awaitable<ci::result<ci::page<ci::run>>> runs(ci::run_query matching, ci::page_request which) override {
        auto page = co_await scripted_ci::runs(std::move(matching), std::move(which));
        if (page) std::reverse(page->items.begin(), page->items.end());
        co_return page;
    }
};

}  // namespace

TEST_SUITE("chatops::testing ci conformance") {
    TEST_CASE("the scripted server conforms, with and without native keys") {
        CHECK(findings_of<scripted_ci>() == std::vector<std::string>());
        CHECK(findings_of<scripted_ci>(/*native_keys=*/true) == std::vector<std::string>());
    }
    TEST_CASE("each broken server is found out") {
        expect_finding(findings_of<prepare_starts>(), "prepare() started something");
        expect_finding(findings_of<says_absent>(), "find(): says absent, but the run exists");
        expect_finding(findings_of<says_absent>(), "find(): says absent, but the run was started");
        expect_finding(findings_of<finds_anything>(), "found a run for a key that was never used");
        expect_finding(findings_of<endless_pages>(), "the pages never end");
        expect_finding(findings_of<forgets_outcome>(), "a finished run has no outcome");
        expect_finding(findings_of<invents_runs>(), "get() of a run that does not exist");
        expect_finding(findings_of<lies_about_keys>(), "a second start with the same key made a second run");
        expect_finding(findings_of<swallows_parameters>(), "neither refused nor named as ignored");
        expect_finding(findings_of<oldest_first>(), "the older run comes first");
    }
}
