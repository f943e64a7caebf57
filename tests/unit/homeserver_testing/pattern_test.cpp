// SPDX-License-Identifier: Apache-2.0
#include "pattern.hpp"

#include <doctest/doctest.h>

using chatrixcd::homeserver::testing::detail::path_pattern;

TEST_SUITE("homeserver_testing::pattern") {
    TEST_CASE("a short path stands behind any version of the client API") {
        path_pattern const sync("/sync");
        CHECK(sync.fits("/_matrix/client/v3/sync"));
        CHECK(sync.fits("/_matrix/client/r0/sync"));
        CHECK_FALSE(sync.fits("/_matrix/client/v3/sync/"));
        CHECK_FALSE(sync.fits("/_matrix/client/v3/keys/sync"));
        CHECK_FALSE(sync.fits("/sync"));
        CHECK(path_pattern("/.well-known/matrix/client").fits("/.well-known/matrix/client"));
        CHECK(path_pattern("/_matrix/client/versions").fits("/_matrix/client/versions"));
    }

    TEST_CASE("names fit one segment, literals fit whatever their encoding") {
        path_pattern const send("/rooms/{room}/send/{type}/{txn}");
        CHECK(send.fits("/_matrix/client/v3/rooms/%21a%3Ab/send/m.room.message/1"));
        CHECK_FALSE(send.fits("/_matrix/client/v3/rooms/!a:b/send/m.room.message"));
        CHECK(path_pattern("/rooms/!a:b/join").fits("/_matrix/client/v3/rooms/%21a%3Ab/join"));
        CHECK_FALSE(path_pattern("/rooms/!a:b/join").fits("/_matrix/client/v3/rooms/%21a%3Ac/join"));
    }

    TEST_CASE("two stars at the end fit any rest") {
        CHECK(path_pattern("/rooms/**").fits("/_matrix/client/v3/rooms/a/b/c"));
        CHECK(path_pattern("/rooms/**").fits("/_matrix/client/v3/rooms"));
        CHECK_FALSE(path_pattern("/rooms/**").fits("/_matrix/client/v3/room"));
        CHECK(path_pattern("**").fits("/whatever/it/is"));
        CHECK(path_pattern("**").fits("/"));
    }
}
