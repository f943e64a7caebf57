// SPDX-License-Identifier: Apache-2.0
// The promises of this library, cut at every point: what is received is handled, what is sent appears once, in order.
#include <doctest/doctest.h>

#include <algorithm>
#include <boost/json/object.hpp>
#include <map>
#include <set>
#include <stdexcept>

#include "matrix/death.hpp"
#include "state/schema.hpp"
#include "support/results.hpp"
#include "support/world.hpp"

namespace chatrixcd::test {

namespace asio = boost::asio;
using strings = std::vector<std::string>;

namespace {

fault fault_of(death::fate what) {
    switch (what) {
        case death::fate::never_leaves:
            return fault::drop_before();
        case death::fate::answer_is_lost:
            return fault::drop_after();
        case death::fate::is_answered:
            break;
    }
    return fault::none();
}

asio::awaitable<void> accept(matrix::invite i) { (co_await i.accept()).value(); }

// One conversation with a bot that dies once. Returns whether it did.
bool converse(death::place where, unsigned number) {
    world w(number);
    auto ann = w.add("ann");
    auto account = w.add("bot");
    std::map<std::string, int> handled;
    auto answer = [&](matrix::message m) -> asio::awaitable<void> {
        (co_await m.reply(m.text() + " first")).value();
        ++handled[m.text()];
        (co_await m.reply(m.text() + " second")).value();
    };
    auto const open = [&](base::store_hooks hooks) {
        auto bot = w.make_client("store", [&](matrix::options& o) { o.store_hooks(hooks); });
        bot->on_invite(accept);
        bot->on_message(answer);
        return bot;
    };
    auto const begin = [&](matrix::client& bot) {
        return w.run(bot.start(matrix::login::password(matrix::user_id("@bot:test"), base::secret(password))));
    };
    auto bot = open({});
    CHECK(begin(*bot));
    w.run(bot->synced()).value();
    w.stop(*bot);
    bot.reset();

    death end(where, number);
    w.network->faults = [&](auto const&) { return fault_of(end.next_request()); };
    bot = open(end.hooks());
    static_cast<void>(begin(*bot));
    auto const room = ann.make_room({account.id()});
    w.pass(std::chrono::seconds(5));
    ann.say(room, "a");
    ann.say(room, "b");
    w.pass(std::chrono::seconds(5));
    bool const died = end.dead();
    w.stop(*bot);
    bot.reset();
    end.come_back(number);

    w.network->faults = nullptr;
    bot = open({});
    auto const again = begin(*bot);
    INFO(again);
    REQUIRE(again.has_value());
    w.pass(std::chrono::minutes(2));
    auto const members = w.run(bot->room(matrix::room_id(room)).members()).value();
    CHECK(members.size() == 2);
    // Said before the bot was in the room, a message is not for it; ours joins before they are said, unless it died before.
    auto const said = ann.bodies(room, account.id());
    strings const both{"a first", "a second", "b first", "b second"};
    bool const joined_in_time = handled["a"] > 0;
    if (joined_in_time) {
        CHECK(said == both);
        CHECK(handled["b"] >= 1);
    } else {
        CHECK(said.empty());
        ann.say(room, "a");
        ann.say(room, "b");
        w.pass(std::chrono::seconds(5));
        CHECK(ann.bodies(room, account.id()) == both);
    }
    w.stop(*bot);
    return died;
}

void die_everywhere(death::place where, unsigned least) {
    unsigned number = 1;
    for (;; ++number) {
        CAPTURE(number);
        if (!converse(where, number)) break;
    }
    // Otherwise the test would not have cut much.
    CHECK(number > least);
}

std::string position_in(std::string const& folder, std::int64_t& rows) {
    base::store_options file;
    file.path = folder + "/matrix.db";
    file.migrations = matrix::detail::migrations();
    file.key = base::store_key_file{folder + "/store.key"};
    auto opened = base::store::open(std::move(file), base::make_inline_store_runner());
    auto db = std::move(opened.value());
    boost::asio::io_context loop;
    auto read = [](base::transaction& t) {
        auto const position = t.first("SELECT position FROM account")->text(0);
        auto const count = t.first("SELECT COUNT(*) FROM inbox WHERE state <> 4")->integer(0);
        return std::pair(position, count);
    };
    auto const found = run_coroutine(loop, db->read(std::move(read)));
    rows = found.second;
    return found.first;
}

}  // namespace

TEST_SUITE("matrix::crash") {
    TEST_CASE("dying before any commit loses nothing and doubles nothing") { die_everywhere(death::place::before_commit, 12); }
    TEST_CASE("dying after any commit loses nothing and doubles nothing") { die_everywhere(death::place::after_commit, 12); }
    TEST_CASE("dying before any request loses nothing and doubles nothing") { die_everywhere(death::place::before_request, 8); }
    TEST_CASE("dying after any request loses nothing and doubles nothing") { die_everywhere(death::place::after_request, 8); }
    TEST_CASE("power that fails at any change of the disk loses nothing and doubles nothing") { die_everywhere(death::place::power, 60); }

    TEST_CASE("position and inbox move together or not at all, and what was not kept is asked for again") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto const room = ann.make_room({account.id()});
        account.join(room);
        bool broken = false;
        base::store_hooks hooks;
        hooks.before_commit = [&] {
            if (broken) throw std::runtime_error("disk full");
        };
        auto bot = w.make_client("store", [&](matrix::options& o) { o.store_hooks(hooks); });
        bot->pull_messages();
        w.start(*bot, "bot");
        w.run(bot->synced()).value();
        w.pass(std::chrono::minutes(1));

        broken = true;
        std::set<std::string> asked;
        w.network->faults = [&](base::http::request const& r) {
            auto const at = r.url.find("since=");
            if (contains(r.path(), "/sync") && at != std::string::npos) asked.insert(r.url.substr(at));
            return fault::none();
        };
        ann.say(room, "x");
        w.pass(std::chrono::minutes(10));
        CHECK(asked.size() == 1);
        auto const told = [&](std::string_view what) {
            return std::count_if(w.log_lines.begin(), w.log_lines.end(), [&](auto const& l) { return contains(l, what); });
        };
        CHECK(told("the store does not work") == 1);

        broken = false;
        auto message = w.run(bot->next()).value();
        CHECK(message.message().text() == "x");
        CHECK(message.message().attempt() == 1);
        CHECK(told("the store works again") == 1);
        w.run(message.acknowledge());
        w.stop(*bot);
        bot.reset();
        std::int64_t rows = -1;
        CHECK_FALSE(position_in(w.path("store"), rows).empty());
        CHECK(rows == 0);
    }

