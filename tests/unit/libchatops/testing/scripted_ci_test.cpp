// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <boost/asio/co_spawn.hpp>
#include <chatrixcd/base/timeout.hpp>
#include <chatrixcd/chatops/testing/scripted_ci.hpp>

#include "support/results.hpp"
#include "support/run_coroutine.hpp"

using namespace chatrixcd;
using namespace chatrixcd::chatops;
using namespace std::chrono_literals;
using boost::asio::awaitable;
using testing::find_fault;
using testing::scripted_job;
using testing::start_fault;

namespace {

ci::job_id const hello(ci::project_id("demo"), "hello");

struct fixture {
    fixture() { server.add_job(scripted_job("demo", "hello").queued_for(2s).runs_for(8s).prints({"a", "b", "c", "d"})); }
    template <class T>
    T run(awaitable<T> work) {
        return test::run_virtual(loop, time, std::move(work));
    }
    ci::plan plan() { return run(server.prepare(ci::run_request(hello, {}))).value(); }
    ci::result<ci::started> start(std::string key) { return run(server.start(plan(), ci::run_key(std::move(key)))); }
    ci::result<ci::found> find(std::string key) { return run(server.find(ci::project_id("demo"), ci::run_key(std::move(key)), {})); }
    void pass(base::duration span) { run(time.sleep(span)); }

    boost::asio::io_context loop;
    base::virtual_clock time;
    testing::scripted_ci server{time};
};

ci::run_id id_of(ci::result<ci::started> const& started) { return std::get<ci::run_id>(started.value()); }

}  // namespace

TEST_SUITE("chatops::testing scripted ci") {
    TEST_CASE_FIXTURE(fixture, "a run goes through its phases with the clock") {
        auto const id = id_of(start("k"));
        CHECK(server.state_of(id)->at == ci::phase::queued);
        pass(2s);
        CHECK(server.state_of(id)->at == ci::phase::running);
        pass(4s);
        auto const half = run(server.log_facet()->read(id, "", 100));
        REQUIRE(half);
        CHECK(half->lines == std::vector<std::string>{"a", "b"});
        CHECK(!half->complete);
        pass(4s);
        auto const rest = run(server.log_facet()->read(id, half->next, 100));
        CHECK(rest->lines == std::vector<std::string>{"c", "d"});
        CHECK(rest->complete);
        auto const done = server.state_of(id).value();
        CHECK(done.how == ci::outcome::success);
        CHECK(*done.ended - *done.started == 8s);
    }
    TEST_CASE_FIXTURE(fixture, "a lost answer leaves the run that was started, or none") {
        server.next_start(start_fault::lost_before);
        server.next_start(start_fault::lost_after);
        CHECK(start("a").error().kind() == base::error_kind::timeout_unknown);
        CHECK(start("b").error().kind() == base::error_kind::timeout_unknown);
        CHECK(server.starts_of(ci::run_key("a")) == 0);
        CHECK(server.starts_of(ci::run_key("b")) == 1);
        CHECK(std::holds_alternative<ci::absent>(find("a").value()));
        CHECK(std::holds_alternative<ci::found_run>(find("b").value()));
        CHECK(start("c").has_value());
        CHECK(server.start_calls() == 3);
    }
    TEST_CASE_FIXTURE(fixture, "refused and unavailable starts start nothing") {
        server.next_start(start_fault::refused);
        server.next_start(start_fault::unavailable);
        CHECK(start("a").error().kind() == base::error_kind::invalid);
        CHECK(start("a").error().kind() == base::error_kind::unavailable);
        server.set_down(true);
        CHECK(find("a").error().kind() == base::error_kind::unavailable);
        server.set_down(false);
        CHECK(server.starts() == 0);
    }
    TEST_CASE_FIXTURE(fixture, "a start that hangs ends with its caller, and may have started") {
        server.next_start(start_fault::hangs_before);
        server.next_start(start_fault::hangs_after);
        auto const exactly = plan();
        CHECK(!run(base::with_timeout(time, server.start(exactly, ci::run_key("a")), 60s)));
        CHECK(!run(base::with_timeout(time, server.start(exactly, ci::run_key("b")), 60s)));
        CHECK(server.keys() == std::vector<ci::run_key>{ci::run_key("b")});
    }
    TEST_CASE_FIXTURE(fixture, "the same key twice is two runs, or one where keys are native") {
        CHECK(id_of(start("k")) != id_of(start("k")));
        CHECK(server.starts_of(ci::run_key("k")) == 2);
        server.set_native_keys(true);
        CHECK(id_of(start("n")) == id_of(start("n")));
        CHECK(server.starts_of(ci::run_key("n")) == 1);
    }
    TEST_CASE_FIXTURE(fixture, "a listing that is late or short says absent or unknown") {
        server.set_visible_after(10s);
        start("k");
        CHECK(std::holds_alternative<ci::absent>(find("k").value()));
        pass(10s);
        CHECK(std::holds_alternative<ci::found_run>(find("k").value()));
        server.set_memory(1s);
        CHECK(std::holds_alternative<ci::unknown>(find("other").value()));
        server.next_find(find_fault::unknown);
        server.next_find(find_fault::absent);
        CHECK(std::holds_alternative<ci::unknown>(find("k").value()));
        CHECK(std::holds_alternative<ci::absent>(find("k").value()));
        CHECK(std::holds_alternative<ci::found_run>(find("k").value()));
    }
    TEST_CASE_FIXTURE(fixture, "get fails as often as told") {
        auto const id = id_of(start("k"));
        server.fail_gets(2);
        CHECK(!run(server.get(id)));
        CHECK(!run(server.get(id)));
        CHECK(run(server.get(id)));
    }
    TEST_CASE_FIXTURE(fixture, "events tell each change once, and wait for the next") {
        server.set_events(true);
        auto const id = id_of(start("k"));
        std::vector<ci::phase> seen;
        for (int i = 0; i < 3; ++i) seen.push_back(run(server.event_facet()->next())->at);
        CHECK(seen == std::vector<ci::phase>{ci::phase::queued, ci::phase::running, ci::phase::finished});
        CHECK(!run(base::with_timeout(time, server.event_facet()->next(), 60s)));
        CHECK(server.state_of(id)->at == ci::phase::finished);
    }
    TEST_CASE_FIXTURE(fixture, "a cancel is seen, then done") {
        server.set_events(true);
        auto const id = id_of(start("k"));
        pass(3s);
        CHECK(run(server.control_facet()->cancel(id)));
        CHECK(run(server.event_facet()->next())->at == ci::phase::canceling);
        CHECK(run(server.event_facet()->next())->how == ci::outcome::canceled);
    }
    TEST_CASE_FIXTURE(fixture, "a changed job has another fingerprint") {
        auto const before = plan().fingerprint;
        CHECK(before == plan().fingerprint);
        ci::parameter_spec added;
        added.name = "x";
        server.replace_job(scripted_job("demo", "hello").takes(added));
        CHECK(before != plan().fingerprint);
    }
    TEST_CASE("secrets do not come back with a run") {
        boost::asio::io_context loop;
        base::virtual_clock time;
        testing::scripted_ci server(time);
        ci::parameter_spec token;
        token.name = "token";
        token.type = ci::parameter_type::secret;
        server.add_job(scripted_job("demo", "hello").takes(token));
        auto const plan = test::run_virtual(loop, time, server.prepare(ci::run_request(hello, {{"token", "hunter2"}}))).value();
        auto const id = id_of(test::run_virtual(loop, time, server.start(plan, ci::run_key("k"))));
        CHECK(server.state_of(id)->parameters.empty());
    }
}
