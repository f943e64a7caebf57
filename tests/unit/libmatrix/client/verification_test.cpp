// SPDX-License-Identifier: Apache-2.0
// Clients whose people verify each other, on the embedded homeserver.
#include <doctest/doctest.h>

#include <memory>
#include <string>

#include "support/person_at_client.hpp"
#include "support/requests.hpp"

namespace chatrixcd::test {

TEST_SUITE("matrix::client::verification") {
    TEST_CASE("two people who see the same codes know each other's identity, and each message of theirs says so, over restarts") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto const room = room_of_both(w, ann, account);
        auto bot = std::make_unique<person_at_client>(w, "bot", "bot");
        person_at_client anns(w, "ann", "ann");
        auto asked = w.run(anns.client->verify(matrix::room_id(room), matrix::user_id("@bot:test")));
        REQUIRE(asked.has_value());
        base::task_group later(w.loop.get_executor(), nullptr);
        later.spawn(anns.look_after(*asked));
        w.until([&] { return anns.proved && bot->proved; });
        CHECK(same(*anns.codes, *bot->codes));
        CHECK(anns.proved->identity);
        CHECK(bot->proved->identity);
        CHECK(bot->requests == 1);
        bot.reset();
        bot = std::make_unique<person_at_client>(w, "bot", "bot");
        w.pass(std::chrono::seconds(30));
        CHECK(bot->requests == 0);
        REQUIRE(w.run(anns.client->room(matrix::room_id(room)).send(matrix::outgoing::text("hello"))).has_value());
        w.until([&] { return bot->heard == "hello"; });
        CHECK(bot->believed.user_verified);
        w.run(later.join());
    }

    TEST_CASE("a request of a device of which nobody has heard yet is answered once its keys are known") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto const room = room_of_both(w, ann, account);
        person_at_client anns(w, "ann", "ann");
        person_at_client bot(w, "bot", "bot");
        auto asked = w.run(bot.client->verify(matrix::room_id(room), matrix::user_id("@ann:test")));
        REQUIRE(asked.has_value());
        base::task_group later(w.loop.get_executor(), nullptr);
        later.spawn(bot.look_after(*asked));
        w.until([&] { return anns.proved && bot.proved; });
        CHECK(same(*anns.codes, *bot.codes));
        w.run(later.join());
    }

    TEST_CASE("between devices it is the same") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        room_of_both(w, ann, account);
        person_at_client bot(w, "bot", "bot");
        person_at_client anns(w, "ann", "ann");
        auto asked = w.run(anns.client->verify_device(matrix::user_id("@bot:test"), bot.client->device()));
        REQUIRE(asked.has_value());
        base::task_group later(w.loop.get_executor(), nullptr);
        later.spawn(anns.look_after(*asked));
        w.until([&] { return anns.proved && bot.proved; });
        CHECK(same(*anns.codes, *bot.codes));
        CHECK(anns.proved->identity);
        w.run(later.join());
    }

    TEST_CASE("whoever sees other codes ends it, and nobody is trusted") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto const room = room_of_both(w, ann, account);
        person_at_client bot(w, "bot", "bot");
        person_at_client anns(w, "ann", "ann");
        bot.sees_others = true;
        auto asked = w.run(anns.client->verify(matrix::room_id(room), matrix::user_id("@bot:test")));
        REQUIRE(asked.has_value());
        base::task_group later(w.loop.get_executor(), nullptr);
        later.spawn(anns.look_after(*asked));
        w.until([&] { return !anns.problem.empty(); });
        CAPTURE(anns.problem);
        CHECK(contains(anns.problem, "m.mismatched_sas"));
        CHECK_FALSE(anns.proved.has_value());
        REQUIRE(w.run(anns.client->room(matrix::room_id(room)).send(matrix::outgoing::text("hello"))).has_value());
        w.until([&] { return bot.heard == "hello"; });
        CHECK(bot.believed.cross_signed);
        CHECK_FALSE(bot.believed.user_verified);
        w.run(later.join());
    }

    TEST_CASE("whoever only agrees lets the other one verify them, and keeps nothing") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto const room = room_of_both(w, ann, account);
        person_at_client bot(w, "bot", "bot");
        person_at_client anns(w, "ann", "ann");
        bot.only_agrees = true;
        auto asked = w.run(anns.client->verify(matrix::room_id(room), matrix::user_id("@bot:test")));
        REQUIRE(asked.has_value());
        base::task_group later(w.loop.get_executor(), nullptr);
        later.spawn(anns.look_after(*asked));
        w.until([&] { return anns.proved && bot.proved; });
        CHECK(w.run(anns.client->identity_of(matrix::user_id("@bot:test"))).value().is_verified);
        CHECK_FALSE(w.run(bot.client->identity_of(matrix::user_id("@ann:test"))).value().is_verified);
        w.run(later.join());
    }

    TEST_CASE("a device that does not prove its owner's identity is not taken for it: nobody signs that identity") {
        for (bool const proves : {true, false}) {
            CAPTURE(proves);
            world w;
            auto ann = w.add("ann");
            auto account = w.add("bot");
            room_of_both(w, ann, account);
            std::string bots;
            std::string signed_by_bot;
            w.network->faults = [&](base::http::request const& r) {
                auto const token = r.headers.get("Authorization").value_or("");
                if (bots.empty()) bots = token;
                if (r.path().ends_with("/keys/signatures/upload") && token == bots) signed_by_bot += r.body;
                return fault::none();
            };
            person_at_client bot(w, "bot", "bot");
            person_at_client anns(w, "ann", "ann");
            // The identity is the first one's; the second has not its keys.
            person_at_client second(w, "ann", "second");
            auto const& device = (proves ? anns : second).client->device();
            auto asked = w.run(bot.client->verify_device(matrix::user_id("@ann:test"), device));
            REQUIRE(asked.has_value());
            base::task_group later(w.loop.get_executor(), nullptr);
            later.spawn(bot.look_after(*asked));
            w.until([&] { return bot.proved.has_value(); });
            w.pass(std::chrono::minutes(1));
            CHECK(bot.proved->device);
            CHECK(bot.proved->identity == proves);
            CHECK(contains(signed_by_bot, "@ann:test") == proves);
            w.run(later.join());
        }
    }

    TEST_CASE("nobody who answers is waited for longer than ten minutes, nor beyond a stop") {
        for (bool const stops : {false, true}) {
            CAPTURE(stops);
            world w;
            auto ann = w.add("ann");
            auto account = w.add("bot");
            auto const room = room_of_both(w, ann, account);
            auto anns = std::make_unique<person_at_client>(w, "ann", "ann");
            auto asked = w.run(anns->client->verify(matrix::room_id(room), matrix::user_id("@bot:test")));
            REQUIRE(asked.has_value());
            base::task_group later(w.loop.get_executor(), nullptr);
            later.spawn(anns->look_after(*asked));
            w.pass(std::chrono::minutes(1));
            CHECK(anns->problem.empty());
            if (stops) w.stop(*anns->client);
            w.until([&] { return !anns->problem.empty(); }, std::chrono::minutes(11));
            CHECK(contains(anns->problem, stops ? "stopped" : "m.timeout"));
            w.run(later.join());
        }
    }
}

}  // namespace chatrixcd::test
