// SPDX-License-Identifier: Apache-2.0
// Clients whose people verify each other, on the embedded homeserver.
#include <doctest/doctest.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <memory>
#include <string>

#include <chatrixcd/base/json_reader.hpp>

#include "support/person_at_client.hpp"
#include "support/requests.hpp"

namespace chatrixcd::test {

namespace {

// Parts of verifications, as somebody says them who has no client.
boost::json::object request_from(std::string const& device, world& w, base::duration age = base::duration(0)) {
    boost::json::object content;
    content["from_device"] = device;
    content["methods"] = boost::json::array{"m.sas.v1"};
    content["timestamp"] = (w.time.now() - age).time_since_epoch().count();
    return content;
}
void send_to_devices(world& w, person const& from, std::string const& to, std::string const& type, boost::json::object content) {
    static int number = 0;
    boost::json::object body;
    body["messages"].emplace_object()[to].emplace_object()["*"] = std::move(content);
    ask_as(w, from, base::http::method::put, "/sendToDevice/" + type + "/t" + std::to_string(++number), boost::json::serialize(body));
}
boost::json::object request_in_room(std::string const& to, std::string const& device, world& w) {
    auto content = request_from(device, w);
    content["msgtype"] = "m.key.verification.request";
    content["to"] = to;
    content["body"] = "verify me";
    return content;
}

// A device that begins without having asked, as clients did that knew of no requests.
boost::json::object start_from(std::string const& device, std::string const& id) {
    boost::json::object content;
    content["from_device"] = device;
    content["transaction_id"] = id;
    content["method"] = "m.sas.v1";
    content["key_agreement_protocols"] = boost::json::array{"curve25519-hkdf-sha256"};
    content["hashes"] = boost::json::array{"sha256"};
    content["message_authentication_codes"] = boost::json::array{"hkdf-hmac-sha256"};
    content["short_authentication_string"] = boost::json::array{"emoji", "decimal"};
    return content;
}

// How often a user has said in a room, in clear, that a verification is over.
std::size_t cancellations(person& reader, std::string const& room, std::string const& by) {
    auto const all = reader.history(room);
    return static_cast<std::size_t>(std::ranges::count_if(all, [&](auto const& e) {
        return e.at("type") == "m.key.verification.cancel" && std::string_view(e.at("sender").as_string()) == by;
    }));
}

}  // namespace

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

