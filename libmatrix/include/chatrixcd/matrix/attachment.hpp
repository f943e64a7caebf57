// SPDX-License-Identifier: Apache-2.0
// A message that shows uploaded content (client-server API, "m.room.message msgtypes": m.image, m.file, m.audio, m.video), before it has
// become an event. Sent by room::send_attachment().
#pragma once

#include <boost/json/fwd.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <chatrixcd/matrix/event.hpp>
#include <chatrixcd/matrix/media.hpp>

namespace chatrixcd::matrix {

// In pixels.
struct picture_size {
    unsigned width = 0;
    unsigned height = 0;
};

// Not an aggregate on purpose: a braced temporary in a co_await statement is miscompiled by GCC 12.
class attachment {
public:
    static attachment file(uploaded const& content);
    static attachment image(uploaded const& content, picture_size size = {});
    static attachment audio(uploaded const& content, std::chrono::milliseconds length = {});
    static attachment video(uploaded const& content, picture_size size = {}, std::chrono::milliseconds length = {});
    // By the type of the content: "image/…", "audio/…", "video/…", else a file.
    static attachment of(uploaded const& content);

    // A smaller picture, uploaded by itself: of an image, a video or a file.
    attachment thumbnail(uploaded const& picture, picture_size size) &&;
    // Shown below it. The file's name alone without one.
    attachment caption(std::string words) &&;
    // As outgoing.
    attachment reply_to(event_id target) &&;
    attachment in_thread(event_id root) &&;
    attachment mention(user_id user) &&;
    attachment key(std::string idempotency_key) &&;

    std::string const& idempotency_key() const noexcept { return key_; }
    // The content of the event.
    boost::json::object content() const;

private:
    attachment(std::string msgtype, uploaded const& content) : msgtype_(std::move(msgtype)), content_(content) {}

    std::string msgtype_;
    uploaded content_;
    picture_size size_;
    std::chrono::milliseconds length_{0};
    std::optional<uploaded> thumbnail_;
    picture_size thumbnail_size_;
    std::string caption_;
    std::string key_;
    std::optional<event_id> reply_to_;
    std::optional<event_id> thread_;
    std::vector<user_id> mentions_;
};

// What a message of these types shows. Foreign, hence untrusted.
struct attached {
    std::string msgtype;
    mxc_uri uri;
    std::optional<encrypted_file> secret;  // for download::decrypting(); nothing: it lies there in clear
    std::string file_name;                 // cleaned by safe_file_name(); empty if none was said
    std::string caption;                   // empty if there is none
    std::string mime_type;
    std::optional<std::uint64_t> size;
    picture_size picture;
    std::chrono::milliseconds length{0};
    mxc_uri thumbnail;
    std::optional<encrypted_file> thumbnail_secret;
};

// Nothing if it is no such message, or its content is at no mxc:// URI, or encrypted in a way that is not known.
std::optional<attached> attachment_of(event const& e);

}  // namespace chatrixcd::matrix
