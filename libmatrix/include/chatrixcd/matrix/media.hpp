// SPDX-License-Identifier: Apache-2.0
// Files, images and sounds at the homeserver (client-server API, "Content repository"). A handle: cheap to copy, must not outlive its
// client, used on the client's executor.
//
// Nothing is held in memory whole unless one asks for it: uploads from files and downloads to files go in pieces of 64 KiB. What is up
// there can be read by every user of the homeserver who knows its URI. What comes down was written by others: names are cleaned, sizes
// bounded, content is bytes and not looked into.
//
// Paths: the authenticated ones (v1.11) first; homeservers that do not know them get the older ones. Redirects are not followed.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/json/fwd.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/http.hpp>
#include <chatrixcd/matrix/encrypted_file.hpp>
#include <chatrixcd/matrix/mxc.hpp>

namespace chatrixcd::matrix {

namespace detail {
class runtime;
}

// What to upload. Not an aggregate on purpose: a braced temporary in a co_await statement is miscompiled by GCC 12.
class upload {
public:
    static upload memory(std::string content);
    // Read while it is sent; it must not change meanwhile. Its own name is the default for name().
    static upload file(std::string path);
    // Anything else: must know its size, and give the same again for another attempt.
    static upload from(std::shared_ptr<base::http::body_source> source);

    // "image/png"; "application/octet-stream" by default.
    upload type(std::string mime_type) &&;
    // Encrypted on its way, under a key that uploaded::secret has and the homeserver has not: for encrypted rooms. The homeserver learns
    // neither type nor name.
    upload encrypted() &&;
    // What people who save it see; cleaned by safe_file_name(). None by default.
    upload name(std::string file_name) &&;

    std::string const& mime_type() const noexcept { return type_; }
    std::string const& file_name() const noexcept { return name_; }
    bool is_encrypted() const noexcept { return encrypted_; }
    std::string const& path() const noexcept { return path_; }
    std::shared_ptr<base::http::body_source> const& source() const noexcept { return source_; }

private:
    upload() = default;

    std::string path_;
    std::shared_ptr<base::http::body_source> source_;
    std::string type_ = "application/octet-stream";
    std::string name_;
    bool encrypted_ = false;
};

// What was uploaded: the URI, and what was sent.
struct uploaded {
    mxc_uri uri;
    std::uint64_t size = 0;
    std::string sha256;  // of the bytes that left, as 64 hexadecimal digits
    std::string mime_type;
    std::string file_name;
    std::optional<encrypted_file> secret;  // of upload::encrypted(): where it lies, and the key
};

// A place for content that comes later (MSC2246).
struct reserved_media {
    mxc_uri uri;
    std::optional<base::time_point> unused_until;  // when the homeserver gives it up
};

// How to download. As above.
class download {
public:
    download() = default;
    // More than this ends it with `too_large`: 64 MiB by default to memory, 4 GiB to a file.
    download at_most(std::uint64_t bytes) &&;
    // The content's SHA-256 as hexadecimal digits: another content ends it with `protocol`, and nothing is left of it.
    download expecting(std::string sha256) &&;
    // The content is encrypted: what comes is decrypted on its way, and is only there if it has the hash that `what` says; expecting() is
    // not looked at. Error of the download: invalid (`what` is not usable), before anything is fetched.
    download decrypting(encrypted_file const& what) &&;
    // How long the homeserver may wait for content that is not uploaded yet (MSC2246): 20 s by default.
    download waiting(base::duration limit) &&;

    std::optional<std::uint64_t> const& bound() const noexcept { return most_; }
    std::string const& expected() const noexcept { return encryption_ ? encryption_->sha256 : sha256_; }
    std::optional<encrypted_file> const& encryption() const noexcept { return encryption_; }
    base::duration patience() const noexcept { return patience_; }

private:
    std::optional<std::uint64_t> most_;
    std::string sha256_;
    std::optional<encrypted_file> encryption_;
    base::duration patience_ = std::chrono::seconds(20);
};

struct downloaded {
    std::string content;  // empty if it went to a file
    std::uint64_t size = 0;
    std::string sha256;
    std::string mime_type;  // as the sender said: untrusted
    std::string file_name;  // cleaned; empty if none was said
};

// A smaller picture of a picture. As above.
class thumbnail {
public:
    // In pixels, 1 to 4096 each; the homeserver may give a larger one.
    thumbnail(unsigned width, unsigned height);
    // Fills the rectangle and cuts off what is over; by default it fits into it.
    thumbnail cropped() &&;
    thumbnail animated() &&;

    unsigned width() const noexcept { return width_; }
    unsigned height() const noexcept { return height_; }
    bool is_cropped() const noexcept { return cropped_; }
    bool is_animated() const noexcept { return animated_; }

private:
    unsigned width_;
    unsigned height_;
    bool cropped_ = false;
    bool animated_ = false;
};

class media {
public:
    explicit media(detail::runtime& of) : runtime_(&of) {}

    // The largest upload in bytes; nothing if the homeserver does not say. Asked for once a day. Idempotent.
    boost::asio::awaitable<result<std::optional<std::uint64_t>>> upload_limit() const;
    // Not repeated after a lost answer (timeout_unknown): the content may be up there, but under a URI that nobody knows. fill() can be.
    // Errors: too_large (over the limit: refused before anything is sent), not_found and environment (the file), forbidden.
    boost::asio::awaitable<result<uploaded>> upload(matrix::upload what) const;
    // Makes a URI now, for content that comes later. Not idempotent: unused ones run out by themselves. Errors: rate_limited (too many that
    // are unused), unsupported.
    boost::asio::awaitable<result<reserved_media>> reserve() const;
    // The content for it, once. Repeated after a lost answer; a second attempt that finds it filled has succeeded. Errors: as upload(), and
    // conflict (it has content already), not_found (it has run out).
    boost::asio::awaitable<result<uploaded>> fill(mxc_uri where, matrix::upload what) const;

    // To memory. Idempotent. Errors: not_found, too_large, forbidden, protocol (another content than expected), unavailable (not uploaded
    // yet).
    boost::asio::awaitable<result<downloaded>> get(mxc_uri what, download how = {}) const;
    // To a file: under a temporary name beside it, with mode 0600, until all is there and is what was expected; then it takes the place
    // of what was there. Idempotent. Errors as get(), and environment (the file).
    boost::asio::awaitable<result<downloaded>> save(mxc_uri what, std::string path, download how = {}) const;
    // To memory, at most 64 MiB or the bound. Idempotent. Errors as get(), and invalid (nothing that the homeserver can make smaller).
    boost::asio::awaitable<result<downloaded>> get_thumbnail(mxc_uri what, thumbnail size, download how = {}) const;

private:
    detail::runtime* runtime_;
};

// A name that can stand in a folder: the part behind the last slash or backslash, without control characters, leading dots and what
// Windows refuses, at most 200 bytes of UTF-8 with its ending kept; empty if nothing is left. Pure.
std::string safe_file_name(std::string_view said);

}  // namespace chatrixcd::matrix
