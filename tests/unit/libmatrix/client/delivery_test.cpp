// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <set>

#include "support/results.hpp"
#include "support/world.hpp"

namespace chatrixcd::test {

namespace asio = boost::asio;
namespace json = boost::json;
using strings = std::vector<std::string>;

namespace {

[[noreturn]] void give_in() { throw std::runtime_error("no"); }

asio::awaitable<void> accept(matrix::invite i) { (co_await i.accept()).value(); }
asio::awaitable<void> echo(matrix::message m) { (co_await m.reply("echo: " + m.text())).value(); }

// A bot in a room with a person, synced.
class talk {
public:
    explicit talk(std::string const& store = {}, std::function<void(matrix::options&)> adjust = {})
        : ann(w.add("ann")),
          bot_account(w.add("bot")),
          room(ann.make_room({bot_account.id()})),
          bot(w.make_client(store, std::move(adjust))) {
        bot_account.join(room);
    }
    ~talk() { w.stop(*bot); }

    void start() {
        w.start(*bot, "bot");
        w.run(bot->synced()).value();
    }
    strings said() { return ann.bodies(room, bot_account.id()); }

    world w;
    person ann;
    person bot_account;
    std::string room;
    std::unique_ptr<matrix::client> bot;
};

}  // namespace

TEST_SUITE("matrix::client") {
    TEST_CASE("a bot joins what it is invited to and answers each text once, in order") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto bot = w.make_client("store");
        bot->on_invite(accept);
        bot->on_message(echo);
        w.start(*bot, "bot");
        w.run(bot->synced()).value();
        CHECK(bot->user() == matrix::user_id("@bot:test"));

        auto const room = ann.make_room({account.id()});
        w.pass(std::chrono::seconds(5));
        for (int i = 1; i <= 5; ++i) ann.say(room, std::to_string(i));
        w.pass(std::chrono::seconds(5));
        CHECK(ann.bodies(room, account.id()) == strings{"echo: 1", "echo: 2", "echo: 3", "echo: 4", "echo: 5"});
        auto const rooms = w.run(bot->rooms());
        CHECK(rooms == std::vector{matrix::room_id(room)});
        auto const members = w.run(bot->room(matrix::room_id(room)).members()).value();
        CHECK(members.size() == 2);
        w.stop(*bot);
    }

