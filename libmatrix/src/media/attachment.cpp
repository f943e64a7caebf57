// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/matrix/attachment.hpp>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <limits>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/matrix/room.hpp>

#include "content/utf8.hpp"

namespace chatrixcd::matrix {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

json::object info_of(uploaded const& content, picture_size size) {
    json::object info;
    info["mimetype"] = content.mime_type;
    info["size"] = static_cast<std::int64_t>(content.size);
    if (size.width > 0 && size.height > 0) {
        info["w"] = static_cast<std::int64_t>(size.width);
        info["h"] = static_cast<std::int64_t>(size.height);
    }
    return info;
}

json::object reference(event_id const& target) {
    json::object to;
    to["event_id"] = target.str();
    return to;
}

unsigned dimension(json::object const& info, std::string_view key) {
    auto const said = base::find_integer(info, key).value_or(0);
    return said > 0 && said <= std::numeric_limits<std::int32_t>::max() ? static_cast<unsigned>(said) : 0;
}

mxc_uri uri_in(json::object const& from, std::string_view key) {
    auto uri = mxc_uri::parse(base::find_string(from, key).value_or(std::string()));
    return uri ? std::move(*uri) : mxc_uri();
}

// Where it lies: under `plain`, or encrypted under `secret`.
mxc_uri place_in(json::object const& from, char const* plain, char const* secret, std::optional<encrypted_file>& key) {
    auto const* file = base::find_object(from, secret);
    if (file == nullptr) return uri_in(from, plain);
    auto read = encrypted_file::parse(*file);
    if (!read) return {};
    key = std::move(*read);
    return key->uri;
}

void place(json::object& into, char const* plain, char const* secret, uploaded const& what) {
    if (what.secret) {
        into[secret] = what.secret->json();
    } else {
        into[plain] = what.uri.str();
    }
}

void read_info(json::object const& info, attached& into) {
    into.mime_type = base::find_string(info, "mimetype").value_or(std::string());
    auto const size = base::find_integer(info, "size");
    if (size && *size >= 0) into.size = static_cast<std::uint64_t>(*size);
    into.picture.width = dimension(info, "w");
    into.picture.height = dimension(info, "h");
    into.length = std::chrono::milliseconds(std::max<std::int64_t>(base::find_integer(info, "duration").value_or(0), 0));
    into.thumbnail = place_in(info, "thumbnail_url", "thumbnail_file", into.thumbnail_secret);
}

}  // namespace

attachment attachment::file(uploaded const& content) { return attachment("m.file", content); }

attachment attachment::image(uploaded const& content, picture_size size) {
    attachment made("m.image", content);
    made.size_ = size;
    return made;
}

attachment attachment::audio(uploaded const& content, std::chrono::milliseconds length) {
    attachment made("m.audio", content);
    made.length_ = length;
    return made;
}

attachment attachment::video(uploaded const& content, picture_size size, std::chrono::milliseconds length) {
    attachment made("m.video", content);
    made.size_ = size;
    made.length_ = length;
    return made;
}

attachment attachment::of(uploaded const& content) {
    auto const& type = content.mime_type;
    if (type.starts_with("image/")) return image(content);
    if (type.starts_with("audio/")) return audio(content);
    if (type.starts_with("video/")) return video(content);
    return file(content);
}

attachment attachment::thumbnail(uploaded const& picture, picture_size size) && {
    thumbnail_ = picture;
    thumbnail_size_ = size;
    return std::move(*this);
}

attachment attachment::caption(std::string words) && {
    caption_ = detail::repaired_utf8(words);
    return std::move(*this);
}

attachment attachment::reply_to(event_id target) && {
    reply_to_ = std::move(target);
    return std::move(*this);
}

attachment attachment::in_thread(event_id root) && {
    thread_ = std::move(root);
    return std::move(*this);
}

attachment attachment::mention(user_id user) && {
    mentions_.push_back(std::move(user));
    return std::move(*this);
}

attachment attachment::key(std::string idempotency_key) && {
    key_ = std::move(idempotency_key);
    return std::move(*this);
}

json::object attachment::content() const {
    auto const name = content_.file_name.empty() ? "file" : content_.file_name;
    json::object made;
    made["msgtype"] = msgtype_;
    // With a caption it is the body, and the name stands beside it (since v1.10).
    made["body"] = caption_.empty() ? name : caption_;
    made["filename"] = name;
    place(made, "url", "file", content_);
    auto info = info_of(content_, size_);
    if (length_.count() > 0) info["duration"] = length_.count();
    if (thumbnail_) {
        place(info, "thumbnail_url", "thumbnail_file", *thumbnail_);
        info["thumbnail_info"] = info_of(*thumbnail_, thumbnail_size_);
    }
    made["info"] = std::move(info);
    json::object mentions;
    if (!mentions_.empty()) {
        json::array users;
        for (auto const& user : mentions_) users.emplace_back(user.str());
        mentions["user_ids"] = std::move(users);
    }
    made["m.mentions"] = std::move(mentions);
    json::object relates;
    if (thread_) {
        relates["rel_type"] = "m.thread";
        relates["event_id"] = thread_->str();
        relates["is_falling_back"] = !reply_to_;
        relates["m.in_reply_to"] = reference(reply_to_ ? *reply_to_ : *thread_);
    } else if (reply_to_) {
        relates["m.in_reply_to"] = reference(*reply_to_);
    }
    if (!relates.empty()) made["m.relates_to"] = std::move(relates);
    return made;
}

std::optional<attached> attachment_of(event const& e) {
    if (!is_message(e)) return std::nullopt;
    attached found;
    found.msgtype = e.content_text("msgtype");
    auto const& type = found.msgtype;
    if (type != "m.image" && type != "m.file" && type != "m.audio" && type != "m.video") return std::nullopt;
    found.uri = place_in(e.content(), "url", "file", found.secret);
    if (found.uri.empty()) return std::nullopt;
    auto const body = std::string(e.content_text("body"));
    auto const name = std::string(e.content_text("filename"));
    found.file_name = safe_file_name(name.empty() ? body : name);
    if (!name.empty() && name != body) found.caption = body;
    if (auto const* info = base::find_object(e.content(), "info")) read_info(*info, found);
    return found;
}

asio::awaitable<result<event_id>> room::send_attachment(attachment what) const {
    return send_event("m.room.message", what.content(), what.idempotency_key());
}

}  // namespace chatrixcd::matrix
