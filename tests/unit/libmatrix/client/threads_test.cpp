// SPDX-License-Identifier: Apache-2.0
// Two accounts in one program, each on a context and a thread of its own, with a store thread each: they share nothing. For the thread
// sanitizer.
#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <map>
#include <thread>

#include <chatrixcd/base/files.hpp>
#include <chatrixcd/base/http_server.hpp>
#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/base/url.hpp>
#include <chatrixcd/homeserver/server.hpp>
#include <chatrixcd/matrix/client.hpp>

#include "support/run_coroutine.hpp"

namespace chatrixcd::test {

namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using base::http::method;

constexpr char const* password = "correct horse battery staple";
constexpr int messages = 10;

// One account, from the first request to the last, on a thread of its own.
class account_thread {
public:
    account_thread(std::string url, std::string folder, std::string user, std::string mark)
        : user_(std::move(user)), mark_(std::move(mark)), client_(loop_.get_executor(), options_for(url, folder)) {
        client_.on_message([this](matrix::message m) { return answer(std::move(m)); });
        thread_ = std::thread([this] {
            asio::co_spawn(loop_, live(), [](std::exception_ptr thrown) {
                if (thrown) std::rethrow_exception(thrown);
            });
            loop_.run();
        });
    }
    ~account_thread() {
        if (!has_ended()) request_stop();
        thread_.join();
    }

    void request_stop() {
        asio::post(loop_, [this] { client_.request_stop(); });
    }
    bool has_ended() const { return ended_; }

    bool is_ready() const { return ready_; }
    bool went_well() const { return well_; }

private:
    static matrix::options options_for(std::string const& url, std::string const& folder) {
        matrix::options how;
        how.homeserver(url).store(folder).encryption(false);
        return how;
    }
    asio::awaitable<void> answer(matrix::message m) {
        // The two of them must not talk to each other for ever.
        if (m.sender().str() != "@ann:test") co_return;
        auto const sent = co_await m.reply(mark_ + m.text());
        sent.value();
    }
    asio::awaitable<void> live() {
        auto tokens = matrix::login::password(matrix::user_id(user_), base::secret(password));
        auto const started = co_await client_.start(std::move(tokens));
        if (started) {
            auto const synced = co_await client_.synced();
            well_ = synced.has_value();
            ready_ = true;
            auto const ended = co_await client_.run();
            well_ = well_ && ended.has_value();
        }
        ready_ = true;
        co_await client_.stop();
        ended_ = true;
    }

    asio::io_context loop_{1};
    std::string user_;
    std::string mark_;
    matrix::client client_;
    std::atomic<bool> ready_ = false;
    std::atomic<bool> well_ = false;
    std::atomic<bool> ended_ = false;
    std::thread thread_;
};

// The homeserver and ann, on the test's own thread.
class host {
public:
    host() {
        homeserver::server_options how(*time_, *entropy_);
        how.server_name = "test";
        how.password_cost = 1;
        server_ = run_coroutine(loop, homeserver::server::open(loop.get_executor(), std::move(how))).value();
        listener_ = base::http::listen(loop.get_executor(), base::http::server_options(), *server_).value();
    }
    ~host() {
        run_coroutine(loop, listener_->stop(std::chrono::milliseconds(0)));
        run_coroutine(loop, server_->stop());
    }

    std::string url() const { return "http://127.0.0.1:" + std::to_string(listener_->port()); }
    std::string add(std::string name) {
        return std::string(
            run_coroutine(loop, server_->register_user(std::move(name), base::secret(password))).value().access_token.reveal());
    }
    json::object ask(method verb, std::string const& path, std::string const& token, json::object body = {}) {
        base::http::request r(verb, "/_matrix/client/v3" + path);
        std::move(r).with_bearer(token);
        if (verb != method::get) std::move(r).with_body(json::serialize(body));
        auto const said = run_coroutine(loop, server_->handle(std::move(r)));
        REQUIRE(said.status == 200);
        return base::parse_json_object(said.body).value();
    }
    bool run_until(std::function<bool()> const& done) {
        loop.restart();
        auto const deadline = std::chrono::steady_clock::now() + std::chrono::minutes(2);
        while (!done() && std::chrono::steady_clock::now() < deadline) loop.run_one_for(std::chrono::milliseconds(10));
        return done();
    }

    asio::io_context loop{1};

private:
    std::unique_ptr<base::clock> time_ = base::make_system_clock();
    std::unique_ptr<base::random> entropy_ = base::make_system_random();
    std::unique_ptr<homeserver::server> server_;
    std::unique_ptr<base::http::server> listener_;
};

}  // namespace

TEST_CASE("two clients on two contexts in two threads share nothing: each answers each message once, in order") {
    host home;
    auto const ann = home.add("ann");
    std::array const bots{home.add("one"), home.add("two")};
    json::object wish;
    wish["preset"] = "private_chat";
    wish["invite"] = json::array{"@one:test", "@two:test"};
    auto const room =
        base::percent_encode(base::find_string(home.ask(method::post, "/createRoom", ann, std::move(wish)), "room_id").value());
    for (auto const& token : bots) home.ask(method::post, "/rooms/" + room + "/join", token);

    base::temporary_folder const folder("threads");
    std::map<std::string, std::vector<std::string>> answers;
    {
        account_thread one(home.url(), folder.path() + "/one", "@one:test", "one ");
        account_thread two(home.url(), folder.path() + "/two", "@two:test", "two ");
        REQUIRE(home.run_until([&] { return one.is_ready() && two.is_ready(); }));
        for (int i = 0; i < messages; ++i) {
            json::object content;
            content["msgtype"] = "m.text";
            content["body"] = std::to_string(i);
            home.ask(method::put, "/rooms/" + room + "/send/m.room.message/t" + std::to_string(i), ann, std::move(content));
        }
        auto const read = [&] {
            answers.clear();
            auto const page = home.ask(method::get, "/rooms/" + room + "/messages?dir=f&limit=500", ann);
            for (auto const& event : *base::find_array(page, "chunk")) {
                auto const& e = event.as_object();
                if (base::find_string(e, "type") != "m.room.message") continue;
                answers[*base::find_string(e, "sender")].push_back(*base::find_string(*base::find_object(e, "content"), "body"));
            }
            return answers["@one:test"].size() + answers["@two:test"].size() >= 2U * messages;
        };
        CHECK(home.run_until(read));
        CHECK(one.went_well());
        CHECK(two.went_well());
        one.request_stop();
        two.request_stop();
        // They end while the homeserver still answers.
        CHECK(home.run_until([&] { return one.has_ended() && two.has_ended(); }));
    }
    for (auto const* const name : {"one", "two"}) {
        std::vector<std::string> right;
        for (int i = 0; i < messages; ++i) right.push_back(std::string(name) + " " + std::to_string(i));
        CHECK(answers["@" + std::string(name) + ":test"] == right);
    }
}

}  // namespace chatrixcd::test
