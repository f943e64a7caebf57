// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/chatops/ci/json.hpp>

#include "support/results.hpp"
#include "support/texts.hpp"

using namespace chatrixcd;
using namespace chatrixcd::chatops;

namespace {

ci::job_id any_job_id() { return ci::job_id(ci::project_id(*test::any_text()), *test::any_text()); }

ci::parameter_values any_parameters() {
    ci::parameter_values out;
    for (auto n = *rc::gen::inRange(0, 4); n > 0; --n) out.emplace_back(*test::any_text(), *test::any_text());
    return out;
}

std::vector<std::string> any_words() { return *rc::gen::container<std::vector<std::string>>(test::any_text()); }

std::optional<base::time_point> any_time() {
    if (*rc::gen::arbitrary<bool>()) return std::nullopt;
    return base::time_point(std::chrono::milliseconds(*rc::gen::inRange<std::int64_t>(-1000000000000, 4000000000000)));
}

ci::job any_job() {
    ci::job out;
    out.id = any_job_id();
    out.name = *test::any_text();
    out.description = *test::any_text();
    for (auto n = *rc::gen::inRange(0, 3); n > 0; --n) {
        ci::parameter_spec spec;
        spec.name = *test::any_text();
        spec.help = *test::any_text();
        spec.type = *rc::gen::element(ci::parameter_type::text, ci::parameter_type::integer, ci::parameter_type::boolean,
                                      ci::parameter_type::choice, ci::parameter_type::secret);
        spec.required = *rc::gen::arbitrary<bool>();
        if (*rc::gen::arbitrary<bool>()) spec.default_value = *test::any_text();
        spec.choices = any_words();
        out.parameters.push_back(std::move(spec));
    }
    return out;
}

ci::plan any_plan() {
    ci::plan out;
    out.job = any_job_id();
    out.job_name = *test::any_text();
    out.effective = any_parameters();
    out.ignored = any_words();
    out.warnings = any_words();
    out.fingerprint = *test::any_text();
    return out;
}

ci::run any_run() {
    ci::run out;
    out.id = ci::run_id(*test::any_text());
    out.job = any_job_id();
    out.job_name = *test::any_text();
    out.at = static_cast<ci::phase>(*rc::gen::inRange(0, 5));
    out.how = static_cast<ci::outcome>(*rc::gen::inRange(0, 10));
    out.raw = *test::any_text();
    out.detail = *test::any_text();
    out.created = any_time();
    out.started = any_time();
    out.ended = any_time();
    out.parameters = any_parameters();
    out.url = *test::any_text();
    return out;
}

// Through the text, as it is stored.
template <class T, class Read>
bool survives(T const& value, Read read) {
    auto const text = boost::json::serialize(ci::to_json(value));
    auto const back = read(base::parse_json_object(text).value());
    return back.has_value() && *back == value;
}

boost::json::object small_run() {
    ci::run run;
    run.id = ci::run_id("7");
    return ci::to_json(run);
}

}  // namespace

TEST_SUITE("chatops::ci json") {
    TEST_CASE("every value survives its JSON form") {
        CHECK(rc::check("project", [] {
            ci::project value;
            value.id = ci::project_id(*test::any_text());
            value.name = *test::any_text();
            value.description = *test::any_text();
            RC_ASSERT(survives(value, ci::project_from_json));
        }));
        CHECK(rc::check("job", [] { RC_ASSERT(survives(any_job(), ci::job_from_json)); }));
        CHECK(rc::check("run request",
                        [] { RC_ASSERT(survives(ci::run_request(any_job_id(), any_parameters()), ci::run_request_from_json)); }));
        CHECK(rc::check("plan", [] { RC_ASSERT(survives(any_plan(), ci::plan_from_json)); }));
        CHECK(rc::check("run", [] { RC_ASSERT(survives(any_run(), ci::run_from_json)); }));
    }
    TEST_CASE("a newer form is refused, with a reason of its own") {
        auto form = small_run();
        form["v"] = 2;
        form.erase("phase");  // whatever else is missing in it
        auto const read = ci::run_from_json(form);
        REQUIRE(!read);
        CHECK(read.error().kind() == base::error_kind::unsupported);
    }
    TEST_CASE("a form without a version, or with one that never was, is refused") {
        auto form = small_run();
        form["v"] = 0;
        CHECK(ci::run_from_json(form).error().kind() == base::error_kind::protocol);
        form.erase("v");
        CHECK(ci::run_from_json(form).error().kind() == base::error_kind::protocol);
    }
    TEST_CASE("unknown fields are ignored, unknown words are not") {
        auto form = small_run();
        form["mood"] = "good";
        CHECK(ci::run_from_json(form));
        form["phase"] = "dreaming";
        auto const read = ci::run_from_json(form);
        REQUIRE(!read);
        CHECK(read.error().message() == "run: phase is a word that nobody knows");
    }
    TEST_CASE("each field of the wrong type is refused and named") {
        for (auto const* key : {"id", "job", "job_name", "phase", "outcome", "raw", "detail", "parameters", "url"}) {
            auto form = small_run();
            form[key] = 7;
            auto const read = ci::run_from_json(form);
            REQUIRE_MESSAGE(!read, key);
            CHECK(read.error().kind() == base::error_kind::protocol);
            CHECK_MESSAGE(read.error().message().find(key) != std::string::npos, read.error().message());
        }
        auto form = small_run();
        form["parameters"] = base::parse_json(R"([["a"]])").value();
        CHECK(!ci::run_from_json(form));
        form = small_run();
        form["started"] = "noon";
        CHECK(!ci::run_from_json(form));
    }
    TEST_CASE("words of phases and outcomes") {
        CHECK(ci::to_string(ci::outcome::timed_out) == "timed_out");
        for (int i = 0; i < 10; ++i) CHECK(ci::outcome_from(ci::to_string(static_cast<ci::outcome>(i))) == static_cast<ci::outcome>(i));
        for (int i = 0; i < 5; ++i) CHECK(ci::phase_from(ci::to_string(static_cast<ci::phase>(i))) == static_cast<ci::phase>(i));
        CHECK(!ci::phase_from(""));
    }
}
