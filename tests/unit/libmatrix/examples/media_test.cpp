// SPDX-License-Identifier: Apache-2.0
// The example itself, with its main() under another name, in a room without a network.
#define main media_main
#include "examples/media.cpp"
#undef main

#include <doctest/doctest.h>

#include <chatrixcd/base/files.hpp>

#include "examples/running_example.hpp"

namespace chatrixcd::test {

namespace {

constexpr char const* digest = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";  // of "hello"

// The content repository alone.
fault repository(base::http::request const& r, std::string& uploaded) {
    auto const path = r.path();
    if (path == "/_matrix/client/v1/media/config") return fault::answer(base::http::response(200, "{}"));
    if (path == "/_matrix/client/v1/media/download/test/abc") return fault::answer(base::http::response(200, "hello", "text/plain"));
    if (path != "/_matrix/media/v3/upload") return fault::none();
    uploaded = r.body;
    return fault::answer(base::http::response(200, R"({"content_uri":"mxc://test/list"})"));
}

}  // namespace

TEST_SUITE("examples") {
    TEST_CASE("the media bot keeps what it is sent and gives a receipt for it") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        std::string uploaded;
        w.network->faults = [&](base::http::request const& r) { return repository(r, uploaded); };
        base::temporary_folder folder("chatrixcd-media-example");
        ::setenv("MEDIA_FOLDER", folder.path().c_str(), 1);
        running_example run(w, account, bot);

        auto const room = ann.make_room({account.id()});
        w.pass(std::chrono::seconds(3));
        boost::json::object file;
        file["msgtype"] = "m.file";
        file["body"] = "../greeting.txt";
        file["url"] = "mxc://test/abc";
        ann.send(room, "m.room.message", std::move(file));
        auto const line = std::string("greeting.txt: 5 bytes, SHA-256 ") + digest;
        w.until([&] { return ann.bodies(room, account.id()) == std::vector<std::string>{line}; });
        CHECK(base::read_file(folder.path() + "/abc-greeting.txt", 100).value() == "hello");

        ann.say(room, "!receipt");
        w.until([&] { return ann.bodies(room, account.id()).size() == 2; });
        CHECK(uploaded == line + "\n");
        CHECK(ann.bodies(room, account.id())[1] == "What I have kept");
    }
}

}  // namespace chatrixcd::test
