// SPDX-License-Identifier: Apache-2.0
// At each start the homeserver's copy of this device is held against the store: where they differ nothing is said with its keys.
#include <doctest/doctest.h>

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <chatrixcd/base/task_group.hpp>
#include <chatrixcd/homeserver/testing/key_lies.hpp>

#include "support/crypto_party.hpp"
#include "support/speaker.hpp"

namespace chatrixcd::test {

namespace {

namespace lies = homeserver::testing::lies;

boost::asio::awaitable<void> try_to_say(matrix::room in) { (void)co_await in.send(matrix::outgoing::text("hello")); }

// The bot and Ann in an encrypted room.
class checked {
public:
    checked() : ann(w.add("ann")), account(w.add("bot")), room(secret_room(w, ann, account)) {
        w.network->leaving = [this](base::http::request const& r) {
            uploads += contains(r.path(), "/keys/upload") ? 1 : 0;
            if (contains(r.path(), "/sync")) token = r.headers.get("Authorization").value_or("").substr(std::string("Bearer ").size());
        };
    }

    // The client says in the log that it says nothing, and holds to it.
    void check_silence(matrix::client& client, std::string const& why) {
        w.pass(std::chrono::minutes(1));
        auto const says = [&](std::string const& line) {
            return contains(line, "says nothing in encrypted rooms any more") && contains(line, why);
        };
        CHECK(std::ranges::count_if(w.log_lines, says) == 1);
        base::task_group later(w.loop.get_executor(), nullptr);
        later.spawn(try_to_say(client.room(matrix::room_id(room))));
        w.pass(std::chrono::minutes(1));
        CHECK(count_of(ann, room, "m.room.encrypted") == 0);
        CHECK(count_of(ann, room, "m.room.message") == 0);
        later.cancel();
        w.run(later.join());
    }

    world w;
    person ann;
    person account;
    std::string room;
    std::string token;  // of who has synced last
    int uploads = 0;
};

}  // namespace

TEST_SUITE("matrix::client::device check") {
    TEST_CASE("an empty store does not take the place of a device whose token it was given") {
        checked t;
        {
            speaker bot(t.w, "bot");
            t.w.pass(std::chrono::seconds(10));
        }
        t.uploads = 0;
        auto client = t.w.make_client("empty", [](matrix::options& o) { o.encryption(true); });
        auto source = matrix::login::token(base::secret(t.token), matrix::user_id("@bot:test"));
        REQUIRE(t.w.run(client->start(std::move(source))).has_value());
        t.check_silence(*client, "other keys for this device than this store");
        CHECK(t.uploads == 0);
        t.w.stop(*client);
    }

    TEST_CASE("keys that the homeserver shows under the name of this device, well signed by themselves, are noticed") {
        checked t;
        speaker bot(t.w, "bot");
        t.w.pass(std::chrono::seconds(10));
        auto const device = bot.client->device().str();
        party other("@bot:test", device, 7);
        auto const lie = lies::replace_device("@bot:test", device, json::serialize(other.published()));
        t.w.network->rules.on("/keys/query").does(fault::lie("another device", lie));
        bot.reopen();
        t.check_silence(*bot.client, "other keys for this device than this store");
    }

    TEST_CASE("our own keys without our signature are not ours") {
        checked t;
        speaker bot(t.w, "bot");
        t.w.pass(std::chrono::seconds(10));
        auto const device = bot.client->device().str();
        auto const lie = [device](json::object& answer) {
            auto& keys = answer["device_keys"].as_object().at("@bot:test").at(device).as_object();
            for (auto& each : keys["signatures"].as_object().at("@bot:test").as_object()) each.value() = std::string(86, 'A');
        };
        t.w.network->rules.on("/keys/query").does(fault::lie("not signed", lie));
        bot.reopen();
        t.check_silence(*bot.client, "other keys for this device than this store");
    }

    TEST_CASE("keys that the homeserver does not take are uploaded once and no more") {
        checked t;
        auto const refusal = json_answer(R"({"errcode":"M_UNKNOWN","error":"One time key already exists"})", 400);
        t.w.network->rules.on("/keys/upload").does(fault::answer(refusal));
        speaker bot(t.w, "bot");
        t.check_silence(*bot.client, "does not take this device's keys");
        t.w.pass(std::chrono::hours(12));
        CHECK(t.uploads == 1);
    }
}

}  // namespace chatrixcd::test
