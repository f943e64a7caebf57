// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/base/http_bodies.hpp>
#include <chatrixcd/base/http_files.hpp>
#include <chatrixcd/base/retry.hpp>
#include <chatrixcd/matrix/media.hpp>

#include "client/runtime.hpp"
#include "http/answer.hpp"
#include "media/ciphering.hpp"
#include "media/hashing.hpp"
#include "media/limits.hpp"
#include "requests/ask.hpp"
#include "requests/read.hpp"

namespace chatrixcd::matrix {

namespace asio = boost::asio;
namespace json = boost::json;
using detail::call;
using detail::path_below;
using detail::runtime;
using detail::text_of;

namespace {

using limit = std::optional<std::uint64_t>;

constexpr std::string_view media_v3 = "/_matrix/media/v3";
constexpr std::string_view media_v1 = "/_matrix/media/v1";

asio::awaitable<result<limit>> ask_limit(runtime& of) {
    if (auto const ready = of.ready(); !ready) co_return ready.error();
    auto& memory = of.features();
    if (auto const known = memory.upload_limit(of.uptime())) co_return *known;
    auto newer = call::get("/_matrix/client/v1/media/config").named("asking for the upload limit");
    auto older = call::get(path_below(media_v3, {"config"})).named("asking for the upload limit");
    auto const said = co_await ask(of, feature::media_config, std::move(newer), std::move(older));
    if (!said && said.error().kind() != error_kind::unsupported) co_return said.error();
    limit most;
    if (said) {
        auto const size = base::find_integer(*said, "m.upload.size");
        if (size && *size >= 0) most = static_cast<std::uint64_t>(*size);
    }
    memory.learn_upload_limit(most, of.uptime());
    co_return most;
}

result<std::shared_ptr<base::http::body_source>> open(runtime& of, upload const& what) {
    if (what.source()) return what.source();
    return base::http::open_file_source(what.path(), of.workers());
}

// What the content is encrypted with, if it is.
std::optional<encrypted_file> key_for(runtime& of, upload const& what) {
    if (!what.is_encrypted()) return std::nullopt;
    return encrypted_file::make(of.with().random);
}

error over(std::uint64_t size, std::uint64_t most) {
    return error(error_kind::too_large, "the upload has " + std::to_string(size) + " bytes, the homeserver takes " + std::to_string(most));
}

// What is to be sent, once it is known that it may be.
asio::awaitable<result<std::shared_ptr<detail::hashing_source>>> prepare(runtime& of, upload const& what,
                                                                         std::optional<encrypted_file> const& key) {
    auto source = open(of, what);
    if (!source) co_return source.error();
    auto const most = co_await ask_limit(of);
    // Without an answer the homeserver refuses by itself.
    if (!most && most.error().kind() == error_kind::unavailable) co_return most.error();
    auto const size = (*source)->size();
    if (most && *most && size > **most) co_return over(size, **most);
    if (key) *source = std::make_shared<detail::encrypting_source>(std::move(*source), *key);
    co_return std::make_shared<detail::hashing_source>(std::move(*source));
}

call with_content(call request, upload const& what, std::shared_ptr<detail::hashing_source> const& source) {
    auto const type = what.is_encrypted() ? "application/octet-stream" : what.mime_type();
    auto made = std::move(request).body_from(source, type).timeout(detail::time_for(source->size())).named("the upload");
    if (!what.file_name().empty() && !what.is_encrypted()) made = std::move(made).query("filename", what.file_name());
    return made;
}

uploaded sent(mxc_uri uri, upload const& what, detail::hashing_source& source, std::optional<encrypted_file> key) {
    uploaded made;
    made.uri = std::move(uri);
    made.size = source.size();
    made.sha256 = source.digest();
    made.mime_type = what.mime_type();
    made.file_name = what.file_name();
    if (key) {
        key->uri = made.uri;
        key->sha256 = made.sha256;
        made.secret = std::move(key);
    }
    return made;
}

result<mxc_uri> uri_from(json::object const& answer) {
    auto uri = mxc_uri::parse(text_of(answer, "content_uri"));
    if (!uri) return detail::incomplete("the homeserver's answer has no mxc:// URI");
    return uri;
}

asio::awaitable<result<uploaded>> send(runtime& of, upload what) {
    if (auto const ready = of.ready(); !ready) co_return ready.error();
    auto key = key_for(of, what);
    auto source = co_await prepare(of, what, key);
    if (!source) co_return source.error();
    auto request = with_content(call::post(path_below(media_v3, {"upload"})), what, *source);
    auto const answer = co_await ask(of, std::move(request));
    if (!answer) co_return answer.error();
    auto uri = uri_from(*answer);
    if (!uri) co_return uri.error();
    co_return sent(std::move(*uri), what, **source, std::move(key));
}

// A homeserver that says "it has content" after an answer of its own was lost speaks of ours.
asio::awaitable<result<void>> fill_once(runtime& of, call request) {
    base::retry attempts(of.with().random, of.with().time);
    bool perhaps_done = false;
    for (;;) {
        auto const answer = co_await of.api().once(request);
        if (answer) co_return result<void>();
        auto const& why = answer.error();
        if (perhaps_done && why.errcode() == "M_CANNOT_OVERWRITE_MEDIA") co_return result<void>();
        perhaps_done = perhaps_done || why.kind() == error_kind::timeout_unknown;
        auto const delay = attempts.next(why, /*repeatable=*/true);
        if (!delay) co_return why;
        co_await of.with().time.sleep(*delay);
    }
}

asio::awaitable<result<uploaded>> fill_in(runtime& of, mxc_uri where, upload what) {
    if (auto const ready = of.ready(); !ready) co_return ready.error();
    auto key = key_for(of, what);
    auto source = co_await prepare(of, what, key);
    if (!source) co_return source.error();
    auto request = with_content(call::put(path_below(media_v3, {"upload", where.server().str(), where.media_id()})), what, *source);
    auto const done = co_await fill_once(of, std::move(request));
    if (!done) co_return done.error();
    co_return sent(std::move(where), what, **source, std::move(key));
}

result<reserved_media> reserved_from(json::object const& answer) {
    auto uri = uri_from(answer);
    if (!uri) return uri.error();
    reserved_media made;
    made.uri = std::move(*uri);
    if (auto const at = base::find_integer(answer, "unused_expires_at")) made.unused_until = base::time_point(base::duration(*at));
    return made;
}

}  // namespace

upload upload::memory(std::string content) { return from(base::http::make_string_source(std::move(content))); }

upload upload::file(std::string path) {
    upload made;
    made.name_ = safe_file_name(path);
    made.path_ = std::move(path);
    return made;
}

upload upload::from(std::shared_ptr<base::http::body_source> source) {
    upload made;
    made.source_ = std::move(source);
    return made;
}

upload upload::type(std::string mime_type) && {
    type_ = std::move(mime_type);
    return std::move(*this);
}

upload upload::name(std::string file_name) && {
    name_ = safe_file_name(file_name);
    return std::move(*this);
}

upload upload::encrypted() && {
    encrypted_ = true;
    return std::move(*this);
}

asio::awaitable<result<limit>> media::upload_limit() const { return ask_limit(*runtime_); }
asio::awaitable<result<uploaded>> media::upload(matrix::upload what) const { return send(*runtime_, std::move(what)); }

asio::awaitable<result<reserved_media>> media::reserve() const {
    auto request = call::post(path_below(media_v1, {"create"})).named("reserving a place for content");
    return detail::ask_for<reserved_media>(*runtime_, feature::async_upload, std::move(request), reserved_from);
}

asio::awaitable<result<uploaded>> media::fill(mxc_uri where, matrix::upload what) const {
    return fill_in(*runtime_, std::move(where), std::move(what));
}

media client::media() const { return matrix::media(*runtime_); }

}  // namespace chatrixcd::matrix
