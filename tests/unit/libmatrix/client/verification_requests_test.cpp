// SPDX-License-Identifier: Apache-2.0
// Who may ask a client to verify them, and how: stale, foreign, in floods, in gaps, or without having asked.
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

}  // namespace

TEST_SUITE("matrix::client::verification_requests") {
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
