// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <string>

#include <chatrixcd/base/files.hpp>
#include <chatrixcd/base/store.hpp>
#include <support/results.hpp>

namespace base = chatrixcd::base;

TEST_SUITE("base::folder_lock") {
    TEST_CASE("a folder is locked once, and free again when the lock is gone") {
        base::temporary_folder const place("chatrixcd-lock-");
        auto const folder = place.path() + "/data";
        {
            auto first = base::folder_lock::acquire(folder);
            REQUIRE(first);
            auto const moved = std::move(*first);
            auto const second = base::folder_lock::acquire(folder);
            REQUIRE(second.has_error());
            CHECK(second.error().kind() == base::error_kind::conflict);
            CHECK(second.error().message() == "another process (pid " + std::to_string(::getpid()) + ") uses " + folder);
        }
        CHECK(base::folder_lock::acquire(folder));
    }

    TEST_CASE("the lock of a process that was killed is free") {
        base::temporary_folder const place("chatrixcd-lock-");
        std::array<int, 2> ready{};
        REQUIRE(::pipe(ready.data()) == 0);
        auto const child = ::fork();
        if (child == 0) {
            auto const held = base::folder_lock::acquire(place.path());
            (void)::write(ready[1], "k", 1);
            while (true) ::pause();
        }
        char told = 0;
        REQUIRE(::read(ready[0], &told, 1) == 1);
        auto const refused = base::folder_lock::acquire(place.path());
        REQUIRE(refused.has_error());
        CHECK(refused.error().message().find("pid " + std::to_string(child) + ")") != std::string::npos);
        ::kill(child, SIGKILL);
        REQUIRE(::waitpid(child, nullptr, 0) == child);
        CHECK(base::folder_lock::acquire(place.path()));
        ::close(ready[0]);
        ::close(ready[1]);
    }

    TEST_CASE("a folder that cannot be made or written is named with the reason") {
        base::temporary_folder const place("chatrixcd-lock-");
        REQUIRE(base::write_file(place.path() + "/file", ""));
        CHECK(base::folder_lock::acquire(place.path() + "/file").error().kind() == base::error_kind::environment);
        REQUIRE(base::make_private_folder(place.path() + "/odd/lock"));
        auto const refused = base::folder_lock::acquire(place.path() + "/odd");
        REQUIRE(refused.has_error());
        CHECK(refused.error().message() == place.path() + "/odd is not writable: Is a directory");
    }

    TEST_CASE("the lock is not inherited by programs that are started") {
        base::temporary_folder const place("chatrixcd-lock-");
        auto const highest = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
        ::close(highest);
        auto const held = base::folder_lock::acquire(place.path());
        REQUIRE(held);
        CHECK((::fcntl(highest, F_GETFD) & FD_CLOEXEC) != 0);
    }
}
