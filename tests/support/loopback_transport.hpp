// SPDX-License-Identifier: Apache-2.0
// A network of one server without a socket: requests go straight to its handler, unless a fault is asked for.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <string>
#include <utility>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/http.hpp>
#include <chatrixcd/base/http_bodies.hpp>
#include <chatrixcd/base/timeout.hpp>

namespace chatrixcd::test {

// What happens to one request.
class fault {
public:
    enum class kind { none, drop_before, drop_after, answer };

    static fault none() { return fault(kind::none); }
    // It never reaches the server.
    static fault drop_before() { return fault(kind::drop_before); }
    // The server executes it, the answer is lost.
    static fault drop_after() { return fault(kind::drop_after); }
    // The server does not see it; the client gets this answer.
    static fault answer(base::http::response instead) {
        fault f(kind::answer);
        f.instead = std::move(instead);
        return f;
    }
    static fault rate_limited(unsigned seconds) {
        base::http::response refusal(429, R"({"errcode":"M_LIMIT_EXCEEDED","error":"slow down"})");
        refusal.headers.set("Retry-After", std::to_string(seconds));
        return answer(std::move(refusal));
    }
    static fault server_error(unsigned status = 502) { return answer(base::http::response(status, "<html>", "text/html")); }
    fault after(base::duration waiting) && {
        delay = waiting;
        return std::move(*this);
    }

    explicit fault(kind k) : what(k) {}
    kind what;
    base::duration delay{0};
    base::http::response instead;
};

class loopback_transport final : public base::http::transport {
public:
    // Both must outlive it.
    loopback_transport(base::clock& time, base::http::handler& server) : time_(&time), server_(&server) {}

    // Asked for each request; its URL is path and query.
    std::function<fault(base::http::request const&)> faults;
    // Told what the server did with each request that reached it.
    std::function<void(base::http::request const&, base::http::response const&)> observer;

    boost::asio::awaitable<base::result<base::http::response>> send(base::http::request r) override {
        auto const scheme = r.url.find("://");
        auto const path = scheme == std::string::npos ? std::string::npos : r.url.find('/', scheme + 3);
        r.url = path == std::string::npos ? "/" : r.url.substr(path);
        r.remote = "127.0.0.1";
        auto const limit = r.timeout;
        auto answer = co_await base::with_timeout(*time_, carry(std::move(r)), limit);
        if (!answer) co_return base::error(base::error_kind::timeout_unknown, "no answer in time");
        co_return std::move(*answer);
    }

private:
    // The faults, the server and the observer see a streamed body as any other.
    boost::asio::awaitable<base::result<base::http::response>> carry(base::http::request r) {
        auto const sink = r.sink;
        auto const max_response = r.max_response;
        auto whole = co_await base::http::gather_body(std::move(r));
        if (!whole) co_return whole.error();
        auto answer = co_await exchange(std::move(*whole));
        if (!answer) co_return answer.error();
        co_return co_await base::http::deliver_body(std::move(*answer), sink, max_response);
    }

    boost::asio::awaitable<base::result<base::http::response>> exchange(base::http::request r) {
        auto const fate = faults ? faults(r) : fault::none();
        co_await time_->sleep(fate.delay);
        if (fate.what == fault::kind::drop_before) co_return base::error(base::error_kind::unavailable, "not connected");
        if (fate.what == fault::kind::answer) co_return fate.instead;
        auto const seen = r;
        auto answer = co_await server_->handle(std::move(r));
        if (observer) observer(seen, answer);
        if (fate.what == fault::kind::drop_after) co_return base::error(base::error_kind::timeout_unknown, "the answer was lost");
        co_return answer;
    }

    base::clock* time_;
    base::http::handler* server_;
};

}  // namespace chatrixcd::test
