// SPDX-License-Identifier: Apache-2.0
#include "live_wire.hpp"

#include <utility>

namespace chatrixcd::semaphore::testing {

namespace http = base::http;
using boost::asio::awaitable;

namespace {

constexpr base::duration looks_every{50};
// Of one connection; who is slower is cut.
constexpr std::size_t most_waiting = 256;

base::error gone(std::string const& why) { return base::error(base::error_kind::unavailable, why); }

class live_socket final : public http::websocket {
public:
    explicit live_socket(live_desk& to) : desk_(to), cuts_(to.cuts), view_(to.tasks, to.time.now(), to.as) { ++desk_.open; }
    ~live_socket() override { --desk_.open; }

    awaitable<base::result<std::string>> receive() override {
        while (!closed_ && cuts_ == desk_.cuts) {
            for (auto const& each : desk_.tasks) each->advance(desk_.time.now(), desk_.as);
            view_.look(desk_.tasks, desk_.time.now(), desk_.as);
            if (view_.waiting() > most_waiting) closed_ = true;
            if (view_.waiting() > 0 && !closed_) co_return view_.take();
            co_await desk_.time.sleep(looks_every);
        }
        co_return gone("the peer closed the WebSocket");
    }
    base::result<void> send(std::string) override {
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
    live_dialer(live_desk& to, std::string token) : desk_(to), token_(std::move(token)) {}

    awaitable<base::result<http::websocket_answer>> open(http::request r) override {
        http::websocket_answer answer;
        bool const is_known = r.headers.get("Authorization") == "Bearer " + token_;
        if (!r.url.ends_with("/api/ws")) {
            answer.refusal = http::response(404, "Not Found\n", "text/plain; charset=utf-8");
        } else if (desk_.is_refusing) {
            answer.refusal = http::response(400, "Bad Request\n", "text/plain; charset=utf-8");
        } else if (!is_known) {
            answer.refusal = http::response(401);
        } else {
            answer.socket = std::make_unique<live_socket>(desk_);
        }
        co_return answer;
    }

private:
    live_desk& desk_;
    std::string token_;
};

}  // namespace

std::unique_ptr<http::websocket_dialer> make_live_dialer(live_desk& to, std::string token) {
    return std::make_unique<live_dialer>(to, std::move(token));
}

}  // namespace chatrixcd::semaphore::testing
