// SPDX-License-Identifier: Apache-2.0
// A homeserver that has forgotten where we were.
#include <doctest/doctest.h>

#include "support/requests.hpp"
#include "support/results.hpp"

namespace chatrixcd::test {

namespace asio = boost::asio;
using strings = std::vector<std::string>;

namespace {

void small_syncs(matrix::options& o) {
    matrix::sync_filter filter;
    o.filter(filter.timeline_limit(10));
}

class forgetful {
public:
    forgetful() : ann(w.add("ann")), account(w.add("bot")), room(ann.make_room({account.id()})) {
        account.join(room);
        open();
        say(1, 3);
        w.pass(std::chrono::seconds(10));
    }
    ~forgetful() {
        if (bot) close();
    }
    void open() {
        bot = w.make_client("store", small_syncs);
        bot->on_message([this](matrix::message m) -> asio::awaitable<void> {
            heard.push_back(m.text());
            co_return;
        });
        bot->on_gap_lost([this](matrix::room, std::string) -> asio::awaitable<void> {
            heard.push_back("lost");
            co_return;
        });
        w.start(*bot, "bot");
        w.run(bot->synced()).value();
    }
    void close() {
        w.stop(*bot);
        bot.reset();
    }
    void say(int from, int to) {
        for (int i = from; i <= to; ++i) {
            said.push_back(std::to_string(i));
            ann.say(room, said.back());
        }
    }
    // Refuses the position that the bot has now.
    void forget(std::string const& errcode) {
        std::string position;
        w.network->faults = [this, errcode, position](base::http::request const& r) mutable {
            auto const at = r.url.find("since=");
            if (!contains(r.path(), "/sync") || at == std::string::npos) return fault::none();
            auto const since = r.url.substr(at);
            if (position.empty()) position = since;
            if (since != position) return fault::none();
            ++refused;
            return fault::answer(json_answer(R"({"errcode":")" + errcode + R"(","error":"what?"})", 400));
        };
    }

    world w;
    person ann;
    person account;
    std::string room;
    std::unique_ptr<matrix::client> bot;
    strings said;
    strings heard;
    int refused = 0;
};

}  // namespace

TEST_SUITE("matrix::position") {
    TEST_CASE("a client that only looks asks for one sync response: the next request would acknowledge what waits for its device") {
        world w;
        auto ann = w.add("ann");
        auto const room = ann.make_room();
        unsigned syncs = 0;
        w.network->faults = [&](base::http::request const& r) {
            if (contains(r.path(), "/sync")) ++syncs;
            return fault::none();
        };
        auto client = w.make_client("", [](matrix::options& o) { o.first_sync_only(true); });
        w.start(*client, "ann");
        REQUIRE(w.run(client->synced()).has_value());
        w.pass(std::chrono::minutes(5));
        CHECK(syncs == 1);
        CHECK(w.run(client->rooms()) == std::vector{matrix::room_id(room)});
        w.stop(*client);
    }

    TEST_CASE("a position that is not known any more is given up at once, or after three refusals, and nothing is lost or doubled") {
        for (auto const* errcode : {"M_UNKNOWN_POS", "M_INVALID_PARAM"}) {
            forgetful f;
            f.close();
            f.say(4, 20);
            f.forget(errcode);
            f.open();
            f.w.pass(std::chrono::minutes(2));
            CHECK(f.refused == (errcode == std::string("M_UNKNOWN_POS") ? 1 : 3));
            CHECK(f.heard == f.said);
            f.say(21, 22);
            f.w.pass(std::chrono::minutes(1));
            CHECK(f.heard == f.said);
        }
    }

    TEST_CASE("what lies between the last known event and what a first sync shows is fetched, in order") {
        forgetful f;
        f.close();
        f.say(4, 290);
        f.forget("M_UNKNOWN_POS");
        f.open();
        f.say(291, 295);
        f.w.pass(std::chrono::minutes(5));
        CHECK(f.heard == f.said);
    }

    TEST_CASE("a crash between giving a position up and the next sync changes nothing") {
        forgetful f;
        f.close();
        f.say(4, 30);
        f.forget("M_UNKNOWN_POS");
        bool dead = true;
        auto const forgets = f.w.network->faults;
        f.w.network->faults = [&, forgets](base::http::request const& r) {
            bool const is_first = contains(r.path(), "/sync") && !contains(r.url, "since=");
            return is_first && dead ? fault::drop_after() : forgets(r);
        };
        f.bot = f.w.make_client("store", small_syncs);
        f.w.start(*f.bot, "bot");
        f.w.pass(std::chrono::minutes(1));
        f.close();
        dead = false;
        f.open();
        f.w.pass(std::chrono::minutes(2));
        CHECK(f.heard == f.said);
    }

    TEST_CASE("a first sync that is refused is no reason to start over for ever") {
        world w;
        w.add("bot");
        auto bot = w.make_client("store");
        w.start(*bot, "bot");
        int asked = 0;
        w.network->faults = [&](base::http::request const& r) {
            if (!contains(r.path(), "/sync")) return fault::none();
            ++asked;
            return fault::answer(json_answer(R"({"errcode":"M_UNKNOWN_POS"})", 400));
        };
        w.pass(std::chrono::minutes(10));
        CHECK(asked < 30);
        w.stop(*bot);
    }
}

}  // namespace chatrixcd::test
