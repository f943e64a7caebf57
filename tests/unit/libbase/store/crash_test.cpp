// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "store/fixture.hpp"

namespace base = chatrixcd::base;
namespace test = chatrixcd::test;

namespace {

// Runs `life` in a child process, which must die of the signal; returns what it wrote to the descriptor it was given.
template <class F>
std::string last_words(F life, int of = SIGKILL) {
    std::array<int, 2> ends{};
    REQUIRE(::pipe(ends.data()) == 0);
    auto const child = ::fork();
    if (child == 0) {
        ::close(ends[0]);
        life(ends[1]);
        ::_exit(3);
    }
    ::close(ends[1]);
    std::string words;
    std::array<char, 256> piece{};
    for (auto got = ::read(ends[0], piece.data(), piece.size()); got > 0; got = ::read(ends[0], piece.data(), piece.size())) {
        words.append(piece.data(), static_cast<std::size_t>(got));
    }
    ::close(ends[0]);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));
    CHECK(WTERMSIG(status) == of);
    return words;
}

}  // namespace

TEST_SUITE("base::store") {
    TEST_CASE_FIXTURE(test::store_fixture, "killed before COMMIT: what was answered is there, nothing else is") {
        for (int const at : {1, 2, 7}) {
            path = folder.path() + "/before" + std::to_string(at);
            auto const answered = last_words([&](int out) {
                int commits = 0;
                hooks.before_commit = [&commits, at] {
                    if (++commits == at) ::kill(::getpid(), SIGKILL);
                };
                auto const store = open().value();
                for (std::int64_t i = 0;; ++i) {
                    write(*store, [i](base::transaction& t) { test::insert(t, i, std::to_string(i)); });
                    if (::write(out, "k", 1) != 1) return;
                }
            });
            hooks = {};
            auto const store = open().value();
            CHECK(answered.size() == static_cast<std::size_t>(at - 1));
            CHECK(count(*store) == at - 1);
        }
    }

    TEST_CASE_FIXTURE(test::store_fixture, "killed after COMMIT: the rows are there though nobody was told") {
        auto const answered = last_words([&](int out) {
            hooks.after_commit = [] { ::kill(::getpid(), SIGKILL); };
            auto const store = open().value();
            write(*store, [](base::transaction& t) { test::insert(t, 1, "a"); });
            (void)::write(out, "k", 1);
        });
        hooks = {};
        CHECK(answered.empty());
        auto const store = open().value();
        CHECK(count(*store) == 1);
    }

    TEST_CASE_FIXTURE(test::store_fixture, "killed in the middle of a migration: it is done again as a whole") {
        { auto const store = open().value(); }
        auto const died_writing = [&](int) {
            // The step writes more than the store keeps in memory; once its pages spill to the disk, the kernel ends the process in the
            // middle of a write.
            rlimit const one_megabyte{1U << 20U, 1U << 20U};
            rlimit const no_core{0, 0};
            ::setrlimit(RLIMIT_CORE, &no_core);
            ::setrlimit(RLIMIT_FSIZE, &one_megabyte);
            std::string step = "CREATE TABLE u (n INTEGER);";
            for (int i = 0; i < 20000; ++i) step += "INSERT INTO u VALUES (zeroblob(4000));";
            migrations.push_back({"second", step});
            (void)open();
        };
        (void)last_words(died_writing, SIGXFSZ);
        migrations = {migrations.front(), {"second", "CREATE TABLE u (n INTEGER)"}};
        auto const store = open().value();
        CHECK(write(*store, [](base::transaction& t) { return t.first("SELECT count(*) FROM u")->integer(0); }) == 0);
    }
}
