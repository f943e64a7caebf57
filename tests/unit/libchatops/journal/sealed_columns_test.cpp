// SPDX-License-Identifier: Apache-2.0
#include "journal/sealed_columns.hpp"

#include <doctest/doctest.h>

#include "engine/world.hpp"
#include "journal/schema.hpp"
#include "support/blob_columns.hpp"
#include "support/files_with.hpp"

using namespace chatrixcd;
using namespace std::chrono_literals;

namespace {

// Its answer comes when the start's fate is known.
boost::asio::awaitable<void> ask(chatops::engine& bot, std::string words) {
    (void)co_await bot.execute(chatops::local_operator{"root"}, std::move(words));
}

}  // namespace

TEST_SUITE("chatops::journal::sealed_columns") {
    TEST_CASE("whatever is kept as a BLOB is sealed") {
        CHECK(test::blob_columns(chatops::journal::migrations()) == test::labels_of(chatops::journal::sealed_columns()));
    }

    TEST_CASE("a secret that a start waits with, and what was said, cannot be read in any file of the store") {
        test::engine_world world;
        world.start_bot();
        world.let_pass(1s);
        world.ci.next_start(chatops::testing::start_fault::hangs_before);
        world.background.spawn(ask(world.bot(), "run deploy version=1 token=planted-token"));
        world.let_pass(1s);
        world.chat.says(world.ann, world.room, "!cd say planted-words");
        world.let_pass(30s);
        // The start is undecided: its plan is kept, with the secret.
        REQUIRE(world.runs().size() == 1);
        CHECK(world.runs()[0].start == "sending");
        CHECK(world.journal().size() == 2);
        CHECK(test::files_with("planted", world.folder()).empty());
        CHECK_FALSE(test::files_with("deploy", world.folder()).empty());
        world.kill_bot();
        CHECK(test::files_with("planted", world.folder()).empty());
    }
}
