// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>

#include <chatrixcd/base/files.hpp>
#include <support/results.hpp>

namespace base = chatrixcd::base;

namespace {

unsigned mode_of(std::string const& path) {
    struct stat about {};
    return ::stat(path.c_str(), &about) == 0 ? about.st_mode & 0777U : 0;
}

class open_umask {
public:
    open_umask() : before_(::umask(0)) {}
    ~open_umask() { ::umask(before_); }

private:
    mode_t before_;
};

}  // namespace

TEST_SUITE("base::files") {
    TEST_CASE("a private folder and its files are private whatever the umask") {
        open_umask const everything_allowed;
        base::temporary_folder const folder("chatrixcd-files-");
        auto const inner = folder.path() + "/a/b";
        REQUIRE(base::make_private_folder(inner));
        REQUIRE(base::make_private_folder(inner));
        CHECK(mode_of(inner) == 0700U);
        REQUIRE(base::write_file(inner + "/f", "x"));
        CHECK(mode_of(inner + "/f") == 0600U);
    }

    TEST_CASE("a folder below a file is refused with the reason") {
        base::temporary_folder const folder("chatrixcd-files-");
        REQUIRE(base::write_file(folder.path() + "/f", ""));
        for (auto const* below : {"/f", "/f/a", "/f/a/b"}) {
            auto const refused = base::make_private_folder(folder.path() + below);
            REQUIRE(refused.has_error());
            CHECK(refused.error().kind() == base::error_kind::environment);
        }
        auto const unwritten = base::write_file(folder.path() + "/none/f", "x");
        REQUIRE(unwritten.has_error());
        CHECK(unwritten.error().message().find("No such file") != std::string::npos);
    }

    TEST_CASE("replacing a file leaves nothing beside it") {
        base::temporary_folder const folder("chatrixcd-files-");
        auto const path = folder.path() + "/f";
        REQUIRE(base::write_file(path, "old"));
        REQUIRE(base::write_file(path, "new"));
        CHECK(*base::read_file(path, 3) == "new");
        auto const entries = std::filesystem::directory_iterator(folder.path());
        CHECK(std::distance(begin(entries), end(entries)) == 1);
    }

    TEST_CASE("a file is read whole or refused") {
        base::temporary_folder const folder("chatrixcd-files-");
        auto const path = folder.path() + "/f";
        std::string const content(100000, 'x');
        REQUIRE(base::write_file(path, content));
        CHECK(*base::read_file(path, 100000) == content);
        CHECK(base::read_file(path, 99999).error().kind() == base::error_kind::too_large);
        CHECK(base::read_file(path + "x", 9).error().kind() == base::error_kind::not_found);
        CHECK(base::read_file(folder.path(), 9).error().kind() == base::error_kind::environment);
        // The kernel gives its files no size: they are read to their end.
        CHECK(base::read_file("/proc/self/stat", 100000)->size() > 10);
    }

    TEST_CASE("a temporary folder goes with all it holds") {
        std::string path;
        {
            base::temporary_folder const folder("chatrixcd-files-");
            path = folder.path();
            REQUIRE(base::make_private_folder(path + "/a/b"));
            CHECK(mode_of(path) == 0700U);
        }
        CHECK_FALSE(std::filesystem::exists(path));
    }
}
