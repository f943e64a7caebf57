// SPDX-License-Identifier: Apache-2.0
#include "live_wire.hpp"

#include <utility>

#include "answers.hpp"
#include "live_view.hpp"

namespace chatrixcd::semaphore::testing {

namespace http = base::http;
using boost::asio::awaitable;

namespace {

base::error gone(std::string const& why) { return base::error(base::error_kind::unavailable, why); }

class live_socket final : public http::websocket {
public:
    explicit live_socket(live_desk& to) : desk_(to), cuts_(to.cuts), view_(to) { ++desk_.open; }
    ~live_socket() override { --desk_.open; }

    awaitable<base::result<std::string>> receive() override {
        while (!closed_ && cuts_ == desk_.cuts) {
            for (auto const& each : desk_.tasks) each->advance(desk_.time.now(), desk_.as);
            view_.look();
            if (view_.waiting() > most_live_waiting) closed_ = true;
            if (view_.waiting() > 0 && !closed_) co_return view_.take();
            co_await desk_.time.sleep(live_looks_every);
        }
        co_return gone("the peer closed the WebSocket");
    }
    base::result<void> send(std::string said) override {
        if (said.size() > most_said) closed_ = true;
        if (closed_) return gone("the WebSocket is closed");
        return {};
    }
    void close() override { closed_ = true; }

private:
    live_desk& desk_;
    int cuts_;
    live_view view_;
    bool closed_ = false;
};

class live_dialer final : public http::websocket_dialer {
public:
    explicit live_dialer(live_desk& to) : desk_(to) {}

    awaitable<base::result<http::websocket_answer>> open(http::request r) override {
        http::websocket_answer answer;
        if (auto refused = desk_.refusal(r)) {
            answer.refusal = std::move(*refused);
        } else {
            answer.socket = std::make_unique<live_socket>(desk_);
        }
        co_return answer;
    }

private:
    live_desk& desk_;
};

}  // namespace

std::optional<http::response> live_desk::refusal(http::request const& r) const {
    if (path_in(r.url) != below + "/api/ws") return http::response(404, "Not Found\n", "text/plain; charset=utf-8");
    if (is_refusing) return http::response(400, "Bad Request\n", "text/plain; charset=utf-8");
    if (!accepts(r.headers.get("Authorization").value_or(""))) return http::response(401);
    return std::nullopt;
}

std::unique_ptr<http::websocket_dialer> make_live_dialer(live_desk& to) { return std::make_unique<live_dialer>(to); }

}  // namespace chatrixcd::semaphore::testing
