// SPDX-License-Identifier: Apache-2.0
// Content that the homeserver keeps and cannot read.
#include <doctest/doctest.h>

#include <filesystem>
#include <functional>

#include <chatrixcd/base/files.hpp>
#include <chatrixcd/matrix/attachment.hpp>
#include <chatrixcd/matrix/media.hpp>

#include "requests/script.hpp"

namespace chatrixcd::test {

using base::error_kind;
using base::http::method;
using matrix::attachment;
using matrix::download;
using matrix::encrypted_file;
using matrix::mxc_uri;
using matrix::upload;

namespace {

namespace json = boost::json;

constexpr char const* uploads = "/_matrix/media/v3/upload";
constexpr char const* newer = "/_matrix/client/v1/media/download/test/abc";

mxc_uri const where("mxc://test/abc");

class media_world : public scripted_world {
public:
    media_world() : folder("chatrixcd-media-test") {
        on(method::get, "/_matrix/client/v1/media/config", R"({"m.upload.size":1000000})");
        on(method::post, uploads, R"({"content_uri":"mxc://test/abc"})");
    }
    matrix::media of() { return bot->media(); }
    base::temporary_folder folder;
};

// As other implementations test theirs (matrix-encrypt-attachment): "Hello, World" under a key of ones.
json::object known() {
    return base::parse_json_object(
               R"({"url":"mxc://test/abc","v":"v2","key":{"alg":"A256CTR","ext":true,"kty":"oct","key_ops":["encrypt","decrypt"],)"
               R"("k":"__________________________________________8"},"iv":"//////////8AAAAAAAAAAA",)"
               R"("hashes":{"sha256":"YzF08lARDdOCzJpzuSwsjTNlQc4pHxpdHcXiD/wpK6k"}})")
        .value();
}
std::string const known_ciphertext("\xe7\x12\x59\x4e\xde\x5c\x42\x27\x26\xfb\xd7\xf8");

matrix::event message(json::object content) {
    json::object raw;
    raw["type"] = "m.room.message";
    raw["sender"] = "@a:test";
    raw["event_id"] = "$e";
    raw["content"] = std::move(content);
    return matrix::event::parse(std::move(raw)).value();
}

}  // namespace

TEST_SUITE("matrix::media::encrypted") {
    TEST_CASE("what goes up encrypted comes down as it was, and the homeserver has seen neither it, nor its type, nor its name") {
        media_world s;
        std::string const content(200000, 'x');
        auto const made = s.run(s.of().upload(upload::memory(content).type("image/png").name("secret.png").encrypted())).value();
        auto const sent = s.last(uploads);
        CHECK(sent.body.size() == content.size());
        CHECK_FALSE(contains(sent.body, "xxxx"));
        CHECK_FALSE(contains(sent.url, "secret"));
        CHECK(sent.headers.get("Content-Type") == "application/octet-stream");
        CHECK(made.mime_type == "image/png");
        CHECK(made.file_name == "secret.png");
        REQUIRE(made.secret.has_value());
        CHECK(made.secret->uri == where);
        CHECK(made.secret->sha256 == made.sha256);
        s.on(method::get, newer, sent.body);
        auto const read = s.run(s.of().get(where, download().decrypting(*made.secret))).value();
        CHECK(read.content == content);
        auto const path = s.folder.path() + "/saved";
        REQUIRE(s.run(s.of().save(where, path, download().decrypting(*made.secret))).has_value());
        CHECK(base::read_file(path, content.size() + 1).value() == content);
    }

    TEST_CASE("each upload has a key and a counter of its own, and a repeated one is the same bytes") {
        media_world s;
        s.on(method::post, uploads, R"({"errcode":"M_LIMIT_EXCEEDED","error":"slower"})", 429);
        s.on(method::post, uploads, R"({"content_uri":"mxc://test/abc"})");
        auto const first = s.run(s.of().upload(upload::memory("hello").encrypted())).value();
        auto const second = s.run(s.of().upload(upload::memory("hello").encrypted())).value();
        CHECK(first.secret->key.reveal() != second.secret->key.reveal());
        CHECK(first.secret->iv != second.secret->iv);
        CHECK(first.secret->iv.substr(8) == std::string(8, '\0'));
        CHECK(first.sha256 != second.sha256);
    }

    TEST_CASE("what another implementation has encrypted is read, and nothing of it if a byte was changed") {
        media_world s;
        auto const file = encrypted_file::parse(known()).value();
        auto changed = known_ciphertext;
        changed.back() = static_cast<char>(changed.back() ^ 1);
        s.on(method::get, newer, known_ciphertext);
        s.on(method::get, newer, changed);
        CHECK(s.run(s.of().get(where, download().decrypting(file))).value().content == "Hello, World");
        CHECK(s.run(s.of().get(where, download().decrypting(file))).error().kind() == error_kind::protocol);
        auto const path = s.folder.path() + "/saved";
        CHECK(s.run(s.of().save(where, path, download().decrypting(file))).error().kind() == error_kind::protocol);
        CHECK(std::filesystem::is_empty(s.folder.path()));
    }

    TEST_CASE("without a key, a counter and a hash of their sizes nothing is fetched, and no other hash takes its place") {
        media_world s;
        s.on(method::get, newer, known_ciphertext);
        auto const whole = encrypted_file::parse(known()).value();
        auto const refused = [&](encrypted_file const& file) {
            auto const got = s.run(s.of().get(where, download().decrypting(file)));
            return !got && got.error().kind() == error_kind::invalid;
        };
        CHECK(refused(encrypted_file()));
        auto broken = whole;
        broken.iv.pop_back();
        CHECK(refused(broken));
        broken = whole;
        broken.sha256.clear();
        CHECK(refused(broken));
        broken = whole;
        broken.key = base::secret("short");
        CHECK(refused(broken));
        CHECK(s.seen(newer).empty());
        broken = whole;
        broken.sha256.front() = broken.sha256.front() == '0' ? '1' : '0';
        auto const got = s.run(s.of().get(where, download().decrypting(broken).expecting("")));
        CHECK(got.error().kind() == error_kind::protocol);
    }

    TEST_CASE("what says how to read it is written as it was read, and refused where anything is amiss") {
        CHECK(encrypted_file::parse(known()).value().json() == known());
        auto const refused = [](std::function<void(json::object&)> change) {
            auto from = known();
            change(from);
            auto const read = encrypted_file::parse(from);
            return !read && read.error().kind() == error_kind::invalid;
        };
        for (std::string const member : {"url", "v", "key", "iv", "hashes"}) {
            CAPTURE(member);
            CHECK(refused([&](json::object& o) { o.erase(member); }));
            CHECK(refused([&](json::object& o) { o[member] = 7; }));
        }
        CHECK(refused([](json::object& o) { o["v"] = "v1"; }));
        CHECK(refused([](json::object& o) { o["url"] = "https://test/abc"; }));
        CHECK(refused([](json::object& o) { o["url"] = "mxc://test/../abc"; }));
        CHECK(refused([](json::object& o) { o["iv"] = "AAAA"; }));
        CHECK(refused([](json::object& o) { o["key"].as_object()["alg"] = "A128CTR"; }));
        CHECK(refused([](json::object& o) { o["key"].as_object()["kty"] = "RSA"; }));
        CHECK(refused([](json::object& o) { o["key"].as_object()["k"] = "AAAA"; }));
        CHECK(refused([](json::object& o) { o["hashes"].as_object()["sha256"] = "AAAA"; }));
        CHECK(refused([](json::object& o) { o["hashes"].as_object().erase("sha256"); }));
    }

    TEST_CASE("an attachment of encrypted content says the key instead of the place, its thumbnail too, and is understood") {
        media_world s;
        auto const picture = s.run(s.of().upload(upload::memory("large").type("image/png").name("a.png").encrypted())).value();
        auto const small = s.run(s.of().upload(upload::memory("small").type("image/png").encrypted())).value();
        auto const content = attachment::image(picture, {640, 480}).thumbnail(small, {64, 48}).content();
        CHECK_FALSE(content.contains("url"));
        CHECK_FALSE(content.at("info").as_object().contains("thumbnail_url"));
        auto const shown = attachment_of(message(content)).value();
        CHECK(shown.uri == where);
        CHECK(shown.secret.value().key.reveal() == picture.secret->key.reveal());
        CHECK(shown.thumbnail_secret.value().key.reveal() == small.secret->key.reveal());
        auto broken = content;
        broken["file"].as_object()["v"] = "v9";
        CHECK_FALSE(attachment_of(message(broken)).has_value());
    }
}

}  // namespace chatrixcd::test
