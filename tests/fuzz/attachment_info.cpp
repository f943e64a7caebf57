// SPDX-License-Identifier: Apache-2.0
// Whatever a message says of what it shows is read or refused, and what was read is the same when it was written down and read again.
#include <boost/json/object.hpp>
#include <cstdlib>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/matrix/attachment.hpp>

namespace {

using namespace chatrixcd::matrix;

event message_of(boost::json::object content) {
    boost::json::object raw;
    raw["type"] = "m.room.message";
    raw["event_id"] = "$1";
    raw["sender"] = "@ann:test";
    raw["content"] = std::move(content);
    return event::parse(std::move(raw)).value();
}

bool same_key(encrypted_file const& a, encrypted_file const& b) {
    return a.uri == b.uri && a.key.reveal() == b.key.reveal() && a.iv == b.iv && a.sha256 == b.sha256;
}

bool same_secret(std::optional<encrypted_file> const& a, std::optional<encrypted_file> const& b) {
    return a.has_value() == b.has_value() && (!a || same_key(*a, *b));
}

attachment written(attached const& found) {
    uploaded what;
    what.uri = found.uri;
    what.size = found.size.value_or(0);
    what.mime_type = found.mime_type;
    what.file_name = found.file_name;
    what.secret = found.secret;
    auto made = attachment::file(what);
    if (found.msgtype == "m.image") made = attachment::image(what, found.picture);
    if (found.msgtype == "m.audio") made = attachment::audio(what, found.length);
    if (found.msgtype == "m.video") made = attachment::video(what, found.picture, found.length);
    if (found.thumbnail.empty()) return std::move(made).caption(found.caption);
    uploaded picture;
    picture.uri = found.thumbnail;
    picture.secret = found.thumbnail_secret;
    return std::move(made).thumbnail(picture, {}).caption(found.caption);
}

// What is lost is what the kind of message has no place for: half a size, and a caption that repeats the name.
bool same(attached const& a, attached const& b) {
    bool const shows_picture = a.msgtype == "m.image" || a.msgtype == "m.video";
    bool const has_size = shows_picture && a.picture.width > 0 && a.picture.height > 0;
    bool const is_size_kept = !has_size || (a.picture.width == b.picture.width && a.picture.height == b.picture.height);
    bool const has_length = a.msgtype == "m.audio" || a.msgtype == "m.video";
    auto const name = a.file_name.empty() ? "file" : a.file_name;
    bool const is_caption_kept = a.caption == b.caption || (a.caption == name && b.caption.empty());
    return a.msgtype == b.msgtype && a.uri == b.uri && same_secret(a.secret, b.secret) && name == b.file_name && is_caption_kept &&
           a.mime_type == b.mime_type && a.size.value_or(0) == b.size && is_size_kept && (!has_length || a.length == b.length) &&
           a.thumbnail == b.thumbnail && same_secret(a.thumbnail_secret, b.thumbnail_secret);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const content = chatrixcd::base::parse_json_object(std::string_view(reinterpret_cast<char const*>(data), size));
    if (!content) return 0;
    if (auto const file = encrypted_file::parse(*content)) {
        auto const again = encrypted_file::parse(file->json());
        if (!file->is_usable() || file->uri.empty() || !again || !same_key(*file, *again)) std::abort();
    }
    auto const found = attachment_of(message_of(*content));
    if (!found) return 0;
    if (found->secret && (!found->secret->is_usable() || found->secret->uri != found->uri)) std::abort();
    auto const again = attachment_of(message_of(written(*found).content()));
    if (!again || !same(*found, *again)) std::abort();
    return 0;
}
