// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <boost/json/parse.hpp>

#include "events/event_filter.hpp"

using namespace chatrixcd::homeserver;

namespace {

event_filter filter(char const* text) { return event_filter::parse(boost::json::parse(text).as_object()).value(); }

}  // namespace

TEST_SUITE("homeserver::event_filter") {
    TEST_CASE("a star stands for any characters, also in the middle") {
        auto const f = filter(R"({"types":["m.*.message","x*","*.y"]})");
        CHECK(f.matches("m.room.message", "@a:b"));
        CHECK(f.matches("m.a.b.message", "@a:b"));
        CHECK(!f.matches("m.message", "@a:b"));
        CHECK(f.matches("x", "@a:b"));
        CHECK(f.matches("long.y", "@a:b"));
        CHECK(!f.matches("long.yy", "@a:b"));
    }

    TEST_CASE("what is excluded stays out, though it is included too") {
        auto const f = filter(R"({"types":["m.*"],"not_types":["m.secret"],"senders":["@a:b","@c:d"],"not_senders":["@c:d"]})");
        CHECK(f.matches("m.open", "@a:b"));
        CHECK(!f.matches("m.secret", "@a:b"));
        CHECK(!f.matches("m.open", "@c:d"));
        CHECK(!f.matches("m.open", "@e:f"));
    }

    TEST_CASE("an empty list lets nothing through, a missing one everything") {
        CHECK(!filter(R"({"types":[]})").matches("m.x", "@a:b"));
        CHECK(filter("{}").matches("m.x", "@a:b"));
        CHECK(!filter(R"({"rooms":[]})").matches_room("!r"));
    }

    TEST_CASE("a limit is kept within bounds") {
        CHECK(filter(R"({"limit":0})").limit(10) == 1);
        CHECK(filter(R"({"limit":1000000})").limit(10) == 1000);
        CHECK(filter("{}").limit(10) == 10);
        CHECK(!event_filter::parse(boost::json::parse(R"({"limit":"5"})").as_object()));
    }

    TEST_CASE("a url in the content counts where the filter asks") {
        auto const f = filter(R"({"contains_url":true})");
        CHECK(f.looks_at_content());
        CHECK(f.matches("m.x", "@a:b", {{"url", "mxc://x"}}));
        CHECK(!f.matches("m.x", "@a:b", {}));
    }
}
