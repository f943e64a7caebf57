// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <chatrixcd/base/http_bodies.hpp>
#include <chatrixcd/base/http_files.hpp>
#include <chatrixcd/matrix/media.hpp>

#include "client/runtime.hpp"
#include "http/answer.hpp"
#include "media/ciphering.hpp"
#include "media/hashing.hpp"
#include "media/headers.hpp"
#include "media/limits.hpp"
#include "requests/ask.hpp"
#include "requests/exchange.hpp"

namespace chatrixcd::matrix {

namespace asio = boost::asio;
using detail::call;
using detail::path_below;
using detail::runtime;

namespace {

constexpr std::string_view newer_root = "/_matrix/client/v1/media";
constexpr std::string_view older_root = "/_matrix/media/v3";
constexpr std::uint64_t most_in_memory = 64U << 20U;
constexpr std::uint64_t most_in_file = 4ULL << 30U;
constexpr unsigned largest_side = 4096;

// The same request by the newer and by the older path.
struct paths {
    call newer;
    call older;
};

paths both(std::string_view verb, mxc_uri const& what) {
    return {call::get(path_below(newer_root, {verb, what.server().str(), what.media_id()})),
            call::get(path_below(older_root, {verb, what.server().str(), what.media_id()})).query("allow_redirect", "false")};
}

call query(call request, std::string const& name, std::string const& value) { return std::move(request).query(name, value); }

void add(paths& to, std::string const& name, std::string const& value) {
    to.newer = query(std::move(to.newer), name, value);
    to.older = query(std::move(to.older), name, value);
}

// What is to be hashed is what lies there, encrypted.
std::shared_ptr<base::http::body_sink> deciphered(std::shared_ptr<base::http::body_sink> to, download const& how) {
    if (!how.encryption()) return to;
    return std::make_shared<detail::decrypting_sink>(std::move(to), *how.encryption());
}

result<void> check_encryption(download const& how) {
    if (!how.encryption() || how.encryption()->is_usable()) return {};
    return error(error_kind::invalid, "the key, the counter or the hash of what is to be decrypted has not its size");
}

call prepared(call request, download const& how, std::uint64_t most, std::shared_ptr<detail::hashing_sink> const& sink) {
    return std::move(request)
        .query("timeout_ms", std::to_string(how.patience().count()))
        .timeout(detail::time_for(most) + how.patience())
        .max_response(most)
        .sink_to(sink)
        .named("the download");
}

error redirected(unsigned status) {
    return error(error_kind::protocol, "the download was answered with a redirect, which is not followed").with_status(status);
}

detail::movement watching(std::shared_ptr<detail::hashing_sink> const& sink, download const& how) {
    return detail::movement([sink] { return sink->moved(); }, detail::longest_stall + how.patience());
}

result<void> refusal_of(base::http::response const& said) {
    if (said.status >= 200 && said.status < 300) return {};
    if (said.status >= 300 && said.status < 400) return redirected(said.status);
    auto const read = detail::read_answer(said, "the download");
    if (read) return {};
    auto const& why = read.error();
    if (why.errcode() != "M_NOT_YET_UPLOADED") return why;
    return error(error_kind::unavailable, "the content is not uploaded yet")
        .with_status(why.http_status())
        .with_errcode(why.errcode())
        .with_server_text(why.server_text());
}

asio::awaitable<result<base::http::response>> one(runtime& of, call request, detail::movement const& watched) {
    auto response = co_await exchange(of, std::move(request), watched);
    if (!response) co_return response.error();
    auto const refused = refusal_of(*response);
    if (!refused) co_return refused.error();
    co_return response;
}

// By the newer path, if the homeserver knows it.
asio::awaitable<result<base::http::response>> fetch(runtime& of, call newer, call older, detail::movement watched) {
    if (auto const ready = of.ready(); !ready) co_return ready.error();
    constexpr auto which = feature::authenticated_media;
    if (!of.features().is_missing(which, of.uptime())) {
        auto answer = co_await one(of, std::move(newer), watched);
        if (answer || !detail::is_unknown_endpoint(answer.error())) co_return answer;
        of.features().miss(which, answer.error(), of.uptime());
    }
    co_return co_await one(of, std::move(older), watched);
}

bool is_digest(std::string_view text, std::string_view wanted) {
    auto const small = [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c; };
    return std::equal(text.begin(), text.end(), wanted.begin(), wanted.end(), [&](char a, char b) { return a == small(b); });
}

// What came, if it is what was expected.
result<downloaded> arrived(base::http::response const& said, download const& how, detail::hashing_sink& sink) {
    downloaded got;
    got.size = sink.size();
    got.sha256 = sink.digest();
    if (!how.expected().empty() && !is_digest(got.sha256, how.expected())) {
        return error(error_kind::protocol, "the content is not what was expected: its SHA-256 is " + got.sha256);
    }
    got.mime_type = said.headers.get("Content-Type").value_or("application/octet-stream");
    got.file_name = safe_file_name(detail::disposition_name(said.headers.get("Content-Disposition").value_or(std::string())));
    return got;
}

asio::awaitable<result<downloaded>> to_memory(runtime& of, paths from, download how) {
    if (auto const usable = check_encryption(how); !usable) co_return usable.error();
    auto const most = how.bound().value_or(most_in_memory);
    auto const memory = std::make_shared<base::http::string_sink>();
    auto const sink = std::make_shared<detail::hashing_sink>(deciphered(memory, how));
    auto newer = prepared(std::move(from.newer), how, most, sink);
    auto older = prepared(std::move(from.older), how, most, sink);
    auto const said = co_await fetch(of, std::move(newer), std::move(older), watching(sink, how));
    if (!said) co_return said.error();
    auto got = arrived(*said, how, *sink);
    if (got) got->content = memory->content();
    co_return got;
}

asio::awaitable<result<downloaded>> to_file(runtime& of, paths from, std::string path, download how) {
    if (auto const ready = of.ready(); !ready) co_return ready.error();
    if (auto const usable = check_encryption(how); !usable) co_return usable.error();
    auto const most = how.bound().value_or(most_in_file);
    auto file = base::http::open_file_sink(std::move(path), of.workers());
    if (!file) co_return file.error();
    auto const sink = std::make_shared<detail::hashing_sink>(deciphered(*file, how));
    auto newer = prepared(std::move(from.newer), how, most, sink);
    auto older = prepared(std::move(from.older), how, most, sink);
    auto const said = co_await fetch(of, std::move(newer), std::move(older), watching(sink, how));
    if (!said) co_return said.error();
    auto got = arrived(*said, how, *sink);
    if (!got) co_return got;
    auto const kept = co_await (*file)->commit();
    if (!kept) co_return kept.error();
    co_return got;
}

}  // namespace

download download::at_most(std::uint64_t bytes) && {
    most_ = bytes;
    return std::move(*this);
}

download download::expecting(std::string sha256) && {
    sha256_ = std::move(sha256);
    return std::move(*this);
}

download download::decrypting(encrypted_file const& what) && {
    encryption_ = what;
    return std::move(*this);
}

download download::waiting(base::duration limit) && {
    patience_ = std::max(limit, base::duration(0));
    return std::move(*this);
}

thumbnail::thumbnail(unsigned width, unsigned height)
    : width_(std::clamp(width, 1U, largest_side)), height_(std::clamp(height, 1U, largest_side)) {}

thumbnail thumbnail::cropped() && {
    cropped_ = true;
    return *this;
}

thumbnail thumbnail::animated() && {
    animated_ = true;
    return *this;
}

asio::awaitable<result<downloaded>> media::get(mxc_uri what, download how) const {
    return to_memory(*runtime_, both("download", what), std::move(how));
}

asio::awaitable<result<downloaded>> media::save(mxc_uri what, std::string path, download how) const {
    return to_file(*runtime_, both("download", what), std::move(path), std::move(how));
}

asio::awaitable<result<downloaded>> media::get_thumbnail(mxc_uri what, thumbnail size, download how) const {
    auto from = both("thumbnail", what);
    add(from, "width", std::to_string(size.width()));
    add(from, "height", std::to_string(size.height()));
    add(from, "method", size.is_cropped() ? "crop" : "scale");
    if (size.is_animated()) add(from, "animated", "true");
    return to_memory(*runtime_, std::move(from), std::move(how));
}

}  // namespace chatrixcd::matrix
