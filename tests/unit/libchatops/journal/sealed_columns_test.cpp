// SPDX-License-Identifier: Apache-2.0
#include "journal/sealed_columns.hpp"

#include <doctest/doctest.h>

#include <chatrixcd/base/files.hpp>

#include "engine/world.hpp"
#include "journal/schema.hpp"
#include "support/blob_columns.hpp"
#include "support/files_with.hpp"
#include "support/run_coroutine.hpp"

using namespace chatrixcd;
using namespace std::chrono_literals;

namespace {

// Its answer comes when the start's fate is known.
boost::asio::awaitable<void> ask(chatops::engine& bot, chatops::local_operator who, std::string words) {
    (void)co_await bot.execute(who, std::move(words));
}

}  // namespace

TEST_SUITE("chatops::journal::sealed_columns") {
    TEST_CASE("whatever is kept as a BLOB is sealed") {
        CHECK(test::blob_columns(chatops::journal::migrations()) == test::labels_of(chatops::journal::sealed_columns()));
    }

    TEST_CASE("what a run of an earlier version was given is kept, and cannot be read any more") {
        base::temporary_folder const folder("chatrixcd-test-");
        auto const open = [&](std::size_t version) {
            auto const all = chatops::journal::migrations();
            base::store_options how;
            how.path = folder.path() + "/chatops.db";
            how.migrations.assign(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(version));
            how.sealed = chatops::journal::sealed_columns();
            if (version == all.size()) how.key = base::store_key_file{folder.path() + "/store.key"};
            return base::store::open(std::move(how), base::make_inline_store_runner()).value();
        };
        boost::asio::io_context loop;
        auto fill = [](base::transaction& in) {
            auto const text = [&](std::int64_t number, base::sql_parameter latest) {
                in.run(
                    "INSERT INTO runs (number, service, account, room, event, ordinal, run_key, requested_by, trace, server, run_id, "
                    "project,"
                    " project_name, job, job_name, parameters, has_secrets, created, start, latest, reason, stopped_by, excerpt, open,"
                    " revision, shown) VALUES (?1, 's', 'a', 'r', 'e', ?1, ?1, '', '', '', '', 'p', '', 'j', '', '[[\"env\",\"planted\"]]',"
                    " 0, 0, 'started', ?2, '', '', ?3, 0, 0, '')",
                    {number, latest, in.seal(chatops::journal::sealed_in::excerpt, "")});
            };
            text(1, std::monostate());
            text(2, R"({"v":1,"id":"7"})");
        };
        test::run_coroutine(loop, open(4)->write(std::move(fill)));
        CHECK_FALSE(test::files_with("planted", folder.path()).empty());
        auto const store = open(chatops::journal::migrations().size());
        auto look = [](base::transaction& in) {
            auto const of = [&](std::int64_t number) { return in.first("SELECT given, answer FROM runs WHERE number = ?1", {number}); };
            CHECK(in.unseal(chatops::journal::sealed_in::given, of(1)->bytes(0)).value() == R"([["env","planted"]])");
            CHECK(of(1)->is_null(1));
            CHECK(in.unseal(chatops::journal::sealed_in::answer, of(2)->bytes(1)).value() == R"({"v":1,"id":"7"})");
        };
        test::run_coroutine(loop, store->read(std::move(look)));
        CHECK(test::files_with("planted", folder.path()).empty());
    }

    TEST_CASE("a secret that a start waits with, and what was said, cannot be read in any file of the store") {
        test::engine_world world;
        world.start_bot();
        world.let_pass(1s);
        world.ci.next_start(chatops::testing::start_fault::hangs_before);
        world.background.spawn(ask(world.bot(), chatops::local_operator{"root"}, "run deploy version=planted-version token=planted-token"));
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
