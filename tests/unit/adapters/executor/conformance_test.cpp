// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/chatops/testing/ci_conformance.hpp>

#include "small_jobs.hpp"

TEST_SUITE("chatops_executor::conformance") {
    TEST_CASE("the executor is a CI server as the port wants it") {
        chatrixcd::test::small_jobs world;
        chatrixcd::chatops::testing::ci_subject subject(*world.time, world.request("hello", {{"who", "you"}}));
        subject.fails = world.request("fail");
        subject.slow = world.request("slow");
        for (auto const& finding : world.wait(chatrixcd::chatops::testing::check_ci_server(*world.ci, subject))) FAIL_CHECK(finding);
    }
}
