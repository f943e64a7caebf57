// SPDX-License-Identifier: Apache-2.0
// What a restart leaves of verifications: who goes on with one is told that nothing is known of it, and nobody else.
#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>

#include "support/person_at_client.hpp"
#include "support/requests.hpp"

namespace chatrixcd::test {

namespace {

// How often a user has said in a room, in clear, that a verification is over.
std::size_t cancellations(person& reader, std::string const& room, std::string const& by) {
    auto const all = reader.history(room);
    return static_cast<std::size_t>(std::ranges::count_if(all, [&](auto const& e) {
        return e.at("type") == "m.key.verification.cancel" && std::string_view(e.at("sender").as_string()) == by;
    }));
}

}  // namespace

TEST_SUITE("matrix::client::verification_restarts") {
    TEST_CASE("whoever goes on with a verification that a restart has ended is told that nothing is known of it") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        room_of_both(w, ann, account);
        auto bot = std::make_unique<person_at_client>(w, "bot", "bot");
        bot->only_looks = true;
        person_at_client anns(w, "ann", "ann");
        auto const asked = w.run(anns.client->verify_device(matrix::user_id("@bot:test"), bot->client->device()));
        REQUIRE(asked.has_value());
        REQUIRE(w.run(asked->codes()).has_value());
        w.until([&] { return bot->codes.has_value(); });
        bot.reset();
        bot = std::make_unique<person_at_client>(w, "bot", "bot");
        auto const proof = w.run(asked->confirm());
        REQUIRE_FALSE(proof.has_value());
        CHECK(contains(proof.error().message(), "m.unknown_transaction"));
        CHECK(bot->times_asked == 0);
    }

    TEST_CASE("in a room whoever takes part in what a restart has ended is told once, whoever has asked, and however it was encrypted") {
        for (bool const is_encrypted : {true, false}) {
            for (bool const bot_asks : {true, false}) {
                CAPTURE(is_encrypted);
                CAPTURE(bot_asks);
                world w;
                auto ann = w.add("ann");
                auto account = w.add("bot");
                auto const room = is_encrypted ? room_of_both(w, ann, account) : ann.make_room({"@bot:test"});
                if (!is_encrypted) account.join(room);
                auto bot = std::make_unique<person_at_client>(w, "bot", "bot");
                bot->only_looks = true;
                person_at_client anns(w, "ann", "ann");
                anns.only_looks = true;
                auto const& from = bot_asks ? bot->client : anns.client;
                auto const& to = bot_asks ? anns : *bot;
                auto const asked = w.run(from->verify(matrix::room_id(room), matrix::user_id(bot_asks ? "@ann:test" : "@bot:test")));
                REQUIRE(asked.has_value());
                REQUIRE(w.run(asked->codes()).has_value());
                w.until([&] { return to.codes.has_value(); });
                auto const anns_side = bot_asks ? *anns.last : *asked;
                bot.reset();
                bot = std::make_unique<person_at_client>(w, "bot", "bot");
                auto const proof = w.run(anns_side.confirm());
                REQUIRE_FALSE(proof.has_value());
                CHECK(contains(proof.error().message(), "restarted in the middle of it (m.user)"));
                // Once is enough.
                bot.reset();
                bot = std::make_unique<person_at_client>(w, "bot", "bot");
                w.pass(std::chrono::minutes(1));
                if (!is_encrypted) CHECK(cancellations(ann, room, "@bot:test") == 1);
            }
        }
    }

    TEST_CASE("a request of ours that nobody has answered is taken back by a restart") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto const room = room_of_both(w, ann, account);
        auto bot = std::make_unique<person_at_client>(w, "bot", "bot");
        person_at_client anns(w, "ann", "ann");
        anns.leaves_it = true;
        REQUIRE(w.run(bot->client->verify(matrix::room_id(room), matrix::user_id("@ann:test"))).has_value());
        w.until([&] { return anns.times_asked == 1; });
        bot.reset();
        bot = std::make_unique<person_at_client>(w, "bot", "bot");
        w.pass(std::chrono::minutes(1));
        auto const codes = w.run(anns.last->codes());
        REQUIRE_FALSE(codes.has_value());
        CHECK(contains(codes.error().message(), "restarted"));
    }

    TEST_CASE("a restart says nothing of what is over, old, not answered by us, another device's, or other people's") {
        enum class story { is_over, is_old, is_unanswered, is_of_another_device, is_of_others };
        for (auto const what : {story::is_over, story::is_old, story::is_unanswered, story::is_of_another_device, story::is_of_others}) {
            CAPTURE(static_cast<int>(what));
            world w;
            auto ann = w.add("ann");
            auto account = w.add("bot");
            auto eve = w.add("eve");
            auto const room = ann.make_room({"@bot:test", "@eve:test"});
            account.join(room);
            eve.join(room);
            auto bot = std::make_unique<person_at_client>(w, "bot", "bot");
            bot->leaves_it = what == story::is_unanswered || what == story::is_of_another_device;
            bot->only_looks = what == story::is_old;
            std::unique_ptr<person_at_client> other;
            if (what == story::is_of_another_device) other = std::make_unique<person_at_client>(w, "bot", "bot2");
            if (what == story::is_of_others) other = std::make_unique<person_at_client>(w, "eve", "eve");
            if (other) other->only_looks = true;
            person_at_client anns(w, "ann", "ann");
            anns.only_looks = what != story::is_over;
            auto const whom = matrix::user_id(what == story::is_of_others ? "@eve:test" : "@bot:test");
            auto const asked = w.run(anns.client->verify(matrix::room_id(room), whom));
            REQUIRE(asked.has_value());
            base::task_group later(w.loop.get_executor(), nullptr);
            later.spawn(anns.look_after(*asked));
            if (what == story::is_unanswered) {
                w.until([&] { return bot->times_asked == 1; });
            } else if (what == story::is_over) {
                w.until([&] { return bot->proved && anns.proved; });
            } else {
                w.until([&] { return anns.codes.has_value(); });
            }
            w.stop(*bot->client);
            if (what == story::is_old) w.pass(std::chrono::minutes(11));
            person_at_client again(w, "bot", "bot");
            w.pass(std::chrono::minutes(1));
            CHECK(cancellations(ann, room, "@bot:test") == 0);
            asked->cancel("enough");
            w.run(later.join());
        }
    }
}

}  // namespace chatrixcd::test
