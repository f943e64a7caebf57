// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <sstream>

#include <chatrixcd/base/log.hpp>
#include <chatrixcd/base/virtual_clock.hpp>

namespace base = chatrixcd::base;
using namespace std::chrono_literals;

TEST_SUITE("base::log") {
    TEST_CASE("a text line has time, level, component, message and fields") {
        std::ostringstream out;
        base::virtual_clock const time(base::time_point(1767225600s + 12h + 3min + 4567ms));
        base::logger const root(base::make_text_sink(out), time, base::log_level::info, "matrix");
        root.named("sync").warning("no answer, trying again", {{"delay_ms", 800}, {"last", false}, {"server", "a.example"}});
        root.info("started");
        root.debug("not shown");
        CHECK(out.str() ==
              "12:03:04 WARNING matrix.sync: no answer, trying again (delay_ms=800, last=false, server=a.example)\n"
              "12:03:04 INFO matrix: started\n");
    }

    TEST_CASE("foreign text can neither forge a line nor steer the terminal") {
        std::ostringstream out;
        base::virtual_clock const time;
        base::logger const log(base::make_text_sink(out), time, base::log_level::info, "c");
        log.error("refused", {{"name", "x\n00:00:00 INFO c: all is well\r\x1b]0;title\x07\x7f\u202E"}});
        CHECK(out.str() ==
              "00:00:00 ERROR c: refused (name=x 00:00:00 INFO c: all is well ?]0;title?"
              "?"
              "?)\n");
    }

    TEST_CASE("a JSON line is one object, whatever the text, and a field cannot replace what the record says") {
        std::ostringstream out;
        base::virtual_clock const time(base::time_point(1767225600s + 7ms));
        base::logger const log(base::make_json_sink(out), time, base::log_level::debug, "c");
        log.debug("said \"x\"\n", {{"level", "error"}, {"text", "\xff\xed\xa0\x80\x01é"}});
        auto const line = out.str();
        REQUIRE(line.find('\n') == line.size() - 1);
        auto const object = boost::json::parse(line).as_object();
        CHECK(object.at("time") == "2026-01-01T00:00:00.007Z");
        CHECK(object.at("level") == "debug");
        CHECK(object.at("component") == "c");
        CHECK(object.at("message") == "said \"x\"\n");
        CHECK(object.at("text") == "\uFFFD\uFFFD\uFFFD\uFFFD\x01é");
    }

    TEST_CASE("a default-constructed logger is silent") {
        base::logger const silent;
        silent.named("a").error("nothing happens");
    }
}
