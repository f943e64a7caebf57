// SPDX-License-Identifier: Apache-2.0
// Downloads (client-server API, "Content repository"): with a token, and for older clients without. Images are not scaled: a thumbnail is
// the image itself, which the specification permits.
#include <algorithm>
#include <boost/json/object.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <chatrixcd/base/timeout.hpp>
#include <chatrixcd/base/worker_pool.hpp>

#include "api/endpoints.hpp"
#include "api/media.hpp"
#include "api/refusal.hpp"
#include "media/content_headers.hpp"
#include "media/content_store.hpp"
#include "store/media.hpp"

namespace chatrixcd::homeserver {

namespace asio = boost::asio;
namespace json = boost::json;
using base::http::method;

namespace {

constexpr std::int64_t usual_wait_ms = 20000;
constexpr std::int64_t longest_wait_ms = 60000;

enum class wanted : std::uint8_t { whole, thumbnail };

asio::awaitable<result<media_row>> find_row(service& in, std::string server, std::string id) {
    auto const found = std::make_shared<media_row>();
    std::function<result<answer>(step&)> find = [found, server = std::move(server), id = std::move(id)](step& s) -> result<answer> {
        auto row = find_media(s.db, id);
        bool const expired = row && !row->digest && row->created_at + media_id_lifetime.count() <= s.now;
        if (server != s.server.name.str() || !row || expired) return not_found("there is no such media");
        *found = std::move(*row);
        return answer();
    };
    auto done = co_await in.run(std::move(find));
    if (!done) co_return done.error();
    co_return std::move(*found);
}

// Waits for content that is to come.
asio::awaitable<result<media_row>> find_with_content(service& in, call const& c, base::duration deadline) {
    auto& clock = *in.options.time_source;
    auto const id = c.parameter("media");
    hub::keys const keys{media_key(id)};
    while (true) {
        auto const mark = in.wakeups.now();
        auto row = co_await find_row(in, c.parameter("server"), id);
        if (!row || row.value().digest) co_return row;
        bool const over = in.wakeups.stopped() || clock.uptime() >= deadline;
        if (over) {
            co_return error(error_kind::unavailable, "the content has not come yet").with_status(504).with_errcode("M_NOT_YET_UPLOADED");
        }
        if (in.wakeups.woken_since(mark, keys)) continue;
        hub::waiter waiter(in.wakeups, keys);
        static_cast<void>(co_await base::with_timeout(clock, waiter.wait(), deadline - clock.uptime()));
    }
}

result<void> check_thumbnail(call const& c) {
    for (auto const* side : {"width", "height"}) {
        if (!c.query(side)) return missing_param(std::string(side) + " is missing");
        auto const pixels = c.count(side, 0);
        if (!pixels) return pixels.error();
        if (pixels.value() == 0) return invalid_param(std::string(side) + " is no positive integer");
    }
    auto const how = c.query("method").value_or("scale");
    if (how != "scale" && how != "crop") return invalid_param("method is scale or crop");
    return {};
}

// `name`: as the file is to be called; none: as its uploader called it.
asio::awaitable<result<answer>> hand_out(service& in, call c, wanted what, std::optional<std::string> name) {
    auto wait = c.count("timeout_ms", usual_wait_ms);
    if (!wait) co_return wait.error();
    if (what == wanted::thumbnail) {
        if (auto good = check_thumbnail(c); !good) co_return good.error();
    }
    auto const deadline = in.options.time_source->uptime() + base::duration(std::min(wait.value(), longest_wait_ms));
    auto row = co_await find_with_content(in, c, deadline);
    if (!row) co_return row.error();
    auto& found = row.value();
    if (what == wanted::thumbnail && !found.content_type.value_or("").starts_with("image/")) {
        co_return bad_request("M_UNKNOWN", "there is no thumbnail of what is no image");
    }
    auto get = [&store = *in.content, digest = *found.digest] { return store.get(digest); };
    auto content = co_await base::offload(*in.options.workers, std::move(get));
    if (!content) co_return not_found("the content of this media is lost");
    if (!name) name = found.file_name;
    auto headers = content_headers(found.content_type, name);
    co_return answer::file(std::move(*content), std::move(headers));
}

asio::awaitable<result<answer>> hand_out_to_user(service& in, call c, wanted what, std::optional<std::string> name) {
    auto identified = co_await in.identify(std::move(c));
    if (!identified) co_return identified.error();
    co_return co_await hand_out(in, std::move(identified.value()), what, std::move(name));
}

void add_paths(service& to, std::string const& prefix, access who) {
    auto const add = [&](std::string const& path, wanted what, bool named) {
        to.add_coroutine(method::get, prefix + path, body_rule::none, [&to, who, what, named](call c) {
            std::optional<std::string> name;
            if (named) name = c.parameter("name");
            if (who == access::user) return hand_out_to_user(to, std::move(c), what, std::move(name));
            return hand_out(to, std::move(c), what, std::move(name));
        });
    };
    add("/download/{server}/{media}", wanted::whole, false);
    add("/download/{server}/{media}/{name}", wanted::whole, true);
    add("/thumbnail/{server}/{media}", wanted::thumbnail, false);
    auto const config = [size = to.options.max_upload](step&, call&) {
        json::object body;
        body["m.upload.size"] = size;
        return result<answer>(answer(std::move(body)));
    };
    to.add(method::get, prefix + "/config", access::user, body_rule::none, config);
}

}  // namespace

void add_media_download(service& to) {
    add_paths(to, "/_matrix/client/v1/media", access::user);
    if (!to.options.legacy_media) return;
    for (std::string const version : {"v3", "r0", "v1"}) add_paths(to, "/_matrix/media/" + version, access::anybody);
}

}  // namespace chatrixcd::homeserver
