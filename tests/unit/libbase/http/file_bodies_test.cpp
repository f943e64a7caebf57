// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include <chatrixcd/base/files.hpp>
#include <chatrixcd/base/http_files.hpp>
#include <support/run_coroutine.hpp>

namespace asio = boost::asio;
namespace base = chatrixcd::base;
namespace fs = std::filesystem;
namespace http = chatrixcd::base::http;
namespace test = chatrixcd::test;
using base::error_kind;

namespace {

struct fixture {
    asio::io_context loop{1};
    base::temporary_folder folder{"chatrixcd-bodies"};
    std::unique_ptr<base::worker_pool> pool = base::make_worker_pool(1);

    std::string path(std::string const& name) const { return folder.path() + "/" + name; }
    std::string file(std::string const& name, std::string const& content) const {
        std::ofstream(path(name), std::ios::binary) << content;
        return path(name);
    }
    std::string content(std::string const& name) const { return base::read_file(path(name), 1U << 20U).value(); }
    std::size_t entries() const {
        return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()));
    }

    base::result<std::string> read(http::body_source& from, std::size_t most) { return test::run_coroutine(loop, from.read(most)); }
    void write(http::body_sink& to, std::string piece) {
        auto const written = test::run_coroutine(loop, to.write(std::move(piece)));
        CHECK(written);
    }
    base::result<void> commit(http::file_sink& sink) { return test::run_coroutine(loop, sink.commit()); }
};

}  // namespace

TEST_SUITE("base::http files as bodies") {
    TEST_CASE_FIXTURE(fixture, "a file is read in pieces, and again from its beginning") {
        auto const source = http::open_file_source(file("a", "hello world"), *pool).value();
        CHECK(source->size() == 11);
        for (int i = 0; i < 2; ++i) {
            CHECK(source->rewind());
            CHECK(read(*source, 6).value() == "hello ");
            CHECK(read(*source, 100).value() == "world");
            CHECK(read(*source, 100).value().empty());
        }
    }

    TEST_CASE_FIXTURE(fixture, "what was appended to a file after it was opened is not sent, and a file that shrinks is an error") {
        auto const name = file("a", "hello");
        auto const source = http::open_file_source(name, *pool).value();
        std::ofstream(name, std::ios::app) << " world";
        CHECK(read(*source, 100).value() == "hello");
        CHECK(source->rewind());
        fs::resize_file(name, 2);
        CHECK(read(*source, 100).value() == "he");
        auto const cut = read(*source, 100);
        REQUIRE_FALSE(cut.has_value());
        CHECK(cut.error().kind() == error_kind::environment);
        CHECK(cut.error().message().find(name) != std::string::npos);
    }

    TEST_CASE_FIXTURE(fixture, "what is no file cannot be a source, and a pipe is not waited for") {
        CHECK(http::open_file_source(path("missing"), *pool).error().kind() == error_kind::not_found);
        CHECK(http::open_file_source(folder.path(), *pool).error().kind() == error_kind::invalid);
        REQUIRE(::mkfifo(path("pipe").c_str(), 0600) == 0);
        CHECK(http::open_file_source(path("pipe"), *pool).error().kind() == error_kind::invalid);
    }

    TEST_CASE_FIXTURE(fixture, "a sink's file appears under its name when it is whole, for its owner alone") {
        file("target", "old");
        {
            auto const sink = http::open_file_sink(path("target"), *pool).value();
            CHECK(sink->rewind());
            write(*sink, "hello ");
            write(*sink, "world");
            CHECK(sink->size() == 11);
            CHECK(content("target") == "old");
            CHECK(commit(*sink));
        }
        CHECK(content("target") == "hello world");
        CHECK((fs::status(path("target")).permissions() & fs::perms::mask) == (fs::perms::owner_read | fs::perms::owner_write));
        CHECK(entries() == 1);
    }

    TEST_CASE_FIXTURE(fixture, "a sink that is given up leaves nothing behind") {
        file("target", "old");
        {
            auto const sink = http::open_file_sink(path("target"), *pool).value();
            write(*sink, "half of it");
            CHECK(entries() == 2);
        }
        CHECK(entries() == 1);
        CHECK(content("target") == "old");
    }

    TEST_CASE_FIXTURE(fixture, "a second attempt that is shorter leaves nothing of the first, an empty one makes an empty file") {
        auto const sink = http::open_file_sink(path("target"), *pool).value();
        write(*sink, "a long first attempt");
        CHECK(sink->rewind());
        write(*sink, "short");
        CHECK(commit(*sink));
        CHECK(content("target") == "short");

        auto const empty = http::open_file_sink(path("empty"), *pool).value();
        CHECK(empty->rewind());
        CHECK(commit(*empty));
        CHECK(content("empty").empty());
    }

    TEST_CASE_FIXTURE(fixture, "where no file can be made or put in place, the error says which") {
        auto const nowhere = http::open_file_sink(path("missing/target"), *pool);
        REQUIRE_FALSE(nowhere.has_value());
        CHECK(nowhere.error().kind() == error_kind::environment);
        CHECK(nowhere.error().message().find("missing/target") != std::string::npos);

        fs::create_directories(path("taken/inner"));
        auto const sink = http::open_file_sink(path("taken"), *pool).value();
        write(*sink, "hello");
        auto const refused = commit(*sink);
        REQUIRE_FALSE(refused.has_value());
        CHECK(refused.error().kind() == error_kind::environment);
        CHECK(fs::is_directory(path("taken/inner")));
    }
}
