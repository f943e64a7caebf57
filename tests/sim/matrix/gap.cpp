// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <boost/json/object.hpp>

#include <chatrixcd/base/url.hpp>

#include "support/results.hpp"
#include "support/world.hpp"

namespace chatrixcd::test {

namespace asio = boost::asio;
using strings = std::vector<std::string>;

namespace {

// A bot that was away while much was said.
class absence {
public:
    absence() : ann(w.add("ann")), account(w.add("bot")), room(ann.make_room({account.id()})) {
        account.join(room);
        open();
        close();
    }
    ~absence() {
        if (bot) close();
    }

    void open(std::function<void(matrix::options&)> adjust = {}) {
        bot = w.make_client("store", std::move(adjust));
        bot->on_message([this](matrix::message m) -> asio::awaitable<void> {
            heard.push_back(m.text());
            co_return;
        });
        bot->on_gap_lost([this](matrix::room where, std::string why) -> asio::awaitable<void> {
            heard.push_back("lost");
            reason = why;
            (co_await where.send("some messages were lost: " + why)).value();
        });
        w.start(*bot, "bot");
        w.run(bot->synced()).value();
    }
    void close() {
        w.stop(*bot);
        bot.reset();
    }
    void leave() {
        base::http::request request(base::http::method::post, "/_matrix/client/v3/rooms/" + base::percent_encode(room) + "/leave");
        std::move(request).with_bearer(account.token()).with_body("{}");
        CHECK(w.run(w.server->handle(std::move(request))).status == 200);
    }
    void come_back() {
        ann.invite(room, account.id());
        account.join(room);
    }
    void say_behind_its_back(int times) {
        for (int i = 0; i < times; ++i) ann.say(room, "not for the bot");
    }
    strings say(int from, int to) {
        strings said;
        for (int i = from; i <= to; ++i) {
            said.push_back(std::to_string(i));
            ann.say(room, said.back());
        }
        return said;
    }