    TEST_CASE("a failing store counts as nobody's try") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto const room = ann.make_room({account.id()});
        account.join(room);
        bool broken = false;
        base::store_hooks hooks;
        hooks.before_commit = [&] {
            if (broken) throw std::runtime_error("disk full");
        };
        int calls = 0;
        auto bot = w.make_client("store", [&](matrix::options& o) { o.store_hooks(hooks); });
        bot->on_message([&](matrix::message m) -> asio::awaitable<void> {
            broken = ++calls <= 5;
            auto const sent = co_await m.reply("done");
            sent.value();
        });
        w.start(*bot, "bot");
        w.run(bot->synced()).value();
        ann.say(room, "x");
        auto heal = [&]() -> asio::awaitable<void> {
            for (;;) {
                co_await w.time.sleep(std::chrono::minutes(1));
                broken = false;
            }
        };
        base::task_group healer(w.loop.get_executor(), nullptr);
        healer.spawn(heal());
        w.pass(std::chrono::hours(1));
        CHECK(calls == 6);
        CHECK(ann.bodies(room, account.id()) == strings{"done"});
        healer.cancel();
        w.run(healer.join());
        w.stop(*bot);
    }

    TEST_CASE("a message that kills the program each time is set aside at the fourth start") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto const room = ann.make_room({account.id()});
        account.join(room);
        strings handled;
        for (int start = 1; start <= 4; ++start) {
            bool dead = false;
            base::store_hooks hooks;
            hooks.before_commit = [&] {
                if (dead) throw std::runtime_error("the process has died");
            };
            auto bot = w.make_client("store", [&](matrix::options& o) { o.store_hooks(hooks); });
            bot->on_message([&](matrix::message m) -> asio::awaitable<void> {
                handled.push_back(m.text());
                dead = m.text() == "deadly";
                if (dead) co_await w.time.sleep(std::chrono::hours(1));
            });
            w.start(*bot, "bot");
            if (start == 1) {
                w.run(bot->synced()).value();
                ann.say(room, "deadly");
                ann.say(room, "harmless");
            }
            w.pass(std::chrono::seconds(10));
            w.stop(*bot);
        }
        CHECK(handled == strings{"deadly", "deadly", "deadly", "harmless"});
    }

    TEST_CASE("a commit that was kept though its answer was lost delays messages, and neither loses nor doubles one") {
        for (int lost = 1; lost <= 6; ++lost) {
            world w;
            auto ann = w.add("ann");
            auto account = w.add("bot");
            auto const room = ann.make_room({account.id()});
            account.join(room);
            int lose = 0;
            base::store_hooks hooks;
            hooks.after_commit = [&] {
                if (lose > 0 && --lose == 0) throw std::runtime_error("the answer was lost");
            };
            auto bot = w.make_client("store", [&](matrix::options& o) { o.store_hooks(hooks); });
            std::vector<std::string> heard;
            bot->on_message([&](matrix::message m) -> asio::awaitable<void> {
                heard.push_back(m.text());
                co_return;
            });
            w.start(*bot, "bot");
            w.run(bot->synced()).value();
            lose = lost;
            ann.say(room, "1");
            w.pass(std::chrono::minutes(2));
            ann.say(room, "2");
            w.pass(std::chrono::minutes(2));
            CHECK(heard == std::vector<std::string>{"1", "2"});
            w.stop(*bot);
        }
    }
}

}  // namespace chatrixcd::test
