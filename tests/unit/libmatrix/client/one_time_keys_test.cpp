// SPDX-License-Identifier: Apache-2.0
// One-time keys and fallback keys: what others begin sessions with, when there are enough, none, or the same twice.
#include <doctest/doctest.h>

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "support/speaker.hpp"

namespace chatrixcd::test {

namespace {

namespace json = boost::json;

// The keys of a device in an answer to a claim, or of an upload's member.
json::object const* claimed(json::object const& answer, std::string const& user, std::string const& device) {
    auto const* all = base::find_object(answer, "one_time_keys");
    auto const* of_user = all == nullptr ? nullptr : base::find_object(*all, user);
    return of_user == nullptr ? nullptr : base::find_object(*of_user, device);
}

// Somebody else claims a key of the device. Whether it was the fallback key.
bool claim_one(world& w, person const& who, std::string const& user, std::string const& device) {
    json::object body{{"one_time_keys", json::object{{user, json::object{{device, "signed_curve25519"}}}}}};
    auto const answer = ask_as(w, who, base::http::method::post, "/keys/claim", json::serialize(body));
    auto const* keys = claimed(answer, user, device);
    REQUIRE(keys != nullptr);
    REQUIRE(keys->size() == 1);
    return keys->begin()->value().as_object().contains("fallback");
}

}  // namespace

TEST_SUITE("matrix::client::one-time keys") {
    TEST_CASE("when they have run out the fallback key serves everybody, and is another one once that is known") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto carol = w.add("carol");
        auto const room = secret_room(w, ann, account);
        ann.invite(room, carol.id());
        carol.join(room);
        speaker anns(w, "ann");
        w.pass(std::chrono::seconds(5));
        std::set<std::string> fallback_keys;
        w.network->observer = [&](base::http::request const& r, base::http::response const&) {
            auto const body = contains(r.path(), "/keys/upload") ? base::parse_json_object(r.body).value() : json::object();
            if (auto const* keys = base::find_object(body, "fallback_keys"); keys != nullptr && !keys->empty()) {
                fallback_keys.insert(std::string(keys->begin()->key()));
            }
        };
        auto anns_uploads_fail = [&](base::http::request const& r) {
            return contains(r.path(), "/keys/upload") && contains(r.body, ann.id()) ? fault::server_error(502) : fault::none();
        };
        w.network->faults = anns_uploads_fail;
        auto const device = anns.client->device().str();
        unsigned taken = 0;
        while (!claim_one(w, carol, ann.id(), device)) ++taken;
        CHECK(taken == 50);
        CHECK(fallback_keys.empty());
        speaker bot(w, "bot");
        speaker carols(w, "carol");
        fallback_keys.clear();
        w.pass(std::chrono::seconds(5));
        bot.say(room, "from the bot");
        anns.wait_for("from the bot");
        carols.say(room, "from Carol");
        anns.wait_for("from Carol");
        CHECK(fallback_keys.empty());
        w.network->calm();
        w.pass(std::chrono::minutes(10));
        CHECK(fallback_keys.size() == 1);
        CHECK_FALSE(claim_one(w, carol, ann.id(), device));
    }

    TEST_CASE("a key that the homeserver gives to two serves the first alone; the second is helped to a session of its own") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto carol = w.add("carol");
        auto const room = secret_room(w, ann, account);
        ann.invite(room, carol.id());
        carol.join(room);
        speaker anns(w, "ann");
        speaker bot(w, "bot");
        speaker carols(w, "carol");
        w.pass(std::chrono::seconds(5));
        json::object given;
        w.network->observer = [&](base::http::request const& r, base::http::response const& said) {
            auto const answer = contains(r.path(), "/keys/claim") ? base::parse_json_object(said.body).value() : json::object();
            auto const* keys = claimed(answer, ann.id(), anns.client->device().str());
            if (keys != nullptr && given.empty()) given = *keys;
        };
        bot.say(room, "first");
        anns.wait_for("first");
        REQUIRE_FALSE(given.empty());
        auto const again = [&](json::object& answer) {
            if (claimed(answer, ann.id(), anns.client->device().str()) == nullptr) return;
            answer["one_time_keys"].as_object()[ann.id()].as_object()[anns.client->device().str()] = given;
        };
        w.network->faults = [&](base::http::request const& r) {
            return contains(r.path(), "/keys/claim") ? fault::lie("the same key again", again) : fault::none();
        };
        carols.say(room, "with a used key");
        w.pass(std::chrono::seconds(30));
        CHECK(std::ranges::find(anns.heard, "with a used key") == anns.heard.end());
        auto const refuses = [](std::string const& line) {
            return contains(line, "a message to this device from @carol:test is not taken");
        };
        CHECK(std::ranges::any_of(w.log_lines, refuses));
        w.network->calm();
        w.pass(std::chrono::seconds(30));
        carols.say(room, "with a session that Ann began");
        anns.wait_for("with a session that Ann began");
        bot.wait_for("with a session that Ann began");
    }

    TEST_CASE("an upload that fails is repeated with the same keys until it is taken, over restarts") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto const room = secret_room(w, ann, account);
        std::vector<std::string> uploads;
        bool arrives = false;
        w.network->faults = [&](base::http::request const& r) {
            if (!contains(r.path(), "/keys/upload")) return fault::none();
            uploads.push_back(r.body);
            if (arrives) return fault::none();
            // What the homeserver has executed, the client does not know; what it has not, neither.
            return uploads.size() % 2 == 0 ? fault::drop_after() : fault::server_error(502);
        };
        speaker bot(w, "bot", /*answers=*/true);
        w.pass(std::chrono::minutes(1));
        bot.reopen();
        w.pass(std::chrono::minutes(1));
        arrives = true;
        bot.reopen();
        speaker anns(w, "ann");
        w.pass(std::chrono::seconds(30));
        CHECK(uploads.size() > 3);
        // By its device and its id each key is one key.
        std::map<std::string, std::string> keys;
        for (auto const& text : uploads) {
            auto const body = base::parse_json_object(text).value();
            for (auto const* member : {"one_time_keys", "fallback_keys"}) {
                auto const* all = base::find_object(body, member);
                if (all == nullptr || !contains(text, account.id())) continue;
                for (auto const& each : *all) {
                    auto const key = base::find_string(each.value().as_object(), "key").value();
                    CHECK(keys.emplace(std::string(each.key()), key).first->second == key);
                }
            }
        }
        CHECK(keys.size() >= 51);
        anns.say(room, "one");
        anns.wait_for("got one");
    }

    TEST_CASE("an identity whose upload was not answered is published with the same keys after a restart") {
        world w;
        auto account = w.add("bot");
        std::set<std::string> masters;
        bool is_answered = false;
        w.network->faults = [&](base::http::request const& r) {
            if (!contains(r.path(), "/keys/device_signing/upload")) return fault::none();
            auto const body = base::parse_json_object(r.body).value();
            if (auto const* master = base::find_object(body, "master_key")) masters.insert(json::serialize(master->at("keys")));
            return is_answered ? fault::none() : fault::drop_before();
        };
        speaker bot(w, "bot");
        w.pass(std::chrono::minutes(1));
        is_answered = true;
        bot.reopen();
        w.pass(std::chrono::minutes(1));
        CHECK(masters.size() == 1);
        auto const state = w.run(bot.client->identity());
        REQUIRE(state.has_value());
    }
}

}  // namespace chatrixcd::test