    world w;
    person ann;
    person account;
    std::string room;
    std::unique_ptr<matrix::client> bot;
    strings heard;
    std::string reason;
};

bool is_history(base::http::request const& r) { return contains(r.path(), "/messages"); }

}  // namespace

TEST_SUITE("matrix::gap") {
    TEST_CASE("what a sync leaves out is fetched and delivered in order, once") {
        absence a;
        auto const said = a.say(1, 700);
        a.open();
        a.w.pass(std::chrono::minutes(1));
        CHECK(a.heard == said);
        a.ann.say(a.room, "next");
        a.w.pass(std::chrono::minutes(1));
        CHECK(a.heard.size() == 701);
        CHECK(a.heard.back() == "next");
        CHECK(a.reason.empty());
    }

    TEST_CASE("later messages wait for the gap before them, and other rooms do not") {
        absence a;
        auto said = a.say(1, 100);
        auto const other = a.ann.make_room({a.account.id()});
        a.account.join(other);
        bool blocked = true;
        a.w.network->faults = [&](base::http::request const& r) {
            return is_history(r) && blocked ? fault::server_error() : fault::none();
        };
        a.open();
        a.ann.say(a.room, "after");
        a.ann.say(other, "elsewhere");
        a.w.pass(std::chrono::minutes(5));
        CHECK(a.heard == strings{"elsewhere"});
        blocked = false;
        a.w.pass(std::chrono::minutes(5));
        said.insert(said.begin(), "elsewhere");
        said.push_back("after");
        CHECK(a.heard == said);
    }

    TEST_CASE("a gap is filled over several starts, with pages lost on the way") {
        absence a;
        auto const said = a.say(1, 1200);
        int pages = 0;
        a.w.network->faults = [&](base::http::request const& r) {
            if (!is_history(r)) return fault::none();
            return ++pages % 3 == 0 ? fault::none() : fault::drop_after();
        };
        for (int start = 0; start < 6; ++start) {
            a.open();
            a.w.pass(std::chrono::seconds(4));
            a.close();
        }
        a.open();
        a.w.pass(std::chrono::minutes(5));
        CHECK(a.heard == said);
    }

    TEST_CASE("two gaps of one room are filled one after the other") {
        absence a;
        auto said = a.say(1, 80);
        a.w.network->faults = [](base::http::request const& r) { return is_history(r) ? fault::drop_before() : fault::none(); };
        a.open();
        a.close();
        auto const more = a.say(81, 160);
        said.insert(said.end(), more.begin(), more.end());
        a.open();
        a.close();
        CHECK(a.heard.empty());
        a.w.network->faults = nullptr;
        a.open();
        a.w.pass(std::chrono::minutes(1));
        CHECK(a.heard == said);
    }

    TEST_CASE("beyond the bound the loss is told, in its place") {
        absence a;
        auto const said = a.say(1, 2000);
        a.open([](matrix::options& o) { o.gap_bound(500); });
        a.w.pass(std::chrono::minutes(1));
        strings expected(said.begin(), said.begin() + 500);
        expected.push_back("lost");
        expected.insert(expected.end(), said.end() - 50, said.end());
        CHECK(a.heard == expected);
        CHECK(a.ann.bodies(a.room, a.account.id()) == strings{"some messages were lost: more than 500 events came while we were away"});
    }

    TEST_CASE("a homeserver that refuses its history costs what it withholds, not the room") {
        absence a;
        a.say(1, 200);
        a.w.network->faults = [](base::http::request const& r) {
            return is_history(r) ? fault::answer(base::http::response(403, R"({"errcode":"M_FORBIDDEN"})")) : fault::none();
        };
        a.open();
        a.w.pass(std::chrono::minutes(1));
        REQUIRE(a.heard.size() == 51);
        CHECK(a.heard.front() == "lost");
        CHECK(a.heard.back() == "200");
    }

    TEST_CASE("a bot that left and came back hears what was said while it was in") {
        absence a;
        strings expected = a.say(1, 60);
        a.leave();
        a.say_behind_its_back(60);
        a.come_back();
        auto const more = a.say(101, 160);
        expected.insert(expected.end(), more.begin(), more.end());
        a.open();
        a.w.pass(std::chrono::minutes(1));
        CHECK(a.heard == expected);
    }

    TEST_CASE("a bot that was out, in, out and in again hears what was said between") {
        absence a;
        a.open();
        a.leave();
        a.w.pass(std::chrono::minutes(1));
        a.close();
        a.say_behind_its_back(60);
        a.come_back();
        auto expected = a.say(1, 60);
        a.leave();
        a.say_behind_its_back(47);
        a.come_back();
        auto const more = a.say(61, 62);
        expected.insert(expected.end(), more.begin(), more.end());
        a.open();
        a.w.pass(std::chrono::minutes(1));
        CHECK(a.heard == expected);
        CHECK(a.reason.empty());
    }

    TEST_CASE("a bot that comes back hears what is new in order, without a search of what was said while it was out") {
        absence a;
        a.open();
        a.leave();
        a.w.pass(std::chrono::minutes(1));
        a.say_behind_its_back(60);
        int pages = 0;
        a.w.network->faults = [&](base::http::request const& r) {
            if (is_history(r)) ++pages;
            return fault::none();
        };
        a.ann.invite(a.room, a.account.id());
        a.w.pass(std::chrono::minutes(1));
        a.account.join(a.room);
        auto const said = a.say(1, 3);
        a.w.pass(std::chrono::minutes(1));
        CHECK(a.heard == said);
        CHECK(pages == 0);
        a.leave();
        a.w.pass(std::chrono::minutes(1));
        a.close();
        a.say_behind_its_back(5);
        a.come_back();
        auto const more = a.say(4, 5);
        a.open();
        a.w.pass(std::chrono::minutes(1));
        CHECK(strings(a.heard.begin() + 3, a.heard.end()) == more);
        CHECK(pages == 0);
        CHECK(a.reason.empty());
    }

    TEST_CASE("a room that a bot was never in is not searched for what was said to it") {
        absence a;
        auto const other = a.ann.make_room({});
        for (int i = 0; i < 60; ++i) a.ann.say(other, "not for the bot");
        int pages = 0;
        a.w.network->faults = [&](base::http::request const& r) {
            if (is_history(r)) ++pages;
            return fault::none();
        };
        a.open();
        a.ann.invite(other, a.account.id());
        a.w.pass(std::chrono::minutes(1));
        a.account.join(other);
        a.ann.say(other, "welcome");
        a.w.pass(std::chrono::minutes(1));
        CHECK(a.heard == strings{"welcome"});
        CHECK(pages == 0);
    }
}

}  // namespace chatrixcd::test