    TEST_CASE("an invitation from before the start is seen too") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto const room = ann.make_room({account.id()});
        auto bot = w.make_client("");
        bot->on_invite(accept);
        w.start(*bot, "bot");
        w.until([&] { return !w.run(bot->rooms()).empty(); });
        w.stop(*bot);
    }

    TEST_CASE("own messages, edits and reactions are no messages, but events for whoever wants them") {
        talk t;
        strings messages;
        strings events;
        t.bot->on_message([&](matrix::message m) -> asio::awaitable<void> {
            messages.push_back(m.text());
            co_return;
        });
        t.bot->on_event([&](matrix::room, matrix::event e) -> asio::awaitable<void> {
            events.push_back(e.type() + " " + std::string(e.content_text("body")));
            co_return;
        });
        t.bot->deliver_if([](matrix::room_id const&, matrix::event const& e) { return e.type() != "m.room.member"; });
        t.start();
        auto const original = t.ann.say(t.room, "hello");
        t.ann.send(t.room, "m.room.message",
                   json::parse(R"({"msgtype":"m.text","body":"* hi",
            "m.new_content":{"msgtype":"m.text","body":"hi"},
            "m.relates_to":{"rel_type":"m.replace","event_id":")" +
                               original + "\"}}")
                       .as_object());
        t.bot_account.say(t.room, "mine");
        t.ann.send(t.room, "m.reaction",
                   json::parse(R"({
            "m.relates_to":{"rel_type":"m.annotation","key":"+1","event_id":")" +
                               original + "\"}}")
                       .as_object());
        t.w.pass(std::chrono::seconds(5));
        CHECK(messages == strings{"hello"});
        CHECK(events == strings{"m.room.message * hi", "m.room.message mine", "m.reaction "});
    }

    TEST_CASE("what was said before the first start is not delivered, unless that is wanted") {
        for (bool const wanted : {false, true}) {
            talk t("", [wanted](matrix::options& o) {
                if (wanted) o.at_first_start(matrix::first_start::deliver_old);
            });
            t.ann.say(t.room, "old");
            t.bot->on_message(echo);
            t.start();
            t.ann.say(t.room, "new");
            t.w.pass(std::chrono::seconds(5));
            CHECK(t.said() == (wanted ? strings{"echo: old", "echo: new"} : strings{"echo: new"}));
        }
    }

    TEST_CASE("what was said before the bot came in is never delivered") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto bot = w.make_client("");
        bot->on_message(echo);
        bot->on_invite(accept);
        w.start(*bot, "bot");
        w.run(bot->synced()).value();
        auto const room = ann.make_room();
        for (int i = 0; i < 30; ++i) ann.say(room, "history");
        ann.invite(room, account.id());
        w.pass(std::chrono::seconds(3));
        ann.say(room, "now");
        w.pass(std::chrono::seconds(3));
        CHECK(ann.bodies(room, account.id()) == strings{"echo: now"});
        w.stop(*bot);
    }

    TEST_CASE("rooms that are not wanted deliver nothing") {
        std::string unwanted;
        talk t("", [&](matrix::options& o) { o.rooms([&](matrix::room_id const& id) { return id.str() != unwanted; }); });
        unwanted = t.room;
        auto const other = t.ann.make_room({t.bot_account.id()});
        t.bot_account.join(other);
        t.bot->on_message(echo);
        t.start();
        t.ann.say(t.room, "a");
        t.ann.say(other, "b");
        t.w.pass(std::chrono::seconds(5));
        CHECK(t.said().empty());
        CHECK(t.ann.bodies(other, t.bot_account.id()) == strings{"echo: b"});
    }

    TEST_CASE("a slow room does not hold up the others, and its own messages stay in order") {
        talk t;
        auto const other = t.ann.make_room({t.bot_account.id()});
        t.bot_account.join(other);
        strings handled;
        t.bot->on_message([&](matrix::message m) -> asio::awaitable<void> {
            if (m.text() == "slow") co_await t.w.time.sleep(std::chrono::minutes(10));
            handled.push_back(m.text());
        });
        t.start();
        t.ann.say(t.room, "slow");
        t.ann.say(t.room, "behind");
        t.ann.say(other, "quick");
        t.w.pass(std::chrono::minutes(1));
        CHECK(handled == strings{"quick"});
        t.w.pass(std::chrono::minutes(15));
        CHECK(handled == strings{"quick", "slow", "behind"});
    }

    TEST_CASE("no more rooms than allowed are handled at once") {
        talk t("", [](matrix::options& o) { o.parallel_rooms(2); });
        std::size_t now = 0;
        std::size_t most = 0;
        std::size_t all = 0;
        t.bot->on_message([&](matrix::message) -> asio::awaitable<void> {
            most = std::max(most, ++now);
            co_await t.w.time.sleep(std::chrono::minutes(1));
            --now;
            ++all;
        });
        strings rooms{t.room};
        for (int i = 0; i < 5; ++i) {
            rooms.push_back(t.ann.make_room({t.bot_account.id()}));
            t.bot_account.join(rooms.back());
        }
        t.start();
        for (auto const& room : rooms) t.ann.say(room, "x");
        t.w.pass(std::chrono::minutes(10));
        CHECK(most == 2);
        CHECK(all == 6);
    }

    TEST_CASE("a handler that throws is asked three times, then the message is set aside and the next one goes on") {
        talk t("store");
        int tries = 0;
        std::string error_id;
        t.bot->on_message([&](matrix::message m) -> asio::awaitable<void> {
            if (m.text() != "bad") {
                (co_await m.reply("fine")).value();
                co_return;
            }
            ++tries;
            CHECK(m.attempt() == static_cast<unsigned>(tries));
            (co_await m.reply("before the failure")).value();
            give_in();
        });
        t.bot->on_set_aside([&](matrix::message m, std::string id) -> asio::awaitable<void> {
            error_id = id;
            (co_await m.reply("error " + id)).value();
        });
        t.start();
        t.ann.say(t.room, "bad");
        t.ann.say(t.room, "good");
        t.w.pass(std::chrono::minutes(5));
        CHECK(tries == 3);
        CHECK_FALSE(error_id.empty());
        // What the handler had sent before it failed appears once.
        CHECK(t.said() == strings{"before the failure", "error " + error_id, "fine"});
        auto const tells = [&](auto const& line) { return contains(line, "error_id=" + error_id); };
        CHECK(std::any_of(t.w.log_lines.begin(), t.w.log_lines.end(), tells));
    }

    TEST_CASE("pulled messages wait for their acknowledgement, come again after a failure, and after a restart") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto const room = ann.make_room({account.id()});
        account.join(room);
        auto bot = w.make_client("store");
        bot->pull_messages();
        w.start(*bot, "bot");
        w.run(bot->synced()).value();
        ann.say(room, "one");
        ann.say(room, "two");
        {
            auto first = w.run(bot->next()).value();
            CHECK(first.message().text() == "one");
            CHECK_FALSE(w.run(first.failed("not yet")));
            auto again = w.run(bot->next()).value();
            CHECK(again.message().text() == "one");
            CHECK(again.message().attempt() == 2);
            CHECK(again.message().trace() == first.message().trace());
            w.run(again.acknowledge());
            auto second = w.run(bot->next()).value();
            CHECK(second.message().text() == "two");
        }  // dropped without a word
        ann.say(room, "three");
        auto third = w.run(bot->next()).value();
        CHECK(third.message().text() == "three");
        w.run(third.acknowledge());
        w.stop(*bot);
        CHECK_FALSE(w.run(bot->next()));

        bot = w.make_client("store");
        bot->pull_messages();
        w.start(*bot, "bot");
        auto left = w.run(bot->next()).value();
        CHECK(left.message().text() == "two");
        w.run(left.acknowledge());
        w.stop(*bot);
    }

    TEST_CASE("a pulled message that ends the process comes again each time, and says how often; a restart in good order is no such time") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto const room = ann.make_room({account.id()});
        account.join(room);
        unsigned expected = 0;
        for (int start = 1; start <= 7; ++start) {
            bool const dies = start != 2 && start != 4;
            bool dead = false;
            base::store_hooks hooks;
            hooks.before_commit = [&] {
                if (dead) throw std::runtime_error("the process has died");
            };
            auto bot = w.make_client("store", [&](matrix::options& o) { o.store_hooks(hooks); });
            bot->pull_messages();
            w.start(*bot, "bot");
            w.run(bot->synced()).value();
            if (start == 1) ann.say(room, "x");
            {
                auto const taken = w.run(bot->next()).value();
                CHECK(taken.message().attempt() == expected + 1);
                dead = dies;
            }  // dropped without a word
            w.pass(std::chrono::seconds(1));
            w.stop(*bot);
            if (dies) ++expected;
        }
        CHECK(expected == 5);
    }

    TEST_CASE("a pulled message is set aside at its third failure") {
        talk t;
        t.bot->pull_messages();
        t.start();
        t.ann.say(t.room, "x");
        bool aside = false;
        for (int i = 1; i <= 3; ++i) {
            CHECK_FALSE(aside);
            auto d = t.w.run(t.bot->next()).value();
            aside = t.w.run(d.failed("broken"));
        }
        CHECK(aside);
    }

    TEST_CASE("stopping waits for handlers, and what they did not finish comes again without counting") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto const room = ann.make_room({account.id()});
        account.join(room);
        std::vector<unsigned> attempts;
        auto slow = [&](matrix::message m) -> asio::awaitable<void> {
            attempts.push_back(m.attempt());
            if (attempts.size() < 6) co_await w.time.sleep(std::chrono::hours(1));
        };
        auto bot = w.make_client("store");
        bot->on_message(slow);
        w.start(*bot, "bot");
        w.run(bot->synced()).value();
        ann.say(room, "x");
        w.until([&] { return !attempts.empty(); });
        w.stop(*bot);
        for (std::size_t i = 2; i <= 6; ++i) {
            bot = w.make_client("store");
            bot->on_message(slow);
            w.start(*bot, "bot");
            w.until([&] { return attempts.size() == i; });
            w.stop(*bot);
        }
        CHECK(attempts == std::vector<unsigned>(6, 1));
    }

    TEST_CASE("a message in a thread is answered there") {
        talk t;
        t.bot->on_message(echo);
        t.start();
        auto const root = t.bot_account.say(t.room, "root");
        auto const asked = t.ann.send(t.room, "m.room.message",
                                      json::parse(R"({"msgtype":"m.text","body":"x",
            "m.relates_to":{"rel_type":"m.thread","event_id":")" +
                                                  root + "\"}}")
                                          .as_object());
        t.w.pass(std::chrono::seconds(5));
        auto const last = t.ann.history(t.room).back();
        CHECK(last.at("content").at("m.relates_to") ==
              json::parse(R"({"rel_type":"m.thread","event_id":")" + root + R"(","is_falling_back":false,"m.in_reply_to":{"event_id":")" +
                          asked + "\"}}"));
        CHECK(last.at("content").at("m.mentions") == json::parse(R"({"user_ids":["@ann:test"]})"));
    }
}

}  // namespace chatrixcd::test
