// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <chatrixcd/matrix/attachment.hpp>

#include "requests/script.hpp"

namespace chatrixcd::test {

using matrix::attachment;
using matrix::event_id;
using matrix::mxc_uri;
using matrix::uploaded;

namespace {

uploaded content(std::string id, std::string type, std::string name) {
    uploaded made;
    made.uri = mxc_uri("mxc://test/" + id);
    made.size = 5;
    made.mime_type = std::move(type);
    made.file_name = std::move(name);
    return made;
}

matrix::event message(boost::json::object content) {
    boost::json::object raw;
    raw["type"] = "m.room.message";
    raw["sender"] = "@a:test";
    raw["event_id"] = "$e";
    raw["content"] = std::move(content);
    return matrix::event::parse(std::move(raw)).value();
}

}  // namespace

TEST_SUITE("matrix::attachment") {
    TEST_CASE("an image with a caption, a thumbnail and sizes") {
        auto const made = attachment::image(content("pic", "image/png", "a.png"), {640, 480})
                              .thumbnail(content("small", "image/jpeg", ""), {64, 48})
                              .caption("our graph")
                              .mention(matrix::user_id("@b:test"))
                              .content();
        CHECK(
            text_of(made) ==
            R"({"msgtype":"m.image","body":"our graph","filename":"a.png","url":"mxc://test/pic","info":{"mimetype":"image/png","size":5,)"
            R"("w":640,"h":480,"thumbnail_url":"mxc://test/small","thumbnail_info":{"mimetype":"image/jpeg","size":5,"w":64,"h":48}},)"
            R"("m.mentions":{"user_ids":["@b:test"]}})");
    }

    TEST_CASE("a file alone: its name is the body; one without a name has one") {
        auto const made = attachment::file(content("f", "text/plain", "log.txt")).content();
        CHECK(made.at("body") == "log.txt");
        CHECK(made.at("filename") == "log.txt");
        CHECK(attachment::file(content("f", "text/plain", "")).content().at("body") == "file");
    }

    TEST_CASE("sound and film have a length") {
        using namespace std::chrono_literals;
        CHECK(text_of(attachment::audio(content("s", "audio/ogg", "x"), 1500ms).content().at("info")) ==
              R"({"mimetype":"audio/ogg","size":5,"duration":1500})");
        CHECK(text_of(attachment::video(content("v", "video/mp4", "x"), {16, 9}, 2s).content().at("info")) ==
              R"({"mimetype":"video/mp4","size":5,"w":16,"h":9,"duration":2000})");
    }

    TEST_CASE("the type of the content says what it is") {
        CHECK(attachment::of(content("x", "image/png", "x")).content().at("msgtype") == "m.image");
        CHECK(attachment::of(content("x", "audio/ogg", "x")).content().at("msgtype") == "m.audio");
        CHECK(attachment::of(content("x", "video/mp4", "x")).content().at("msgtype") == "m.video");
        CHECK(attachment::of(content("x", "application/zip", "x")).content().at("msgtype") == "m.file");
    }

    TEST_CASE("in a thread, and as an answer") {
        auto const of = [] { return attachment::file(content("f", "text/plain", "x")); };
        CHECK(text_of(of().in_thread(event_id("$r")).content().at("m.relates_to")) ==
              R"({"rel_type":"m.thread","event_id":"$r","is_falling_back":true,"m.in_reply_to":{"event_id":"$r"}})");
        CHECK(text_of(of().in_thread(event_id("$r")).reply_to(event_id("$a")).content().at("m.relates_to")) ==
              R"({"rel_type":"m.thread","event_id":"$r","is_falling_back":false,"m.in_reply_to":{"event_id":"$a"}})");
        CHECK(text_of(of().reply_to(event_id("$a")).content().at("m.relates_to")) == R"({"m.in_reply_to":{"event_id":"$a"}})");
    }

    TEST_CASE("what was sent is read again") {
        using namespace std::chrono_literals;
        auto made = attachment::video(content("v", "video/mp4", "x.mp4"), {16, 9}, 2s).thumbnail(content("t", "image/png", ""), {4, 3});
        auto const read = matrix::attachment_of(message(std::move(made).caption("look").content())).value();
        CHECK(read.uri.str() == "mxc://test/v");
        CHECK(read.file_name == "x.mp4");
        CHECK(read.caption == "look");
        CHECK(read.size == 5);
        CHECK(read.picture.width == 16);
        CHECK(read.length == 2s);
        CHECK(read.thumbnail.str() == "mxc://test/t");
    }

    TEST_CASE("attachments of others: names are cleaned, what is odd is none") {
        auto const read = [](std::string_view text) { return matrix::attachment_of(message(object_of(text))); };
        auto const odd =
            read(R"({"msgtype":"m.file","body":"../../x","url":"mxc://test/a","info":{"size":-1,"w":-5,"h":99999999999,"duration":-1,
            "thumbnail_url":"http://evil/","mimetype":7}})");
        REQUIRE(odd);
        CHECK(odd->file_name == "x");
        CHECK(odd->caption.empty());
        CHECK_FALSE(odd->size.has_value());
        CHECK(odd->picture.width == 0);
        CHECK(odd->picture.height == 0);
        CHECK(odd->length.count() == 0);
        CHECK(odd->thumbnail.empty());
        CHECK_FALSE(read(R"({"msgtype":"m.text","body":"x","url":"mxc://test/a"})"));
        CHECK_FALSE(read(R"({"msgtype":"m.image","body":"x","url":"http://test/a"})"));
        CHECK_FALSE(read(R"({"msgtype":"m.image","body":"x","file":{"url":"mxc://test/a"}})"));
    }

    TEST_CASE("an attachment is sent once by its key, and comes as it was made") {
        scripted_world s;
        auto alice = s.w.add("alice");
        auto const id = alice.make_room({"@bot:test"});
        REQUIRE(s.run(s.bot->join(id)));
        auto const room = s.bot->room(matrix::room_id(id));
        auto const made = attachment::file(content("f", "text/plain", "log.txt")).key("log-1");
        auto const first = s.run(room.send_attachment(made)).value();
        CHECK(s.run(room.send_attachment(made)).value() == first);
        auto const last = alice.history(id).back();
        CHECK(base::find_string(*base::find_object(last, "content"), "url") == "mxc://test/f");
    }
}

}  // namespace chatrixcd::test
