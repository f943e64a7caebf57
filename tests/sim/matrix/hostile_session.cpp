// SPDX-License-Identifier: Apache-2.0
// Tokens that die, homeservers that move, and homeservers that have forgotten everything.
#include <boost/json/object.hpp>
#include <map>

#include <chatrixcd/base/json_reader.hpp>

#include "matrix/hostile_rig.hpp"

namespace chatrixcd::test {

using namespace std::chrono_literals;
namespace asio = boost::asio;
using base::http::method;

namespace {

constexpr char const* login_path = "/_matrix/client/v3/login";

// A source whose tokens come with a refresh token; a refresh is a login of the same device, as the homeserver sees it.
class refreshing final : public matrix::token_source {
public:
    matrix::user_id account() const override { return matrix::user_id("@bot:test"); }
    asio::awaitable<base::result<matrix::grant>> acquire(matrix::login_context where) override {
        ++acquired;
        auto given = co_await password_->acquire(where);
        if (given) given->refresh_token = base::secret("r" + std::to_string(acquired + refreshed));
        co_return given;
    }
    asio::awaitable<base::result<matrix::grant>> refresh(matrix::login_context where, matrix::grant expired) override {
        ++refreshed;
        used.push_back(expired.refresh_token->reveal());
        auto given = co_await password_->acquire(where);
        if (given) given->refresh_token = base::secret("r" + std::to_string(acquired + refreshed));
        co_return given;
    }
    int acquired = 0;
    int refreshed = 0;
    strings used;

private:
    std::shared_ptr<matrix::token_source> password_ =
        matrix::login::password(matrix::user_id("@bot:test"), base::secret(chatrixcd::test::password));
};

std::string token_in(base::http::request const& r) { return r.headers.get("Authorization").value_or(std::string()); }

// Refuses each token after it has lived for a while, as homeservers with short-lived tokens do.
class short_lives {
public:
    short_lives(echo_rig& r, base::duration life) : rig_(r), life_(life) {
        r.w.network->faults = [this](base::http::request const& q) {
            auto const token = token_in(q);
            if (token.empty()) return fault::none();
            auto const born = born_.try_emplace(token, rig_.w.time.uptime()).first->second;
            return rig_.w.time.uptime() - born < life_ ? fault::none() : fault::unknown_token(/*soft_logout=*/true);
        };
    }

private:
    echo_rig& rig_;
    base::duration life_;
    std::map<std::string, base::duration> born_;
};

}  // namespace

TEST_SUITE("matrix::hostile session") {
    TEST_CASE("tokens that live five minutes are refreshed, each with the newest refresh token, and nothing is lost") {
        echo_rig r;
        auto const source = std::make_shared<refreshing>();
        r.make();
        REQUIRE(r.w.run(r.bot->start(source)));
        r.w.run(r.bot->synced()).value();
        auto const device = r.bot->device();
        short_lives const lives(r, 5min);
        for (int i = 0; i < 20; ++i) {
            r.commands(2);
            r.w.pass(3min);
        }
        CHECK(source->acquired == 1);
        CHECK(source->refreshed >= 8);
        CHECK(source->refreshed <= 14);
        for (std::size_t i = 0; i < source->used.size(); ++i) CHECK(source->used[i] == "r" + std::to_string(i + 1));
        CHECK(r.bot->device() == device);
        r.expect_each_once();
    }

    TEST_CASE("tokens that die without a refresh token are replaced by a login, at most one for each") {
        echo_rig r;
        unsigned logins = 0;
        r.w.network->observer = [&](base::http::request const& q, base::http::response const&) {
            logins += q.path() == login_path ? 1U : 0U;
        };
        r.open();
        short_lives const lives(r, 5min);
        for (int i = 0; i < 20; ++i) {
            r.commands(2);
            r.w.pass(3min);
        }
        CHECK(logins <= 15);
        r.expect_each_once();
    }

    TEST_CASE("a login that is out of order while the token is dead is asked for with growing patience, and recovers") {
        for (auto const& trouble : {fault::server_error(503), fault::drop_before(), fault::rate_limited(30), fault::silent_before(),
                                    fault::huge(17U << 20U), fault::server_error(500, homeserver::testing::page::matrix)}) {
            INFO(trouble.description());
            echo_rig r;
            r.open();
            auto const dead = std::make_shared<std::string>();
            r.w.network->faults = [dead](base::http::request const& q) {
                auto const token = token_in(q);
                if (!token.empty() && dead->empty()) *dead = token;
                return !token.empty() && token == *dead ? fault::unknown_token(true) : fault::none();
            };
            auto const logins = r.faults().on(method::post, "/login").does(trouble);
            r.commands(3);
            r.w.pass(40min);
            CHECK(logins.hits() > 5);
            CHECK(logins.hits() < 500);
            logins.end();
            r.w.pass(20min);
            r.expect_each_once(20min);
        }
    }

    TEST_CASE("a message is not refused because the login is") {
        echo_rig r;
        r.open();
        auto const dead = std::make_shared<std::string>();
        r.w.network->faults = [dead](base::http::request const& q) {
            auto const token = token_in(q);
            if (!token.empty() && dead->empty()) *dead = token;
            return !token.empty() && token == *dead ? fault::unknown_token(true) : fault::none();
        };
        base::http::response const odd(400, R"({"errcode":"M_UNKNOWN","error":"the database is being repaired"})");
        auto const logins = r.faults().on(method::post, "/login").times(20).does(fault::answer(odd));
        auto const sent = r.w.run(r.bot->room(matrix::room_id(r.room)).send("of our own accord"));
        CHECK(sent);
        CHECK(logins.hits() == 20);
        CHECK(r.ann.bodies(r.room, r.account.id()) == strings{"of our own accord"});
    }

    TEST_CASE("a homeserver that has moved is found again by its name") {
        echo_rig r;
        base::http::response old(200, R"({"m.homeserver":{"base_url":"https://old.test"}})");
        base::http::response fresh(200, R"({"m.homeserver":{"base_url":"https://new.test"}})");
        r.faults().on("/.well-known/matrix/client").does(fault::answer(old));
        r.open([](matrix::options& o) { o.homeserver("test"); });
        r.command();
        r.w.pass(1min);
        CHECK(r.heard == r.said);

        r.w.network->hosts.remove("old.test");
        r.faults().clear();
        r.faults().on("/.well-known/matrix/client").does(fault::answer(fresh));
        for (int i = 0; i < 3; ++i) {
            r.command();
            r.w.pass(3min);
        }
        CHECK(r.logged("the homeserver has moved") == 1);
        r.command();
        r.w.pass(1min);
        CHECK(r.heard == r.said);
        CHECK(r.ann.bodies(r.room, r.account.id()) == r.echoes());
        r.close();

        // The next start goes there at once, even if the name cannot be asked then.
        r.faults().clear();
        r.faults().on("/.well-known/matrix/client").does(fault::drop_before());
        r.open([](matrix::options& o) { o.homeserver("test"); });
        r.command();
        r.w.pass(1min);
        CHECK(r.heard == r.said);
    }

    TEST_CASE("while a homeserver is only down, its name is asked now and then, and what it says wrongly changes nothing") {
        echo_rig r;
        base::http::response old(200, R"({"m.homeserver":{"base_url":"https://old.test"}})");
        r.faults().on("/.well-known/matrix/client").does(fault::answer(old));
        r.open([](matrix::options& o) { o.homeserver("test"); });
        r.faults().clear();
        base::http::response wrong(200, R"({"m.homeserver":{"base_url":"https://nowhere.test"}})");
        auto const asked = r.faults().on("/.well-known/matrix/client").does(fault::answer(wrong));
        r.w.network->hosts.remove("old.test");
        r.w.network->hosts.remove("nowhere.test");
        r.command();
        r.w.pass(2h);
        CHECK(asked.hits() > 0);
        CHECK(asked.hits() < 150);
        r.w.network->hosts.host("old.test", r.w.network->rules);
        r.w.pass(5min);
        r.expect_each_once();
        CHECK(r.logged("the homeserver has moved") == 0);
    }
}

}  // namespace chatrixcd::test
