// SPDX-License-Identifier: Apache-2.0
#include "push/handler.hpp"

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

namespace chatrixcd::bot {
namespace {

using boost::asio::awaitable;
namespace http = base::http;

constexpr std::chrono::minutes told_at_most_every{1};

http::response done() { return http::response(200, "{}"); }

http::response failed(unsigned status, std::string const& why) {
    boost::json::object body;
    body["error"] = why;
    return http::response(status, boost::json::serialize(body));
}

unsigned status_for(base::error const& why) {
    switch (why.kind()) {
        case base::error_kind::unauthorized:
            return 401;
        case base::error_kind::rate_limited:
            return 429;
        default:
            return 400;
    }
}

}  // namespace

push_handler::push_handler(base::clock& time, base::logger log, std::vector<push_endpoint> endpoints)
    : time_(&time), log_(std::move(log)), endpoints_(std::move(endpoints)) {
    auto const webhook = [this](http::routed_request r) -> awaitable<http::response> { co_return take_webhook(r); };
    auto const alert = [this](http::routed_request r) -> awaitable<http::response> { co_return take_alert(r); };
    router_.add(http::method::post, "/push/{server}", webhook);
    router_.add(http::method::post, "/push/{server}/alert", alert);
    router_.add(http::method::post, "/push/{server}/message", alert);
}

awaitable<http::response> push_handler::handle(http::request r) {
    return router_.route(std::move(r), [](bool path_exists) {
        return path_exists ? failed(405, "only POST is taken here") : failed(404, "nothing is taken here");
    });
}

push_endpoint* push_handler::find(std::string const& server) {
    auto const it = std::ranges::find(endpoints_, server, &push_endpoint::server);
    return it == endpoints_.end() ? nullptr : &*it;
}

http::response push_handler::take_webhook(http::routed_request const& r) {
    auto* to = find(r.parameter("server"));
    if (to == nullptr || !to->webhooks) return failed(404, "no webhooks are taken here");
    auto const verified = to->webhooks->verify(r.http.headers, r.http.body, time_->now());
    auto const hint = semaphore::read_webhook(r.http.body);
    // Senders repeat what they have no answer to: it was taken, or was refused and is so again.
    if (!verified && verified.error().kind() == base::error_kind::conflict) return hint ? done() : refuse(400, hint.error(), r.http.remote);
    if (!verified) return refuse(status_for(verified.error()), verified.error(), r.http.remote);
    return take(*to, hint, r.http.remote);
}

http::response push_handler::take_alert(http::routed_request const& r) {
    auto* to = find(r.parameter("server"));
    if (to == nullptr || !to->takes_alerts) return failed(404, "no alerts are taken here");
    auto const token = r.query("token").value_or("");
    if (!to->alert_token.empty() && !base::equal_constant_time(token, to->alert_token.reveal())) {
        return refuse(401, base::error(base::error_kind::unauthorized, "the alert has not the token that is configured here"),
                      r.http.remote);
    }
    return take(*to, semaphore::read_alert(r.http.body), r.http.remote);
}

http::response push_handler::take(push_endpoint& to, base::result<semaphore::push_hint> const& hint, std::string const& from) {
    if (!hint) return refuse(400, hint.error(), from);
    log_.debug("a server was heard of", {{"server", to.server}, {"project", hint->project.value()}, {"task", hint->task.value()}});
    if (to.tell) to.tell(*hint);
    return done();
}

http::response push_handler::refuse(unsigned status, base::error const& why, std::string const& from) {
    auto const now = time_->uptime();
    if (last_told_ && now - *last_told_ < told_at_most_every) {
        ++untold_;
    } else {
        log_.warning("something was sent that is not taken", {{"from", from}, {"why", why.describe()}, {"others_before", untold_}});
        last_told_ = now;
        untold_ = 0;
    }
    return failed(status, why.message());
}

}  // namespace chatrixcd::bot
