// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <chatrixcd/matrix/features.hpp>
#include <chatrixcd/matrix/membership.hpp>

#include "requests/feature_memory.hpp"
#include "requests/script.hpp"

namespace chatrixcd::test {

using base::error_kind;
using base::http::method;
using matrix::feature;
using matrix::support;

namespace {

constexpr char const* versions = "/_matrix/client/versions";
constexpr char const* capabilities = "/_matrix/client/v3/capabilities";
constexpr char const* knock = "/_matrix/client/v3/knock/%21r%3Atest";

matrix::server_features said(std::string_view about_versions, std::string_view about_capabilities = "{}") {
    return matrix::server_features(object_of(about_versions), object_of(about_capabilities));
}

}  // namespace

TEST_SUITE("matrix::features") {
    TEST_CASE("a feature is advertised by a version at or above its own, or by an unstable flag that is true") {
        CHECK(said(R"({"versions":["r0.6.1","v1.12"]})").advertises(feature::authenticated_media));
        CHECK_FALSE(said(R"({"versions":["r0.6.1","v1.10"]})").advertises(feature::authenticated_media));
        CHECK_FALSE(said(R"({"versions":["v2.50"]})").advertises(feature::authenticated_media));
        CHECK(said(R"({"versions":[],"unstable_features":{"org.matrix.msc3916.stable":true}})").advertises(feature::authenticated_media));
        CHECK_FALSE(
            said(R"({"versions":[],"unstable_features":{"org.matrix.msc3916.stable":false}})").advertises(feature::authenticated_media));
    }

    TEST_CASE("what a homeserver says in another shape counts as not said") {
        auto const f = said(R"({"versions":["v1.x","v","v1",7,{"a":1},"v1.4294967296"],"unstable_features":[1]})",
                            R"({"capabilities":{"m.room_versions":{"default":10,"available":["10"]},"m.change_password":false}})");
        CHECK_FALSE(f.advertises(feature::knock));
        CHECK(f.default_room_version().empty());
        CHECK(f.room_versions().empty());
        CHECK(f.may_change_password());
    }

    TEST_CASE("capabilities say what may be set, and which room versions there are") {
        auto const f = said("{}", R"({"capabilities":{"m.change_password":{"enabled":false},"m.set_displayname":{"enabled":false},
            "m.room_versions":{"default":"11","available":{"10":"stable","12":"unstable"}}}})");
        CHECK_FALSE(f.may_change_password());
        CHECK_FALSE(f.may_set_profile_field("displayname"));
        CHECK(f.may_set_profile_field("avatar_url"));
        CHECK(f.default_room_version() == "11");
        CHECK(f.room_versions().at("12") == "unstable");
        auto const newer = said("{}", R"({"capabilities":{"m.set_displayname":{"enabled":false},
            "m.profile_fields":{"enabled":true,"disallowed":["m.tz"]}}})");
        CHECK(newer.may_set_profile_field("displayname"));
        CHECK_FALSE(newer.may_set_profile_field("m.tz"));
        CHECK_FALSE(
            said("{}", R"({"capabilities":{"m.profile_fields":{"enabled":true,"allowed":["m.tz"]}}})").may_set_profile_field("x.y"));
    }

    TEST_CASE("the homeserver is asked once") {
        scripted_world s;
        s.on(method::get, versions, R"({"versions":["v1.11"]})");
        s.on(method::get, capabilities, R"({"capabilities":{}})");
        CHECK(s.run(s.bot->features().get()).value().has_version("v1.11"));
        CHECK(s.run(s.bot->features().has(feature::authenticated_media)).value() == support::yes);
        CHECK(s.run(s.bot->features().has(feature::report_room)).value() == support::unknown);
        CHECK(s.seen(versions).size() == 1);
    }

    TEST_CASE("a homeserver without capabilities has none") {
        scripted_world s;
        s.on(method::get, versions, R"({"versions":["r0.4.0"]})");
        s.unknown(method::get, capabilities);
        CHECK(s.run(s.bot->features().get()).value().room_versions().empty());
    }

    TEST_CASE("the embedded homeserver says what it is") {
        scripted_world s;
        auto const f = s.run(s.bot->features().get());
        REQUIRE(f);
        CHECK_FALSE(f->versions().empty());
        CHECK_FALSE(f->default_room_version().empty());
    }

    TEST_CASE("a request that is not known is named, and for a day not sent again") {
        scripted_world s;
        s.unknown(method::post, knock);
        auto const first = s.run(s.bot->membership().knock("!r:test"));
        REQUIRE_FALSE(first);
        CHECK(first.error().kind() == error_kind::unsupported);
        CHECK(first.error().message() == "the homeserver does not support knocking");
        auto const second = s.run(s.bot->membership().knock("!r:test"));
        CHECK(second.error().kind() == error_kind::unsupported);
        CHECK(s.seen(knock).size() == 1);
        CHECK(s.run(s.bot->features().has(feature::knock)).value() == support::no);
    }

    TEST_CASE("what was learnt is believed for a day") {
        boost::asio::io_context loop;
        matrix::detail::feature_memory memory(loop.get_executor());
        auto const start = base::duration(std::chrono::hours(1000));
        auto const later = start + std::chrono::hours(23);
        auto const tomorrow = start + std::chrono::hours(24);
        CHECK(memory.known(start) == nullptr);
        memory.learn(said(R"({"versions":["v1.1"]})"), start);
        REQUIRE(memory.known(later) != nullptr);
        CHECK(memory.known(later)->has_version("v1.1"));
        CHECK(memory.known(tomorrow) == nullptr);
        auto const unknown = base::error(error_kind::unsupported, "x").with_errcode("M_UNRECOGNIZED");
        memory.miss(feature::knock, unknown, start);
        CHECK(memory.known(later) == nullptr);
        CHECK(memory.is_missing(feature::knock, later));
        CHECK_FALSE(memory.is_missing(feature::knock, tomorrow));
        CHECK_FALSE(memory.is_missing(feature::threads, later));
        memory.miss(feature::threads, base::error(error_kind::not_found, "x").with_status(404), start);
        CHECK(memory.is_missing(feature::threads, start + std::chrono::minutes(4)));
        CHECK_FALSE(memory.is_missing(feature::threads, start + std::chrono::minutes(5)));
    }

    TEST_CASE("a bare 404 is an unknown request; one with an errcode is not") {
        scripted_world s;
        s.on(method::post, knock, R"({"errcode":"M_NOT_FOUND","error":"no such room"})", 404);
        s.on(method::post, knock, "<html>nothing here</html>", 404);
        CHECK(s.run(s.bot->membership().knock("!r:test")).error().kind() == error_kind::not_found);
        CHECK(s.run(s.bot->membership().knock("!r:test")).error().kind() == error_kind::unsupported);
    }

    TEST_CASE("what is missing makes the homeserver be asked again what it can do") {
        scripted_world s;
        s.on(method::get, versions, R"({"versions":["v1.11"]})");
        s.on(method::get, capabilities, R"({"capabilities":{}})");
        s.unknown(method::post, knock);
        CHECK(s.run(s.bot->features().get()));
        s.run(s.bot->membership().knock("!r:test"));
        CHECK(s.run(s.bot->features().get()));
        CHECK(s.seen(versions).size() == 2);
    }

    TEST_CASE("nothing is asked before the start") {
        world w;
        auto const c = w.make_client("");
        CHECK(w.run(c->features().get()).error().kind() == error_kind::unavailable);
        CHECK(w.run(c->membership().joined_rooms()).error().kind() == error_kind::unavailable);
        w.stop(*c);
    }
}

}  // namespace chatrixcd::test
