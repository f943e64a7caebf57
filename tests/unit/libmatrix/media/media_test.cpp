// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <filesystem>

#include <chatrixcd/base/files.hpp>
#include <chatrixcd/base/http_bodies.hpp>
#include <chatrixcd/base/worker_pool.hpp>
#include <chatrixcd/matrix/media.hpp>

#include "media/headers.hpp"
#include "requests/script.hpp"

namespace chatrixcd::test {

using base::error_kind;
using base::http::method;
using matrix::download;
using matrix::mxc_uri;
using matrix::upload;

namespace {

constexpr char const* config = "/_matrix/client/v1/media/config";
constexpr char const* old_config = "/_matrix/media/v3/config";
constexpr char const* uploads = "/_matrix/media/v3/upload";
constexpr char const* place = "/_matrix/media/v3/upload/test/abc";
constexpr char const* newer = "/_matrix/client/v1/media/download/test/abc";
constexpr char const* older = "/_matrix/media/v3/download/test/abc";
// Of "hello".
constexpr char const* hello_digest = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

mxc_uri const where("mxc://test/abc");

base::http::response content(std::string body, std::string disposition = "") {
    base::http::response said(200, std::move(body), "text/plain");
    if (!disposition.empty()) said.headers.set("Content-Disposition", std::move(disposition));
    return said;
}

// Nothing is left in the folder but what is named.
std::vector<std::string> files_in(std::string const& folder) {
    std::vector<std::string> found;
    for (auto const& entry : std::filesystem::directory_iterator(folder)) found.push_back(entry.path().filename().string());
    std::sort(found.begin(), found.end());
    return found;
}

class media_world : public scripted_world {
public:
    media_world() : folder("chatrixcd-media-test") {
        on(method::get, config, R"({"m.upload.size":1000})");
        on(method::post, uploads, R"({"content_uri":"mxc://test/abc"})");
    }
    matrix::media of() { return bot->media(); }
    std::string path(std::string const& name) const { return folder.path() + "/" + name; }

    base::temporary_folder folder;
};

}  // namespace

TEST_SUITE("matrix::mxc_uri") {
    TEST_CASE("a URI is a server and an id") {
        auto const uri = mxc_uri::parse("mxc://example.org:8448/AbC_-9").value();
        CHECK(uri.server().str() == "example.org:8448");
        CHECK(uri.media_id() == "AbC_-9");
        CHECK(uri.str() == "mxc://example.org:8448/AbC_-9");
        CHECK(mxc_uri().empty());
        CHECK(mxc_uri().str().empty());
    }

    TEST_CASE("nothing that leads elsewhere parses") {
        for (auto const* bad : {"",
                                "mxc://",
                                "mxc://a",
                                "mxc://a/",
                                "mxc:///b",
                                "http://a/b",
                                "mxc://a/b/c",
                                "mxc://a/..",
                                "mxc://a/../b",
                                "mxc://../b",
                                "mxc://a/%2e%2e",
                                "mxc://a/b?c",
                                "mxc://a/b#c",
                                "mxc://a b/c",
                                "mxc://a/b c",
                                "MXC://a/b",
                                "mxc://user@a/b",
                                "mxc://a/b\n",
                                "mxc://a/\xC3\xA4",
                                "mxc://127.0.0.1/../../some/service"}) {
            CAPTURE(std::string(bad));
            CHECK(mxc_uri::parse(bad).error().kind() == error_kind::invalid);
        }
        CHECK(mxc_uri::parse("mxc://a/" + std::string(255, 'x')));
        CHECK_FALSE(mxc_uri::parse("mxc://a/" + std::string(256, 'x')));
    }
}

TEST_SUITE("matrix::safe_file_name") {
    TEST_CASE("names that can stand in a folder") {
        CHECK(matrix::safe_file_name("report.pdf") == "report.pdf");
        CHECK(matrix::safe_file_name("../../etc/passwd") == "passwd");
        CHECK(matrix::safe_file_name("C:\\Windows\\system.ini") == "system.ini");
        CHECK(matrix::safe_file_name("..").empty());
        CHECK(matrix::safe_file_name("/").empty());
        CHECK(matrix::safe_file_name(".bashrc") == "bashrc");
        CHECK(matrix::safe_file_name("a\nb\x1b[0m\x7f.txt") == "ab[0m.txt");
        CHECK(matrix::safe_file_name("what?<is>:\"this|*") == "whatisthis");
        CHECK(matrix::safe_file_name("trailing. . ") == "trailing");
        // Nor where a long one is cut, so that what was cleaned stays as it is.
        CHECK(matrix::safe_file_name("long" + std::string(300, ' ') + "name") == "long");
        CHECK(matrix::safe_file_name("nul.txt") == "_nul.txt");
        CHECK(matrix::safe_file_name("com7") == "_com7");
        CHECK(matrix::safe_file_name("common.txt") == "common.txt");
        CHECK(matrix::safe_file_name(std::string("a\0b", 3)) ==
              "a\xEF\xBF\xBD"
              "b");
        CHECK(matrix::safe_file_name("gr\xFF.txt") == "gr\xEF\xBF\xBD.txt");
    }

    TEST_CASE("long names keep their ending and are cut between characters") {
        auto const name = matrix::safe_file_name(std::string(300, 'x') + ".tar.gz");
        CHECK(name.size() == 200);
        CHECK(name.ends_with("x.gz"));
        std::string umlauts;
        for (int i = 0; i < 150; ++i) umlauts += "ä";
        auto const cut = matrix::safe_file_name(umlauts + ".txt");
        CHECK(cut.size() == 200);
        CHECK(cut.ends_with("ä.txt"));
        CHECK(matrix::safe_file_name("x." + std::string(300, 'y')).size() == 200);
    }

    TEST_CASE("the name in a Content-Disposition") {
        using matrix::detail::disposition_name;
        CHECK(disposition_name("attachment; filename=plain.txt") == "plain.txt");
        CHECK(disposition_name("inline; FileName=\"a; \\\"b\\\".txt\"; x=1") == "a; \"b\".txt");
        CHECK(disposition_name("attachment; filename=\"x\"; filename*=UTF-8''na%C3%AFve.txt") == "naïve.txt");
        CHECK(disposition_name("attachment; filename*=iso-8859-1''x; filename=y") == "y");
        CHECK(disposition_name("attachment; filename*=UTF-8''%zz; filename=y") == "y");
        CHECK(disposition_name("attachment").empty());
        CHECK(disposition_name("").empty());
        CHECK(disposition_name(";;;=;\"").empty());
        CHECK(disposition_name("attachment; filename=\"open") == "open");
        CHECK(disposition_name("attachment; filename=\"open\\") == "open\\");
    }
}

TEST_SUITE("matrix::media") {
    TEST_CASE("an upload from memory, with its name, type and digest") {
        media_world s;
        auto what = upload::memory("hello").type("text/plain").name("../greeting.txt");
        auto const done = s.run(s.of().upload(std::move(what))).value();
        CHECK(done.uri == where);
        CHECK(done.size == 5);
        CHECK(done.sha256 == hello_digest);
        CHECK(done.file_name == "greeting.txt");
        auto const& sent = s.last(uploads);
        CHECK(sent.body == "hello");
        CHECK(sent.query() == "filename=greeting.txt");
        CHECK(sent.headers.get("Content-Type") == "text/plain");
    }

    TEST_CASE("an upload from a file, which gives its name") {
        media_world s;
        REQUIRE(base::write_file(s.path("log.txt"), "hello"));
        auto const done = s.run(s.of().upload(upload::file(s.path("log.txt")))).value();
        CHECK(done.sha256 == hello_digest);
        CHECK(done.file_name == "log.txt");
        CHECK(s.run(s.of().upload(upload::file(s.path("nothing")))).error().kind() == error_kind::not_found);
    }

    TEST_CASE("what is over the limit is refused before it is sent; the limit is asked for once") {
        media_world s;
        auto const refused = s.run(s.of().upload(upload::memory(std::string(1001, 'x'))));
        CHECK(refused.error().kind() == error_kind::too_large);
        CHECK(refused.error().message() == "the upload has 1001 bytes, the homeserver takes 1000");
        CHECK(s.seen(uploads).empty());
        CHECK(s.run(s.of().upload(upload::memory(std::string(1000, 'x')))));
        CHECK(s.seen(config).size() == 1);
        CHECK(s.run(s.of().upload_limit()).value() == 1000);
    }

    TEST_CASE("a homeserver that tells its limit by the older path, or not at all") {
        scripted_world s;
        s.unknown(method::get, config);
        s.on(method::get, old_config, R"({"m.upload.size":7})");
        CHECK(s.run(s.bot->media().upload_limit()).value() == 7);
        scripted_world none;
        none.unknown(method::get, config);
        none.unknown(method::get, old_config);
        none.on(method::post, uploads, R"({"content_uri":"mxc://test/abc"})");
        CHECK_FALSE(none.run(none.bot->media().upload_limit()).value().has_value());
        CHECK(none.run(none.bot->media().upload(upload::memory("hello"))));
    }

    TEST_CASE("an upload whose answer is lost is not sent again; one that was refused as too much is") {
        media_world s;
        s.on(method::post, "/_matrix/media/v3/upload", fault::rate_limited(1));
        CHECK(s.run(s.of().upload(upload::memory("hello"))));
        CHECK(s.run(s.of().upload(upload::memory("hello"))).error().kind() == error_kind::rate_limited);
        scripted_world lost;
        lost.on(method::get, config, "{}");
        lost.on(method::post, uploads, fault::drop_after());
        CHECK(lost.run(lost.bot->media().upload(upload::memory("hello"))).error().kind() == error_kind::timeout_unknown);
        CHECK(lost.seen(uploads).size() == 1);
    }

    TEST_CASE("a repeated upload sends the same bytes from the first to the last") {
        scripted_world s;
        s.on(method::get, config, "{}");
        s.on(method::post, uploads, fault::rate_limited(1));
        s.on(method::post, uploads, R"({"content_uri":"mxc://test/abc"})");
        CHECK(s.run(s.bot->media().upload(upload::memory("hello"))).value().sha256 == hello_digest);
        REQUIRE(s.seen(uploads).size() == 2);
        CHECK(s.seen(uploads)[1].body == "hello");
    }

    TEST_CASE("an answer without a URI, or with one that leads elsewhere, is an error") {
        for (auto const* said : {"{}", R"({"content_uri":7})", R"({"content_uri":"mxc://test/../x"})"}) {
            scripted_world s;
            s.on(method::get, config, "{}");
            s.on(method::post, uploads, said);
            CHECK(s.run(s.bot->media().upload(upload::memory("hello"))).error().kind() == error_kind::protocol);
        }
    }

    TEST_CASE("a place is reserved and filled; a lost answer is asked for again") {
        media_world s;
        s.on(method::post, "/_matrix/media/v1/create", R"({"content_uri":"mxc://test/abc","unused_expires_at":5})");
        s.on(method::put, place, fault::drop_after());
        s.on(method::put, place, R"({"errcode":"M_CANNOT_OVERWRITE_MEDIA","error":"has content"})", 409);
        auto const reserved = s.run(s.of().reserve()).value();
        CHECK(reserved.uri == where);
        CHECK(reserved.unused_until == base::time_point(base::duration(5)));
        CHECK(s.run(s.of().fill(reserved.uri, upload::memory("hello"))).value().sha256 == hello_digest);
        CHECK(s.seen(place).size() == 2);
        // Now it is certainly somebody else's content.
        CHECK(s.run(s.of().fill(reserved.uri, upload::memory("hello"))).error().kind() == error_kind::conflict);
    }

    TEST_CASE("a download to memory, checked and bounded") {
        media_world s;
        s.on(method::get, newer, fault::answer(content("hello", "attachment; filename=\"../x.txt\"")));
        auto const got = s.run(s.of().get(where, download().expecting(hello_digest))).value();
        CHECK(got.content == "hello");
        CHECK(got.size == 5);
        CHECK(got.sha256 == hello_digest);
        CHECK(got.mime_type == "text/plain");
        CHECK(got.file_name == "x.txt");
        CHECK(s.last(newer).query() == "timeout_ms=20000");
        CHECK(s.last(newer).headers.get("Authorization").has_value());
        CHECK(s.run(s.of().get(where, download().at_most(4))).error().kind() == error_kind::too_large);
        auto const other = s.run(s.of().get(where, download().expecting(std::string(64, '0'))));
        CHECK(other.error().kind() == error_kind::protocol);
        CHECK(contains(other.error().message(), hello_digest));
    }

    TEST_CASE("a homeserver without authenticated media gets the older path, from then on alone") {
        media_world s;
        s.unknown(method::get, newer);
        s.on(method::get, older, fault::answer(content("hello")));
        CHECK(s.run(s.of().get(where)).value().content == "hello");
        CHECK(s.last(older).query() == "allow_redirect=false&timeout_ms=20000");
        CHECK(s.run(s.of().get(where)));
        CHECK(s.seen(newer).size() == 1);
        CHECK(s.seen(older).size() == 2);
    }

    TEST_CASE("content that is missing, not there yet or elsewhere") {
        media_world s;
        s.on(method::get, newer, R"({"errcode":"M_NOT_FOUND","error":"no"})", 404);
        s.on(method::get, newer, R"({"errcode":"M_NOT_YET_UPLOADED","error":"wait"})", 504);
        base::http::response away(307, "");
        away.headers.set("Location", "http://169.254.169.254/secret");
        s.on(method::get, newer, fault::answer(std::move(away)));
        CHECK(s.run(s.of().get(where)).error().kind() == error_kind::not_found);
        CHECK(s.run(s.of().get(where)).error().kind() == error_kind::unavailable);
        CHECK(s.run(s.of().get(where)).error().message() == "the download was answered with a redirect, which is not followed");
        CHECK(s.seen(newer).size() == 3);
    }

    TEST_CASE("a download is repeated while the homeserver fails") {
        media_world s;
        s.on(method::get, newer, fault::server_error());
        s.on(method::get, newer, fault::drop_before());
        s.on(method::get, newer, fault::answer(content("hello")));
        CHECK(s.run(s.of().get(where)).value().sha256 == hello_digest);
        CHECK(s.seen(newer).size() == 3);
    }

    TEST_CASE("a download that stands still is given up and begun anew") {
        media_world s;
        s.on(method::get, newer, fault::answer(content("hello")).after(std::chrono::hours(1)));
        s.on(method::get, newer, fault::answer(content("hello")));
        CHECK(s.run(s.of().get(where)).value().content == "hello");
        CHECK(s.seen(newer).size() == 2);
    }

    TEST_CASE("a download to a file takes the place of what was there when it is whole") {
        media_world s;
        REQUIRE(base::write_file(s.path("x.txt"), "old"));
        s.on(method::get, newer, fault::answer(content("hello")));
        auto const got = s.run(s.of().save(where, s.path("x.txt"), download().expecting(hello_digest))).value();
        CHECK(got.size == 5);
        CHECK(got.content.empty());
        CHECK(base::read_file(s.path("x.txt"), 100).value() == "hello");
        CHECK(files_in(s.folder.path()) == std::vector<std::string>{"x.txt"});
    }

    TEST_CASE("a download that is another content, too long or refused leaves the file as it was, and nothing beside it") {
        media_world s;
        REQUIRE(base::write_file(s.path("x.txt"), "old"));
        s.on(method::get, newer, fault::answer(content("hello")));
        s.on(method::get, newer, fault::answer(content("hello")));
        s.on(method::get, newer, R"({"errcode":"M_NOT_FOUND","error":"no"})", 404);
        CHECK(s.run(s.of().save(where, s.path("x.txt"), download().expecting("00"))).error().kind() == error_kind::protocol);
        CHECK(s.run(s.of().save(where, s.path("x.txt"), download().at_most(2))).error().kind() == error_kind::too_large);
        CHECK(s.run(s.of().save(where, s.path("x.txt"))).error().kind() == error_kind::not_found);
        CHECK(s.run(s.of().save(where, s.path("no/such/folder/x"))).error().kind() == error_kind::environment);
        CHECK(base::read_file(s.path("x.txt"), 100).value() == "old");
        CHECK(files_in(s.folder.path()) == std::vector<std::string>{"x.txt"});
    }

    TEST_CASE("a thumbnail of the wanted size") {
        media_world s;
        auto const path = std::string("/_matrix/client/v1/media/thumbnail/test/abc");
        s.on(method::get, path, fault::answer(content("small")));
        CHECK(s.run(s.of().get_thumbnail(where, matrix::thumbnail(0, 99999).cropped())).value().content == "small");
        CHECK(s.last(path).query() == "width=1&height=4096&method=crop&timeout_ms=20000");
    }
}

}  // namespace chatrixcd::test
