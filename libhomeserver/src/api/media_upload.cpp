// SPDX-License-Identifier: Apache-2.0
// Uploads (client-server API, "Content repository"): at once, or an id first and the content later.
#include <boost/json/object.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <chatrixcd/base/worker_pool.hpp>

#include "api/endpoints.hpp"
#include "api/media.hpp"
#include "api/refusal.hpp"
#include "media/content_store.hpp"
#include "store/media.hpp"

namespace chatrixcd::homeserver {

namespace asio = boost::asio;
namespace json = boost::json;
using base::http::method;

namespace {

constexpr std::size_t id_length = 24;
constexpr std::size_t most_name_bytes = 255;
constexpr std::int64_t most_awaited = 100;

json::object uri_of(service const& in, std::string const& id) {
    json::object body;
    body["content_uri"] = "mxc://" + in.server.name.str() + "/" + id;
    return body;
}

// What the request says of its content, of which the digest is still to come.
result<media_row> describe(service const& in, call const& c) {
    auto const& http = c.request.http;
    if (http.body.size() > in.options.max_upload) {
        return error(error_kind::too_large, "a file may have " + std::to_string(in.options.max_upload) + " bytes here");
    }
    media_row row;
    row.user = c.user.str();
    row.size = static_cast<std::int64_t>(http.body.size());
    row.content_type = http.headers.get("Content-Type");
    row.file_name = c.query("filename");
    if (row.file_name && row.file_name->size() > most_name_bytes) return bad_request("M_TOO_LARGE", "the file's name is too long");
    return row;
}

// Puts the content into its store; returns its digest.
asio::awaitable<std::string> keep(service& in, std::string content) {
    auto put = [&store = *in.content, content = std::move(content)] {
        auto digest = digest_of(content);
        store.put(digest, content);
        return digest;
    };
    co_return co_await base::offload(*in.options.workers, std::move(put));
}

asio::awaitable<result<answer>> upload(service& in, call c) {
    auto identified = co_await in.identify(std::move(c));
    if (!identified) co_return identified.error();
    c = std::move(identified.value());
    auto row = describe(in, c);
    if (!row) co_return row.error();
    auto content = std::exchange(c.request.http.body, {});
    row.value().digest = co_await keep(in, std::move(content));
    row.value().id = in.options.random_source->token(id_length);
    service::work insert = [&in, row = std::move(row.value())](step& s, call&) mutable {
        row.created_at = s.now;
        insert_media(s.db, row);
        return result<answer>(answer(uri_of(in, row.id)));
    };
    co_return co_await in.run(access::user, std::move(c), std::move(insert));
}

asio::awaitable<result<answer>> make_id(service& in, call c) {
    c.fresh = in.options.random_source->token(id_length);
    service::work insert = [&in](step& s, call& asked) -> result<answer> {
        if (count_awaited(s.db, asked.user.str(), s.now - media_id_lifetime.count()) >= most_awaited) {
            return too_fast(std::chrono::minutes(1));
        }
        media_row row;
        row.id = asked.fresh;
        row.user = asked.user.str();
        row.created_at = s.now;
        insert_media(s.db, row);
        auto body = uri_of(in, row.id);
        body["unused_expires_at"] = s.now + media_id_lifetime.count();
        return answer(std::move(body));
    };
    co_return co_await in.run(access::user, std::move(c), std::move(insert));
}

// Whether the caller may upload to the id in the path.
result<answer> check_awaited(step& s, call& c) {
    auto const row = find_media(s.db, c.parameter("media"));
    if (c.parameter("server") != s.server.name.str() || !row) return not_found("there is no such media id");
    if (row->user != c.user.str()) return forbidden("somebody else made this media id");
    if (row->digest) {
        return error(error_kind::conflict, "this media id has its content").with_status(409).with_errcode("M_CANNOT_OVERWRITE_MEDIA");
    }
    if (row->created_at + media_id_lifetime.count() <= s.now) return not_found("this media id has expired");
    return answer();
}

asio::awaitable<result<answer>> upload_to_id(service& in, call c) {
    auto const shared = std::make_shared<call>(std::move(c));
    // Checked before the content is kept, and again with it: another request may come in between.
    service::work check = [shared](step& s, call& asked) {
        auto allowed = check_awaited(s, asked);
        *shared = std::move(asked);
        return allowed;
    };
    auto asked = std::move(*shared);
    auto allowed = co_await in.run(access::user, std::move(asked), std::move(check));
    if (!allowed) co_return allowed.error();
    auto row = describe(in, *shared);
    if (!row) co_return row.error();
    auto content = std::exchange(shared->request.http.body, {});
    row.value().digest = co_await keep(in, std::move(content));
    row.value().id = shared->parameter("media");
    service::work fill = [row = std::move(row.value())](step& s, call& again) -> result<answer> {
        auto still = check_awaited(s, again);
        if (!still) return still.error();
        fill_media(s.db, row);
        s.wake(media_key(row.id));
        return answer();
    };
    co_return co_await in.run(access::user, std::move(*shared), std::move(fill));
}

}  // namespace

void add_media_upload(service& to) {
    for (std::string const version : {"v3", "r0"}) {
        to.add_coroutine(method::post, "/_matrix/media/" + version + "/upload", body_rule::raw,
                         [&to](call c) { return upload(to, std::move(c)); });
    }
    to.add_coroutine(method::post, "/_matrix/media/v1/create", body_rule::optional, [&to](call c) { return make_id(to, std::move(c)); });
    to.add_coroutine(method::put, "/_matrix/media/v3/upload/{server}/{media}", body_rule::raw,
                     [&to](call c) { return upload_to_id(to, std::move(c)); });
}

}  // namespace chatrixcd::homeserver
