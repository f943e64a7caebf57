// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/chatops/testing/ci_conformance.hpp>

#include "small_server.hpp"

namespace test = chatrixcd::test;
using test::flavour;

TEST_SUITE("chatops_semaphore::conformance") {
    TEST_CASE("Semaphore is a CI server as the port wants it, whatever its version and database") {
        for (auto const& as : {flavour::v2_10_bolt(), flavour::v2_10_sql(), flavour::v2_16_sql(), flavour::v2_19_sql()}) {
            CAPTURE(as.version);
            CAPTURE(as.ids_count_down);
            test::small_server world(as);
            chatrixcd::chatops::testing::ci_subject subject(world.time, world.request(world.deploy, {{"version", "1.4.2"}}));
            subject.fails = world.request(world.fail);
            subject.slow = world.request(world.slow);
            subject.lose_next_answer = [&] { world.server.lose_next_answer(); };
            for (auto const& finding : world.wait(chatrixcd::chatops::testing::check_ci_server(*world.ci, subject))) FAIL_CHECK(finding);
        }
    }
}
