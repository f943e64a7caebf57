// SPDX-License-Identifier: Apache-2.0
#include "crash/stage.hpp"

#include <stdlib.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <stdexcept>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/base/url.hpp>

#include "sim/whole_requests.hpp"
#include "support/run_coroutine.hpp"

namespace chatrixcd::test {

namespace asio = boost::asio;
namespace json = boost::json;
using base::http::method;

namespace {

// The loop has had nothing to do for so many turns, each so long: 90 seconds. Turns are counted, and no clock is asked: a machine that
// stands still for a while, or does much else, is no reason to give up.
constexpr int patience = 900;
constexpr std::chrono::milliseconds turn(100);

std::string key_of(base::http::request const& r) {
    if (r.verb != method::put || r.url.find("/send/") == std::string::npos) return {};
    auto const content = base::parse_json_object(r.body);
    return content ? base::find_string(*content, "org.chatrixcd.key").value_or("") : std::string();
}

}  // namespace

asio::awaitable<base::http::response> door::handle(base::http::request r) {
    if (other && r.url.starts_with(other_prefix)) co_return co_await other->handle(std::move(r));
    ++requests;
    if (r.url.find("/sync") != std::string::npos && r.url.find("timeout=30000") != std::string::npos) ++long_polls;
    auto const key = key_of(r);
    auto answer = co_await inner_.handle(std::move(r));
    if (!key.empty() && answer.status == 200) keys.insert(key);
    co_return answer;
}

stage::stage() {
    // Nobody here speaks TLS, and reading all the system's CAs would be most of a process's short life.
    ::setenv("SSL_CERT_FILE", "/dev/null", 1);
    ::setenv("SSL_CERT_DIR", "/dev/null", 1);
    homeserver::server_options how(*time, *entropy_);
    how.server_name = "test";
    how.make_runner = base::make_inline_store_runner;
    how.password_cost = 1;
    server_ = run_coroutine(loop, homeserver::server::open(loop.get_executor(), std::move(how))).value();
    entrance = std::make_unique<door>(*server_);
    listener_ = base::http::listen(loop.get_executor(), base::http::server_options(), *entrance).value();
    token_ = std::string(run_coroutine(loop, server_->register_user("ann", base::secret(password))).value().access_token.reveal());
    bot_token_ = std::string(run_coroutine(loop, server_->register_user("bot", base::secret(password))).value().access_token.reveal());
    json::object wish;
    wish["preset"] = "private_chat";
    wish["invite"] = json::array{bot};
    room_ = base::find_string(ask(method::post, "/createRoom", token_, std::move(wish)), "room_id").value();
    ask(method::post, "/rooms/" + base::percent_encode(room_) + "/join", bot_token_);
}

stage::~stage() {
    saying_.cancel();
    run_coroutine(loop, saying_.join());
    run_coroutine(loop, listener_->stop(std::chrono::milliseconds(0)));
    run_coroutine(loop, server_->stop());
}

std::string stage::url() const { return "http://127.0.0.1:" + std::to_string(listener_->port()); }

json::object stage::ask(method verb, std::string path, std::string token, json::object body) {
    return run_coroutine(loop, test::ask(*server_, verb, std::move(path), std::move(token), std::move(body)));
}

bool stage::run_until(std::function<bool()> const& done) {
    loop.restart();
    for (int idle = 0; !done();) {
        if (loop.run_one_for(turn) == 0 && ++idle >= patience) return false;
    }
    return true;
}

ending stage::run(life const& what, std::uint64_t fatal, std::function<bool()> const& done) {
    book_.clear(fatal);
    entrance->requests = 0;
    entrance->long_polls = 0;
    child process(loop, [&](int line) {
        mortal itself(book_, line);
        return what(*this, itself, line);
    });
    ending how;
    how.stuck = !run_until([&] { return process.has_ended() || done(); });
    if (!how.stuck) {
        process.ask_to_stop();
        how.stuck = !run_until([&] { return process.has_ended(); });
    }
    how.reached = book_.reached();
    how.last = book_.last();
    if (how.stuck) return how;
    how.died = process.was_killed();
    how.status = process.status();
    return how;
}

void stage::say(std::string text) {
    auto const number = said_.size();
    said_.emplace_back();
    auto work = [](stage& self, std::size_t place, std::string words) -> asio::awaitable<void> {
        json::object content;
        content["msgtype"] = "m.text";
        content["body"] = words;
        auto path = "/rooms/" + base::percent_encode(self.room_) + "/send/m.room.message/ann" + std::to_string(place);
        auto const answer = co_await test::ask(*self.server_, method::put, std::move(path), self.token_, std::move(content));
        self.said_[place] = base::find_string(answer, "event_id").value();
    };
    saying_.spawn(work(*this, number, std::move(text)));
    run_until([&] { return !said_[number].empty(); });
}

std::vector<json::object> stage::events(std::size_t since) {
    std::vector<json::object> found;
    std::string from;
    for (;;) {
        auto path = "/rooms/" + base::percent_encode(room_) + "/messages?dir=b&limit=50";
        if (!from.empty()) path += "&from=" + base::percent_encode(from);
        auto const page = ask(method::get, path, token_);
        for (auto const& event : *base::find_array(page, "chunk")) {
            found.push_back(event.as_object());
            if (since < said_.size() && base::find_string(found.back(), "event_id") == said_[since]) {
                std::reverse(found.begin(), found.end());
                return found;
            }
        }
        auto const end = base::find_string(page, "end");
        if (!end || *end == from) break;
        from = *end;
    }
    std::reverse(found.begin(), found.end());
    return found;
}

}  // namespace chatrixcd::test
