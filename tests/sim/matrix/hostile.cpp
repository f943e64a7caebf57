// SPDX-License-Identifier: Apache-2.0
// What a broken or hostile homeserver can answer.
#include <doctest/doctest.h>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "support/results.hpp"
#include "support/world.hpp"

namespace chatrixcd::test {

namespace asio = boost::asio;

TEST_SUITE("matrix::hostile") {
    TEST_CASE("answers that make no sense delay the sync and lose nothing") {
        constexpr char const* nonsense[] = {"",
                                            "null",
                                            "[]",
                                            "{",
                                            "{}",
                                            R"({"next_batch":null})",
                                            R"({"next_batch":{"a":1}})",
                                            R"({"rooms":{"join":{}}})",
                                            "{\"next_batch\":\"\xFF\"}",
                                            "{\"next_batch\":\"a\",\"next_batch\":7}"};
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto const room = ann.make_room({account.id()});
        account.join(room);
        auto bot = w.make_client("store");
        std::vector<std::string> heard;
        bot->on_message([&](matrix::message m) -> asio::awaitable<void> {
            heard.push_back(m.text());
            co_return;
        });
        w.start(*bot, "bot");
        w.run(bot->synced()).value();
        std::size_t next = 0;
        w.network->faults = [&](base::http::request const& r) {
            if (!contains(r.path(), "/sync") || next == std::size(nonsense)) return fault::none();
            return fault::answer(base::http::response(200, nonsense[next++]));
        };
        ann.say(room, "x");
        w.pass(std::chrono::minutes(30));
        CHECK(next == std::size(nonsense));
        CHECK(heard == std::vector<std::string>{"x"});
        w.stop(*bot);
    }

    TEST_CASE("junk in place of rooms and events is ignored, what is sound in it is delivered") {
        world w;
        auto account = w.add("bot");
        auto bot = w.make_client("store");
        std::vector<std::string> heard;
        bot->on_message([&](matrix::message m) -> asio::awaitable<void> {
            heard.push_back(m.text());
            co_return;
        });
        bot->on_invite([](matrix::invite) -> asio::awaitable<void> { co_return; });
        w.start(*bot, "bot");
        w.run(bot->synced()).value();
        bool once = false;
        w.network->faults = [&](base::http::request const& r) {
            auto const at = r.url.find("since=");
            if (!contains(r.path(), "/sync") || at == std::string::npos || once) return fault::none();
            once = true;
            auto const position = r.url.substr(at + 6);
            return fault::answer(base::http::response(200, R"({"next_batch":")" + position + R"(","rooms":{
              "invite":{"!i:test":{"invite_state":{"events":[
                {"type":"m.room.member","sender":"@x:y","state_key":"@bot:test","content":{"membership":7}}]}},"!j:test":[]},
              "join":{"!r:test":{"timeline":{"events":[
                {"type":"m.room.member","sender":"@bot:test","state_key":"@bot:test","event_id":"$j","content":{"membership":"join"}},
                {"type":"m.room.message","sender":"@x:y","event_id":"$1","content":{"msgtype":["m.text"],"body":"no"}},
                {"type":"m.room.message","sender":"@x:y","event_id":"$2","content":{"msgtype":"m.text","body":{"deep":1}}},
                {"type":"m.room.message","sender":"@x:y","event_id":"$3","content":{"msgtype":"m.text","body":"yes"}},
                {"type":"m.room.message","sender":"@x:y","event_id":"$4","content":{"msgtype":"m.text","body":"no",
                  "m.relates_to":{"rel_type":"m.replace","event_id":"$0"}}},
                {"type":"m.room.message","sender":"x","event_id":"$5","content":{"msgtype":"m.text","body":"no"}}]},
               "state":{"events":"none"}}},"leave":7}})"));
        };
        w.until([&] { return !heard.empty(); });
        CHECK(heard == std::vector<std::string>{"yes"});
        w.stop(*bot);
    }

    TEST_CASE("a homeserver that answers at once without news is not hammered") {
        world w;
        w.add("bot");
        auto bot = w.make_client("");
        w.start(*bot, "bot");
        w.run(bot->synced()).value();
        std::size_t syncs = 0;
        w.network->faults = [&](base::http::request const& r) {
            if (!contains(r.path(), "/sync")) return fault::none();
            return fault::answer(base::http::response(200, R"({"next_batch":"n)" + std::to_string(++syncs) + "\"}"));
        };
        w.pass(std::chrono::minutes(1));
        CHECK(syncs <= 70);
        CHECK(syncs >= 30);
        w.stop(*bot);
    }

    TEST_CASE("an accepted message without an event id is asked for again") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto const room = ann.make_room({account.id()});
        account.join(room);
        auto bot = w.make_client("");
        w.start(*bot, "bot");
        int n = 0;
        w.network->faults = [&](base::http::request const& r) {
            if (!contains(r.path(), "/send/")) return fault::none();
            return ++n < 3 ? fault::answer(base::http::response(200, n == 1 ? "{}" : R"({"event_id":7})")) : fault::none();
        };
        auto const sent = w.run(bot->room(matrix::room_id(room)).send("x"));
        CHECK(sent);
        CHECK(n == 3);
        w.stop(*bot);
    }
}

}  // namespace chatrixcd::test
