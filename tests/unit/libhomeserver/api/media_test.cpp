// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>

#include <chatrixcd/base/files.hpp>

#include "rig.hpp"

using namespace chatrixcd;
using namespace chatrixcd::test;
using namespace std::chrono_literals;

namespace {

reply send(rig& at, person const& who, method verb, std::string const& path, std::string content, std::string const& type) {
    auto r = at.request(verb, path, std::move(content), who.token);
    r.headers.set("Content-Type", type);
    auto const waiting = at.ask_later(std::move(r));
    REQUIRE(at.time.run_until(at.loop, [&] { return waiting.done(); }));
    return waiting.get();
}

reply upload(rig& at, person const& who, std::string content, std::string const& type = "image/png", std::string const& name = "") {
    auto const path = std::string("/_matrix/media/v3/upload") + (name.empty() ? "" : "?filename=" + escaped(name));
    return send(at, who, method::post, path, std::move(content), type);
}

// "server/id" of an mxc:// URI.
std::string place(reply const& of) { return of.text("content_uri").substr(std::string("mxc://").size()); }

std::string const downloads = "/_matrix/client/v1/media/download/";

}  // namespace

TEST_SUITE("homeserver::media") {
    TEST_CASE("what is uploaded comes back, byte for byte, under the name it was given") {
        rig at;
        auto const ann = at.add("ann");
        std::string const bytes("\x89PNG\0\xFF\r\n", 8);
        auto const made = upload(at, ann, bytes, "image/png", "a cat.png");
        REQUIRE(made.status == 200);
        CHECK(made.text("content_uri").starts_with("mxc://demo.local/"));
        auto const got = ann.get(downloads + place(made));
        CHECK(got.status == 200);
        CHECK(got.raw == bytes);
        CHECK(got.headers.get("Content-Type") == "image/png");
        CHECK(got.headers.get("Content-Disposition") == "inline; filename=\"a cat.png\"");
        CHECK(got.headers.get("Content-Security-Policy").value().starts_with("sandbox; default-src 'none';"));
        CHECK(got.headers.get("Cross-Origin-Resource-Policy") == "cross-origin");
        CHECK(got.headers.get("Access-Control-Allow-Origin") == "*");
        auto const renamed = ann.get(downloads + place(made) + "/" + escaped("eine K\xC3\xA4tzin\r\nX: y.png"));
        CHECK(renamed.headers.get("Content-Disposition") == "inline; filename*=utf-8''eine%20K%C3%A4tzin%0D%0AX%3A%20y.png");
        CHECK(ann.get(downloads + place(upload(at, ann, ""))).raw.empty());
    }

    TEST_CASE("only what cannot run is shown in place, and a type that is none is replaced") {
        rig at;
        auto const ann = at.add("ann");
        auto const disposition = [&](std::string const& type) {
            return ann.get(downloads + place(upload(at, ann, "x", type))).headers.get("Content-Disposition").value();
        };
        CHECK(disposition("text/plain; charset=utf-8") == "inline");
        CHECK(disposition("TEXT/PLAIN") == "inline");
        for (auto const* type : {"text/html", "image/svg+xml", "application/javascript", "text/plainx"})
            CHECK(disposition(type) == "attachment");
        auto const strange = ann.get(downloads + place(upload(at, ann, "x", "text/html\r\nX-Evil: 1")));
        CHECK(strange.headers.get("Content-Type") == "application/octet-stream");
    }

    TEST_CASE("downloads ask for a token, the older paths do not, and can be switched off") {
        rig at;
        auto const ann = at.add("ann");
        auto const where = place(upload(at, ann, "hello"));
        CHECK(at.ask(method::get, downloads + where).errcode() == "M_MISSING_TOKEN");
        CHECK(at.ask(method::get, "/_matrix/media/v3/download/" + where).raw == "hello");
        CHECK(at.ask(method::get, "/_matrix/media/r0/download/" + where + "/x.txt").raw == "hello");
        CHECK(at.ask(method::post, "/_matrix/media/v3/upload").errcode() == "M_MISSING_TOKEN");
        rig strict({}, [](auto& options) { options.legacy_media = false; });
        auto const bob = strict.add("bob");
        auto const there = place(upload(strict, bob, "hello"));
        CHECK(strict.ask(method::get, "/_matrix/media/v3/download/" + there).errcode() == "M_UNRECOGNIZED");
        CHECK(bob.get(downloads + there).raw == "hello");
    }

    TEST_CASE("a file may be as large as the server says, and no larger") {
        rig at({}, [](auto& options) { options.max_upload = 1000; });
        auto const ann = at.add("ann");
        CHECK(ann.get("/_matrix/client/v1/media/config").body == json::value({{"m.upload.size", 1000}}));
        CHECK(ann.get("/_matrix/media/v3/config").status == 200);
        CHECK(upload(at, ann, std::string(1000, 'x')).status == 200);
        auto const refused = upload(at, ann, std::string(1001, 'x'));
        CHECK(refused.status == 413);
        CHECK(refused.errcode() == "M_TOO_LARGE");
    }

    TEST_CASE("an id is made first, and who asks for it waits for the content") {
        rig at;
        auto const ann = at.add("ann");
        auto const bob = at.add("bob");
        auto const made = ann.post("/_matrix/media/v1/create");
        auto const expiry = chatrixcd::test::at(made.body, "unused_expires_at").as_int64();
        CHECK(expiry == at.time.now().time_since_epoch().count() + 24 * 3600 * 1000);
        auto const path = "/_matrix/media/v3/upload/" + place(made);
        auto const waiting = at.ask_later(at.request(method::get, downloads + place(made), {}, bob.token));
        at.settle();
        CHECK(!waiting.done());
        CHECK(send(at, bob, method::put, path, "evil", "text/plain").errcode() == "M_FORBIDDEN");
        CHECK(send(at, ann, method::put, path, "good", "text/plain").status == 200);
        at.settle();
        REQUIRE(waiting.done());
        CHECK(waiting.get().raw == "good");
        auto const again = send(at, ann, method::put, path, "other", "text/plain");
        CHECK(again.status == 409);
        CHECK(again.errcode() == "M_CANNOT_OVERWRITE_MEDIA");
        CHECK(send(at, ann, method::put, "/_matrix/media/v3/upload/demo.local/never", "x", "text/plain").status == 404);
    }

    TEST_CASE("waiting for content has an end, and so has an id without any") {
        rig at;
        auto const ann = at.add("ann");
        auto const made = ann.post("/_matrix/media/v1/create");
        auto const late = ann.get(downloads + place(made) + "?timeout_ms=3000");
        CHECK(late.status == 504);
        CHECK(late.errcode() == "M_NOT_YET_UPLOADED");
        CHECK(at.time.uptime() == 3s);
        for (int i = 0; i < 24; ++i) at.pass(1h);
        CHECK(ann.get(downloads + place(made)).status == 404);
        CHECK(send(at, ann, method::put, "/_matrix/media/v3/upload/" + place(made), "x", "text/plain").errcode() == "M_NOT_FOUND");
    }

    TEST_CASE("nobody makes ids without end") {
        rig at;
        auto const ann = at.add("ann");
        for (int i = 0; i < 100; ++i) REQUIRE(ann.post("/_matrix/media/v1/create").status == 200);
        CHECK(ann.post("/_matrix/media/v1/create").errcode() == "M_LIMIT_EXCEEDED");
        CHECK(at.add("bob").post("/_matrix/media/v1/create").status == 200);
    }

    TEST_CASE("a thumbnail is the image itself, of images alone") {
        rig at;
        auto const ann = at.add("ann");
        auto const image = "/_matrix/client/v1/media/thumbnail/" + place(upload(at, ann, "pixels"));
        auto const text = "/_matrix/client/v1/media/thumbnail/" + place(upload(at, ann, "letters", "text/plain"));
        CHECK(ann.get(image + "?width=32&height=32&method=crop").raw == "pixels");
        CHECK(ann.get(image + "?width=32").errcode() == "M_MISSING_PARAM");
        CHECK(ann.get(image + "?width=-1&height=2").errcode() == "M_INVALID_PARAM");
        CHECK(ann.get(image + "?width=0&height=2").errcode() == "M_INVALID_PARAM");
        CHECK(ann.get(image + "?width=1&height=2&method=stretch").errcode() == "M_INVALID_PARAM");
        CHECK(ann.get(text + "?width=32&height=32").status == 400);
    }

    TEST_CASE("what is not here is not found") {
        rig at;
        auto const ann = at.add("ann");
        auto const where = place(upload(at, ann, "x"));
        CHECK(ann.get(downloads + "demo.local/none").errcode() == "M_NOT_FOUND");
        CHECK(ann.get(downloads + "elsewhere.org" + where.substr(where.find('/'))).errcode() == "M_NOT_FOUND");
        CHECK(ann.get(downloads + escaped("../../etc/passwd") + "/x").errcode() == "M_NOT_FOUND");
        CHECK(ann.get(downloads + "demo.local/x?timeout_ms=soon").errcode() == "M_INVALID_PARAM");
    }

    TEST_CASE("beside a file the content survives the server, is kept once, and is not handed out if somebody changed it") {
        base::temporary_folder folder("chatrixcd-media-");
        rig at(folder.path() + "/homeserver.db");
        auto const ann = at.add("ann");
        auto const first = place(upload(at, ann, "the same"));
        auto const second = place(upload(at, ann, "the same", "text/plain"));
        CHECK(first != second);
        at.reopen();
        CHECK(ann.get(downloads + first).raw == "the same");
        CHECK(ann.get(downloads + second).raw == "the same");
        std::vector<std::filesystem::path> files;
        for (auto const& entry : std::filesystem::recursive_directory_iterator(folder.path() + "/homeserver.db-media")) {
            if (entry.is_regular_file()) files.push_back(entry.path());
        }
        REQUIRE(files.size() == 1);
        CHECK((std::filesystem::status(files[0]).permissions() & std::filesystem::perms::all) ==
              (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
        REQUIRE(base::write_file(files[0].string(), "something else").has_value());
        CHECK(ann.get(downloads + first).errcode() == "M_NOT_FOUND");
        // Whoever uploads it again mends it.
        upload(at, ann, "the same");
        CHECK(ann.get(downloads + first).raw == "the same");
    }
}