    TEST_CASE("a request that comes before its sender's devices are known is heard when they are") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto const room = room_of_both(w, ann, account);
        std::string bots;
        bool blind = false;
        w.network->faults = [&](base::http::request const& r) {
            if (bots.empty()) bots = r.headers.get("Authorization").value_or("");
            bool const is_query = r.path().ends_with("/keys/query") && r.headers.get("Authorization") == bots;
            return blind && is_query ? fault::answer(base::http::response(500)) : fault::none();
        };
        person_at_client bot(w, "bot", "bot");
        blind = true;
        person_at_client anns(w, "ann", "ann");
        auto asked = w.run(anns.client->verify(matrix::room_id(room), matrix::user_id("@bot:test")));
        REQUIRE(asked.has_value());
        base::task_group later(w.loop.get_executor(), nullptr);
        later.spawn(anns.look_after(*asked));
        w.pass(std::chrono::minutes(1));
        CHECK(bot.times_asked == 0);
        blind = false;
        w.until([&] { return anns.proved && bot.proved; });
        w.run(later.join());
    }

    TEST_CASE("what another device of our account has answered is left to it") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto const room = ann.make_room({"@bot:test"});
        account.join(room);
        person_at_client idle(w, "bot", "bot");
        idle.leaves_it = true;
        person_at_client quick(w, "bot", "bot2");
        quick.leaves_it = true;
        person_at_client anns(w, "ann", "ann");
        auto asked = w.run(anns.client->verify(matrix::room_id(room), matrix::user_id("@bot:test")));
        REQUIRE(asked.has_value());
        base::task_group later(w.loop.get_executor(), nullptr);
        later.spawn(anns.look_after(*asked));
        w.until([&] { return idle.last && quick.last; });
        quick.leaves_it = false;
        later.spawn(quick.look_after(*quick.last));
        w.until([&] { return anns.proved && quick.proved; });
        auto const codes = w.run(idle.last->codes());
        REQUIRE_FALSE(codes.has_value());
        CHECK(contains(codes.error().message(), "another device"));
        w.run(later.join());
    }

    TEST_CASE("a device that was asked and is not wanted any more is told") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        room_of_both(w, ann, account);
        person_at_client bot(w, "bot", "bot");
        bot.leaves_it = true;
        person_at_client anns(w, "ann", "ann");
        auto const asked = w.run(anns.client->verify_device(matrix::user_id("@bot:test"), bot.client->device()));
        REQUIRE(asked.has_value());
        w.until([&] { return bot.times_asked == 1; });
        asked->cancel("no time");
        w.pass(std::chrono::minutes(1));
        auto const codes = w.run(bot.last->codes());
        REQUIRE_FALSE(codes.has_value());
        CHECK(contains(codes.error().message(), "no time (m.user)"));
    }

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

    TEST_CASE("a device that begins without having asked is answered once our person wants to, and not again when it is over") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        room_of_both(w, ann, account);
        int accepted = 0;
        w.network->faults = [&](base::http::request const& r) {
            accepted += contains(r.path(), "/sendToDevice/m.key.verification.accept/") ? 1 : 0;
            return fault::none();
        };
        person_at_client bot(w, "bot", "bot");
        bot.leaves_it = true;
        person_at_client anns(w, "ann", "ann");
        auto const start = start_from(anns.client->device().str(), "t");
        send_to_devices(w, ann, "@bot:test", "m.key.verification.start", start);
        w.until([&] { return bot.times_asked == 1; });
        CHECK(bot.last->user() == matrix::user_id("@ann:test"));
        CHECK_FALSE(bot.last->was_asked_by_us());
        w.pass(std::chrono::minutes(1));
        CHECK(accepted == 0);
        // Ann's device knows nothing of what is said in its name.
        auto const codes = w.run(bot.last->codes());
        CHECK(accepted == 1);
        REQUIRE_FALSE(codes.has_value());
        CHECK(contains(codes.error().message(), "m.unknown_transaction"));
        w.pass(std::chrono::minutes(1));
        send_to_devices(w, ann, "@bot:test", "m.key.verification.start", start);
        w.pass(std::chrono::minutes(1));
        CHECK(bot.times_asked == 1);
    }

    TEST_CASE(
        "beginnings for which nobody has asked are heard neither in rooms, nor of other methods, of strangers, or devices without keys") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto eve = w.add("eve");
        auto const room = ann.make_room({"@bot:test"});
        account.join(room);
        person_at_client bot(w, "bot", "bot");
        person_at_client anns(w, "ann", "ann");
        auto const device = anns.client->device().str();
        auto in_room = start_from(device, "t");
        auto& relation = in_room["m.relates_to"].emplace_object();
        relation["rel_type"] = "m.reference";
        relation["event_id"] = ann.say(room, "no request");
        ann.send(room, "m.key.verification.start", std::move(in_room));
        auto scanned = start_from(device, "t1");
        scanned["method"] = "m.reciprocate.v1";
        send_to_devices(w, ann, "@bot:test", "m.key.verification.start", std::move(scanned));
        send_to_devices(w, ann, "@bot:test", "m.key.verification.start", start_from("NOBODYS", "t2"));
        send_to_devices(w, eve, "@bot:test", "m.key.verification.start", start_from("EVES", "t3"));
        w.pass(std::chrono::minutes(1));
        CHECK(bot.times_asked == 0);
        send_to_devices(w, ann, "@bot:test", "m.key.verification.start", start_from(device, "t4"));
        w.until([&] { return bot.times_asked == 1; });
        // They are bounded as requests are.
        bot.leaves_it = true;
        for (int i = 5; i < 15; ++i) {
            send_to_devices(w, ann, "@bot:test", "m.key.verification.start", start_from(device, "t" + std::to_string(i)));
        }
        w.pass(std::chrono::minutes(1));
        CHECK(bot.times_asked <= 4);
    }

    TEST_CASE("a client whose people verify nobody leaves beginnings as they are") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        room_of_both(w, ann, account);
        int said = 0;
        auto bot = w.make_client("bot", [](matrix::options& o) { o.encryption(true); });
        w.start(*bot, "bot");
        (void)w.run(bot->identity());
        person_at_client anns(w, "ann", "ann");
        w.network->faults = [&](base::http::request const& r) {
            said += contains(r.path(), "/sendToDevice/m.key.verification.") && !contains(r.path(), ".start/") ? 1 : 0;
            return fault::none();
        };
        send_to_devices(w, ann, "@bot:test", "m.key.verification.start", start_from(anns.client->device().str(), "t"));
        w.pass(std::chrono::minutes(1));
        CHECK(said == 0);
        w.stop(*bot);
    }

    TEST_CASE("a request that lies in a gap of the timeline is heard, unless it is old, or was ended or answered since") {
        enum class story { is_open, is_old, was_taken_back, was_answered, stranger_meddles };
        for (auto const what : {story::is_open, story::is_old, story::was_taken_back, story::was_answered, story::stranger_meddles}) {
            CAPTURE(static_cast<int>(what));
            world w;
            auto ann = w.add("ann");
            auto account = w.add("bot");
            auto eve = w.add("eve");
            auto const room = ann.make_room({"@bot:test", "@eve:test"});
            account.join(room);
            eve.join(room);
            std::string bots;
            bool blind = false;
            w.network->faults = [&](base::http::request const& r) {
                if (bots.empty()) bots = r.headers.get("Authorization").value_or("");
                bool const is_bots = contains(r.path(), "/sync") && r.headers.get("Authorization") == bots;
                return blind && is_bots ? fault::answer(base::http::response(500)) : fault::none();
            };
            person_at_client bot(w, "bot", "bot", /*shown_at_once=*/5);
            person_at_client anns(w, "ann", "ann");
            blind = true;
            w.pass(std::chrono::minutes(1));
            auto const asked = w.run(anns.client->verify(matrix::room_id(room), matrix::user_id("@bot:test")));
            REQUIRE(asked.has_value());
            for (int i = 0; i < 20; ++i) ann.say(room, "chatter");
            if (what == story::is_old) w.pass(std::chrono::minutes(9));
            // What comes behind the gap is seen first.
            boost::json::object follows;
            auto& relation = follows["m.relates_to"].emplace_object();
            relation["rel_type"] = "m.reference";
            for (auto const& each : ann.history(room)) {
                auto const* content = base::find_object(each, "content");
                if (base::find_string(*content, "msgtype") == "m.key.verification.request") relation["event_id"] = each.at("event_id");
            }
            if (what == story::was_taken_back) ann.send(room, "m.key.verification.cancel", follows);
            if (what == story::was_answered) account.send(room, "m.key.verification.ready", follows);
            if (what == story::stranger_meddles) eve.send(room, "m.key.verification.cancel", follows);
            bool const is_heard = what == story::is_open || what == story::stranger_meddles;
            base::task_group later(w.loop.get_executor(), nullptr);
            if (is_heard) later.spawn(anns.look_after(*asked));
            if (what == story::is_old) w.pass(std::chrono::minutes(1));
            blind = false;
            if (is_heard) {
                w.until([&] { return bot.proved && anns.proved; });
            } else {
                w.pass(std::chrono::minutes(3));
            }
            CHECK(bot.times_asked == (is_heard ? 1 : 0));
            w.run(later.join());
        }
    }

    TEST_CASE("nobody is asked about who shares no room with us, nor heard") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto eve = w.add("eve");
        room_of_both(w, ann, account);
        person_at_client bot(w, "bot", "bot");
        int about_eve = 0;
        w.network->faults = [&](base::http::request const& r) {
            about_eve += r.path().ends_with("/keys/query") && contains(r.body, "@eve:test") ? 1 : 0;
            return fault::none();
        };
        for (int i = 0; i < 30; ++i) {
            auto content = request_from("EVES" + std::to_string(i), w);
            content["transaction_id"] = "t" + std::to_string(i);
            send_to_devices(w, eve, "@bot:test", "m.key.verification.request", std::move(content));
        }
        // Nor is she answered.
        boost::json::object key;
        key["transaction_id"] = "none";
        send_to_devices(w, eve, "@bot:test", "m.key.verification.key", std::move(key));
        w.pass(std::chrono::minutes(2));
        CHECK(bot.times_asked == 0);
        CHECK(about_eve == 0);
    }

    TEST_CASE("requests that are stale, for somebody else, or of a device without keys are not heard") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto const room = ann.make_room({"@bot:test"});
        account.join(room);
        person_at_client bot(w, "bot", "bot");
        person_at_client anns(w, "ann", "ann");
        auto const device = anns.client->device().str();
        ann.send(room, "m.room.message", request_in_room("@eve:test", device, w));
        ann.send(room, "m.room.message", request_in_room("@bot:test", "NOBODYS", w));
        // In a room it is a message.
        ann.send(room, "m.key.verification.request", request_in_room("@bot:test", device, w));
        auto stale = request_from(device, w, std::chrono::minutes(11));
        stale["transaction_id"] = "t";
        send_to_devices(w, ann, "@bot:test", "m.key.verification.request", std::move(stale));
        w.pass(std::chrono::minutes(1));
        CHECK(bot.times_asked == 0);
        ann.send(room, "m.room.message", request_in_room("@bot:test", device, w));
        w.until([&] { return bot.times_asked == 1; });
    }

    TEST_CASE("one person's requests are bounded, and keep nobody from asking") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto const room = ann.make_room({"@bot:test"});
        account.join(room);
        person_at_client bot(w, "bot", "bot");
        bot.leaves_it = true;
        person_at_client anns(w, "ann", "ann");
        auto const device = anns.client->device().str();
        for (int i = 0; i < 10; ++i) ann.send(room, "m.room.message", request_in_room("@bot:test", device, w));
        w.pass(std::chrono::minutes(1));
        CHECK(bot.times_asked == 3);
        // They are over after ten minutes, whatever is said.
        w.pass(std::chrono::minutes(10));
        ann.send(room, "m.room.message", request_in_room("@bot:test", device, w));
        w.until([&] { return bot.times_asked == 4; });
    }

    TEST_CASE("a device whose account has no encryption set up cannot ask, and a client without encryption says so") {
        world w;
        auto ann = w.add("ann");
        auto const room = ann.make_room();
        auto client = w.make_client("");
        w.start(*client, "ann");
        auto const asked = w.run(client->verify(matrix::room_id(room), matrix::user_id("@bot:test")));
        CHECK_FALSE(asked.has_value());
        CHECK(asked.error().kind() == base::error_kind::invalid);
        w.stop(*client);
    }
}

}  // namespace chatrixcd::test
