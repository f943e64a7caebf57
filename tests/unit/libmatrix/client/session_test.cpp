// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <boost/json/object.hpp>
#include <map>
#include <set>

#include "support/results.hpp"
#include "support/world.hpp"

namespace chatrixcd::test {

namespace asio = boost::asio;

namespace {

std::string path_of(base::http::request const& r) { return std::string(r.path()); }

// Counts requests by what their path ends in.
class counter {
public:
    void watch(loopback_transport& network) {
        network.observer = [this](base::http::request const& r, base::http::response const&) { ++counts_[path_of(r)]; };
    }
    unsigned of(std::string const& path) const {
        auto const found = counts_.find(path);
        return found == counts_.end() ? 0 : found->second;
    }

private:
    std::map<std::string, unsigned> counts_;
};

constexpr char const* login = "/_matrix/client/v3/login";
constexpr char const* whoami = "/_matrix/client/v3/account/whoami";

asio::awaitable<base::result<void>> start(matrix::client& c, std::shared_ptr<matrix::token_source> tokens) {
    return c.start(std::move(tokens));
}

std::shared_ptr<matrix::token_source> with_password(std::string const& user) {
    return matrix::login::password(matrix::user_id(user), base::secret(password));
}

base::http::response unknown_token(bool soft) {
    auto const end = std::string(soft ? "true}" : "false}");
    return base::http::response(401, R"({"errcode":"M_UNKNOWN_TOKEN","error":"gone","soft_logout":)" + end);
}

}  // namespace

TEST_SUITE("matrix::session") {
    TEST_CASE("a second start restores the session: same device, no login") {
        world w;
        w.add("bot");
        counter seen;
        seen.watch(*w.network);
        auto bot = w.make_client("store");
        w.start(*bot, "bot");
        auto const device = bot->device();
        w.stop(*bot);
        bot = w.make_client("store");
        w.start(*bot, "bot");
        CHECK(bot->device() == device);
        CHECK(seen.of(login) == 1);
        CHECK(seen.of(whoami) == 1);
        w.stop(*bot);
    }

    TEST_CASE("a login whose answer is lost leaves one device, not two") {
        world w;
        auto account = w.add("bot");
        bool lost = false;
        w.network->faults = [&](base::http::request const& r) {
            if (path_of(r) != login || lost) return fault::none();
            lost = true;
            return fault::drop_after();
        };
        std::set<std::string> devices;
        w.network->observer = [&](base::http::request const& r, base::http::response const&) {
            if (path_of(r) != login) return;
            auto const at = r.body.find("\"device_id\":\"");
            devices.insert(r.body.substr(at, 30));
        };
        auto bot = w.make_client("store");
        w.start(*bot, "bot");
        CHECK(lost);
        CHECK(devices.size() == 1);
        w.stop(*bot);
    }

    TEST_CASE("a token works like a password, and says who it is") {
        world w;
        auto account = w.add("bot");
        auto bot = w.make_client("");
        auto const started = w.run(start(*bot, matrix::login::token(base::secret(account.token()))));
        CHECK(started);
        CHECK(bot->user().str() == account.id());
        w.stop(*bot);
    }

    TEST_CASE("a token of another account than the one that is meant is refused, and nothing of it is kept") {
        world w;
        auto account = w.add("bot");
        auto other = w.add("eve");
        auto bot = w.make_client("store");
        auto const started = w.run(start(*bot, matrix::login::token(base::secret(other.token()), matrix::user_id(account.id()))));
        w.stop(*bot);
        REQUIRE_FALSE(started);
        CHECK(started.error().kind() == base::error_kind::forbidden);
        CHECK(started.error().message() == "the access token belongs to @eve:test, not to @bot:test");
        bot = w.make_client("store");
        CHECK(w.run(start(*bot, matrix::login::token(base::secret(account.token()), matrix::user_id(account.id())))));
        CHECK(bot->user().str() == account.id());
        w.stop(*bot);
    }

    TEST_CASE("each bad start is one clear error") {
        world w;
        w.add("bot");
        auto const refused = [&](std::shared_ptr<matrix::token_source> source, std::function<void(matrix::options&)> adjust = {},
                                 std::string const& store = "") {
            auto bot = w.make_client(store, std::move(adjust));
            auto const started = w.run(start(*bot, std::move(source)));
            w.stop(*bot);
            REQUIRE_FALSE(started);
            return started.error();
        };
        CHECK(refused(matrix::login::password(matrix::user_id("@bot:test"), base::secret("wrong"))).kind() == base::error_kind::forbidden);
        CHECK(refused(matrix::login::token(base::secret("nonsense"))).kind() == base::error_kind::unauthorized);
        auto const bad_name = refused(with_password("@bot:test"), [](matrix::options& o) { o.homeserver("not a server"); });
        CHECK(bad_name.kind() == base::error_kind::invalid);

        w.network->faults = [](auto const&) { return fault::drop_before(); };
        CHECK(refused(with_password("@bot:test")).kind() == base::error_kind::unavailable);
        w.network->faults = [](auto const&) { return fault::answer(base::http::response(404, "<html>", "text/html")); };
        auto const no_matrix = refused(with_password("@bot:test"));
        CHECK(no_matrix.kind() == base::error_kind::protocol);
        CHECK(contains(no_matrix.describe(), "is no Matrix homeserver"));
    }

    TEST_CASE("a store belongs to one user and to one process") {
        world w;
        w.add("bot");
        w.add("eve");
        auto bot = w.make_client("store");
        w.start(*bot, "bot");
        auto second = w.make_client("store");
        auto const locked = w.run(start(*second, with_password("@bot:test")));
        CHECK(locked.error().kind() == base::error_kind::conflict);
        w.stop(*second);
        w.stop(*bot);  // gives the folder free, though the client is still there
        auto other = w.make_client("store");
        auto const wrong = w.run(start(*other, with_password("@eve:test")));
        CHECK(wrong.error().kind() == base::error_kind::conflict);
        CHECK(contains(wrong.error().describe(), "belongs to @bot:test, not to @eve:test"));
        w.stop(*other);
    }

    TEST_CASE("a start survives a homeserver that is slow, overloaded and flaky") {
        world w;
        w.add("bot");
        int n = 0;
        w.network->faults = [&](auto const&) {
            ++n;
            if (n == 1) return fault::drop_before();
            if (n == 2) return fault::server_error(503);
            if (n == 3) return fault::rate_limited(30);
            return fault::none();
        };
        auto bot = w.make_client("");
        auto const before = w.time.uptime();
        w.start(*bot, "bot");
        CHECK(w.time.uptime() - before >= std::chrono::seconds(30));
        w.stop(*bot);
    }

    TEST_CASE("the well-known file names the homeserver; without one the server itself is asked") {
        world w;
        w.add("bot");
        std::vector<std::string> asked;
        w.network->faults = [&](base::http::request const& r) {
            asked.push_back(path_of(r));
            if (path_of(r) == "/.well-known/matrix/client") {
                return fault::answer(base::http::response(200, R"({"m.homeserver":{"base_url":"http://hs.test/"}})"));
            }
            return fault::none();
        };
        auto bot = w.make_client("store", [](matrix::options& o) { o.homeserver("test"); });
        w.start(*bot, "bot");
        CHECK(asked.at(0) == "/.well-known/matrix/client");
        CHECK(asked.at(1) == "/_matrix/client/versions");
        w.stop(*bot);

        // The next time the file cannot be read: what it said the last time is good enough.
        w.network->faults = [](base::http::request const& r) {
            return path_of(r) == "/.well-known/matrix/client" ? fault::drop_before() : fault::none();
        };
        bot = w.make_client("store", [](matrix::options& o) { o.homeserver("test"); });
        w.start(*bot, "bot");
        w.stop(*bot);

        w.network->faults = [](base::http::request const& r) {
            if (path_of(r) != "/.well-known/matrix/client") return fault::none();
            return fault::answer(base::http::response(200, R"({"m.homeserver":{"base_url":"javascript:1"}})"));
        };
        bot = w.make_client("", [](matrix::options& o) { o.homeserver("test"); });
        auto const bad = w.run(start(*bot, with_password("@bot:test")));
        CHECK(bad.error().kind() == base::error_kind::protocol);
        w.stop(*bot);
    }

    TEST_CASE("a token that expires is replaced, once, for the same device, and nothing is lost") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto const room = ann.make_room({account.id()});
        account.join(room);
        auto bot = w.make_client("store");
        bot->on_message([](matrix::message m) -> asio::awaitable<void> { (co_await m.reply("echo: " + m.text())).value(); });
        w.start(*bot, "bot");
        w.run(bot->synced()).value();
        auto const device = bot->device();
        std::string expired;
        unsigned refused = 0;
        w.network->faults = [&](base::http::request const& r) {
            auto const token = r.headers.get("Authorization").value_or("");
            if (expired.empty()) expired = token;
            if (token.empty() || token != expired) return fault::none();
            ++refused;
            return fault::answer(unknown_token(/*soft=*/true));
        };
        counter seen;
        seen.watch(*w.network);
        ann.say(room, "a");
        ann.say(room, "b");
        w.pass(std::chrono::minutes(2));
        CHECK(seen.of(login) == 1);
        CHECK(refused >= 1);
        CHECK(bot->device() == device);
        CHECK(ann.bodies(room, account.id()) == std::vector<std::string>{"echo: a", "echo: b"});
        w.stop(*bot);
    }

    TEST_CASE("a login for the same device whose answer is lost ends the old token, not the device, over a restart too") {
        for (bool const restarts : {false, true}) {
            CAPTURE(restarts);
            world w;
            w.add("bot");
            auto bot = w.make_client("store");
            w.start(*bot, "bot");
            w.run(bot->synced()).value();
            auto const device = bot->device();
            // The homeserver forgets the token; what it answers to the first login is lost, and before a restart no other one arrives.
            unsigned refused = 0;
            unsigned logins = 0;
            w.network->faults = [&](base::http::request const& r) {
                if (path_of(r) == login && ++logins == 1) return fault::drop_after();
                if (path_of(r) == login && restarts) return fault::drop_before();
                if (path_of(r) != "/_matrix/client/v3/sync" || refused > 0) return fault::none();
                ++refused;
                return fault::answer(unknown_token(/*soft=*/true));
            };
            w.pass(std::chrono::minutes(2));
            CHECK(logins >= 2);
            if (restarts) {
                w.stop(*bot);
                bot.reset();
                bot = w.make_client("store");
                w.network->calm();
                w.start(*bot, "bot");
            }
            CHECK(bot->device() == device);
            CHECK(w.run(bot->synced()).has_value());
            CHECK(bot->device() == device);
            w.stop(*bot);
        }
    }

    TEST_CASE("a hard logout comes back as a new device") {
        world w;
        w.add("bot");
        auto bot = w.make_client("store");
        w.start(*bot, "bot");
        w.run(bot->synced()).value();
        auto const device = bot->device();
        CHECK(w.run(bot->log_out()));
        w.stop(*bot);
        bot = w.make_client("store");
        w.start(*bot, "bot");
        CHECK(bot->device() == device);  // we ended it ourselves: nothing speaks against the same one
        auto first = true;
        w.network->faults = [&](base::http::request const& r) {
            if (!first || path_of(r) != "/_matrix/client/v3/sync") return fault::none();
            first = false;
            return fault::answer(unknown_token(/*soft=*/false));
        };
        w.until([&] { return bot->device() != device; });
        w.stop(*bot);
    }

    TEST_CASE("a homeserver that refuses every new token is not asked for ever") {
        world w;
        w.add("bot");
        auto bot = w.make_client("store");
        w.start(*bot, "bot");
        w.run(bot->synced()).value();
        counter seen;
        seen.watch(*w.network);
        w.network->faults = [](base::http::request const& r) {
            return path_of(r) == login ? fault::none() : fault::answer(unknown_token(true));
        };
        auto const ended = w.run(bot->run());
        REQUIRE_FALSE(ended);
        CHECK(ended.error().kind() == base::error_kind::unauthorized);
        CHECK(seen.of(login) <= 6);
        CHECK(bot->failure());
    }

    TEST_CASE("a token made elsewhere that dies ends the client with one clear error") {
        world w;
        auto account = w.add("bot");
        auto bot = w.make_client("");
        REQUIRE(w.run(start(*bot, matrix::login::token(base::secret(account.token())))));
        w.run(bot->synced()).value();
        w.network->faults = [](auto const&) { return fault::answer(unknown_token(false)); };
        auto const ended = w.run(bot->run());
        REQUIRE_FALSE(ended);
        CHECK(ended.error().kind() == base::error_kind::unauthorized);
    }
}

}  // namespace chatrixcd::test
