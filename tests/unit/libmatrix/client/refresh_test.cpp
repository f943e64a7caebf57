// SPDX-License-Identifier: Apache-2.0
// Access tokens that expire.
#include <doctest/doctest.h>

#include <stdexcept>

#include "support/requests.hpp"
#include "support/results.hpp"

namespace chatrixcd::test {

namespace asio = boost::asio;
using strings = std::vector<std::string>;

namespace {

// A homeserver whose tokens live for ten minutes, unless `lifetime` says otherwise. The access token stays the same; the refresh tokens
// are numbered, and each works once.
class expiring {
public:
    expiring() : ann(w.add("ann")), account(w.add("bot")), room(ann.make_room({account.id()})) {
        account.join(room);
        device = base::find_string(ask_as(w, account, base::http::method::get, "/account/whoami"), "device_id").value();
        w.network->faults = [this](base::http::request const& r) { return answer(r); };
    }
    ~expiring() {
        if (bot) close();
    }

    fault answer(base::http::request const& r) {
        if (contains(r.path(), "/login")) {
            ++logins;
            return fault::answer(json_answer(tokens()));
        }
        if (contains(r.path(), "/refresh")) {
            used.push_back(base::find_string(base::parse_json_object(r.body).value(), "refresh_token").value_or("?"));
            ++open_refreshes;
            most_open = std::max(most_open, open_refreshes);
            auto said = refuse_refresh ? refuse_refresh() : fault::answer(json_answer(tokens())).after(std::chrono::seconds(2));
            --open_refreshes;
            return said;
        }
        if (refuse && contains(r.path(), "/sync")) {
            refuse = false;
            return fault::answer(json_answer(R"({"errcode":"M_UNKNOWN_TOKEN","soft_logout":true})", 401));
        }
        return fault::none();
    }
    std::string tokens() {
        return R"({"user_id":")" + account.id() + R"(","device_id":")" + device + R"(","access_token":")" + account.token() +
               R"(","refresh_token":"r)" + std::to_string(++number) + R"(","expires_in_ms":)" + std::to_string(lifetime) + "}";
    }
    void open(std::function<void(matrix::options&)> adjust = {}) {
        bot = w.make_client("store", std::move(adjust));
        bot->on_message([](matrix::message m) -> asio::awaitable<void> { (co_await m.reply("echo: " + m.text())).value(); });
        auto source = matrix::login::password_with_refresh(matrix::user_id(account.id()), base::secret(password));
        REQUIRE(w.run(bot->start(std::move(source))));
        w.run(bot->synced()).value();
    }
    void close() {
        w.stop(*bot);
        bot.reset();
    }

    world w;
    person ann;
    person account;
    std::string room;
    std::string device;
    std::unique_ptr<matrix::client> bot;
    long long lifetime = 600000;
    int number = 0;
    int logins = 0;
    strings used;
    int open_refreshes = 0;
    int most_open = 0;
    std::function<fault()> refuse_refresh;
    bool refuse = false;
};

}  // namespace

TEST_SUITE("matrix::refresh") {
    TEST_CASE("a token is refreshed ahead of its end, each time with the newest refresh token, and nobody notices") {
        expiring e;
        e.open();
        e.w.pass(std::chrono::minutes(7));
        CHECK(e.used.empty());
        e.w.pass(std::chrono::minutes(20));
        e.ann.say(e.room, "hi");
        e.w.pass(std::chrono::minutes(1));
        CHECK(e.used == strings{"r1", "r2", "r3"});
        CHECK(e.logins == 1);
        CHECK(e.most_open == 1);
        CHECK(e.ann.bodies(e.room, e.account.id()) == strings{"echo: hi"});
    }

    TEST_CASE("a restart goes on with the refresh token that was kept, also when the token has expired meanwhile") {
        expiring e;
        e.open();
        e.close();
        e.open();
        e.w.pass(std::chrono::minutes(9));
        CHECK(e.used == strings{"r1"});
        e.close();
        e.w.pass(std::chrono::hours(20));
        e.open();
        e.w.pass(std::chrono::seconds(1));
        CHECK(e.used == strings{"r1", "r2"});
        CHECK(e.logins == 1);
    }

    TEST_CASE("a new token that could not be kept is not used: the old one is refreshed again") {
        expiring e;
        bool broken = false;
        base::store_hooks hooks;
        hooks.before_commit = [&] {
            if (broken) throw std::runtime_error("disk full");
        };
        e.open([&](matrix::options& o) { o.store_hooks(hooks); });
        e.refuse_refresh = [&] {
            broken = true;
            return fault::answer(json_answer(e.tokens()));
        };
        e.w.until([&] { return e.used.size() == 1; });
        e.w.pass(std::chrono::milliseconds(100));
        broken = false;
        e.refuse_refresh = nullptr;
        e.w.pass(std::chrono::minutes(2));
        REQUIRE(e.used.size() == 2);
        CHECK(e.used[1] == "r1");
    }

    TEST_CASE("a refresh that fails leaves the token in use, and is tried again without haste") {
        expiring e;
        e.open();
        e.refuse_refresh = [] { return fault::server_error(503); };
        e.w.pass(std::chrono::minutes(9));
        e.ann.say(e.room, "hi");
        e.w.pass(std::chrono::minutes(1));
        CHECK(e.ann.bodies(e.room, e.account.id()) == strings{"echo: hi"});
        CHECK(e.used.size() >= 2);
        CHECK(e.used.size() < 12);
        CHECK(e.logins == 1);
    }

    TEST_CASE("a refresh token that is refused leads to a login, once the token itself is refused") {
        expiring e;
        e.open();
        e.refuse_refresh = [] { return fault::answer(json_answer(R"({"errcode":"M_UNKNOWN_TOKEN"})", 401)); };
        e.w.pass(std::chrono::minutes(30));
        CHECK(e.used.size() == 1);
        CHECK(e.logins == 1);
        e.refuse = true;
        // The same access token again would count as refused.
        e.w.pass(std::chrono::minutes(1));
        CHECK(e.logins >= 2);
        CHECK(e.used.size() <= 3);
    }

    TEST_CASE("lifetimes that make no sense do not make a client spin") {
        for (long long const lifetime : {1LL, -5LL, 9223372036854775807LL}) {
            expiring e;
            e.lifetime = lifetime;
            e.open();
            e.w.pass(std::chrono::minutes(10));
            CHECK(e.used.size() < 700);
            CHECK(e.logins == 1);
        }
    }
}

}  // namespace chatrixcd::test
