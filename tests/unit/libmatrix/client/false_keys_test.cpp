// SPDX-License-Identifier: Apache-2.0
// A homeserver that lies about whose keys are whose: to whom a client gives the keys of a room then.
#include <doctest/doctest.h>

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <chatrixcd/homeserver/testing/key_lies.hpp>

#include "support/crypto_party.hpp"
#include "support/speaker.hpp"

namespace chatrixcd::test {

namespace {

namespace lies = homeserver::testing::lies;

// To which devices what of that type leaves, as "user device".
class recipients {
public:
    recipients(world& w, std::string type) {
        w.network->leaving = [this, type = std::move(type), before = w.network->leaving](base::http::request const& r) {
            if (before) before(r);
            if (!contains(r.path(), "/sendToDevice/" + type + "/")) return;
            auto const body = base::parse_json_object(r.body).value();
            for (auto const& user : *base::find_object(body, "messages")) {
                for (auto const& device : user.value().as_object()) {
                    all.insert(std::string(user.key()) + " " + std::string(device.key()));
                }
            }
        };
    }
    std::set<std::string> take() { return std::exchange(all, {}); }

private:
    std::set<std::string> all;
};

bool has_said(world& w, std::string const& what) {
    return std::ranges::any_of(w.log_lines, [&](std::string const& line) { return contains(line, what); });
}

}  // namespace

TEST_SUITE("matrix::client::false keys") {
    TEST_CASE(
        "a device whose keys the homeserver exchanges gets no key of the room, nor does another in its place, until it tells the truth") {
        struct lie {
            std::string name;
            lies::rewrite told;
            std::string log;
        };
        for (unsigned const which : {0U, 1U, 2U}) {
            world w;
            auto ann = w.add("ann");
            auto account = w.add("bot");
            auto const room = secret_room(w, ann, account);
            recipients given(w, "m.room.encrypted");
            speaker bot(w, "bot");
            speaker second(w, "bot", "bot-2", /*admits=*/false);
            speaker anns(w, "ann");
            anns.say(room, "hello");
            bot.wait_for("hello");
            auto const device = bot.client->device().str();
            CHECK(given.take() == std::set<std::string>{"@bot:test " + device});
            party impostor("@bot:test", device, 7);
            std::vector<lie> const all{
                {"exchanged", lies::swap_device_keys("@bot:test", device, second.client->device().str()),
                 "is not taken which=@bot:test " + device},
                {"replaced", lies::replace_device("@bot:test", device, json::serialize(impostor.published())),
                 "its keys are not those that it had"},
                {"another identity",
                 lies::replace_master_key("@bot:test", json::serialize(person_keys(matrix::user_id("@bot:test"), 8).master)),
                 "somebody has another identity user=@bot:test"}};
            auto const& told = all.at(which);
            CAPTURE(told.name);
            w.network->rules.on("/keys/query").for_user("@ann:test").does(fault::lie(told.name, told.told));
            (void)w.run(anns.client->identity_of(matrix::user_id("@bot:test")));
            anns.say(room, "secret");
            w.pass(std::chrono::seconds(30));
            CHECK(given.take().empty());
            CHECK(bot.heard == strings{"hello"});
            CHECK(has_said(w, told.log));
            w.network->calm();
            (void)w.run(anns.client->identity_of(matrix::user_id("@bot:test")));
            anns.say(room, "among us");
            bot.wait_for("among us");
            CHECK(given.take() == std::set<std::string>{"@bot:test " + device});
            // That another identity was shown stays told.
            bot.say(room, "it is me");
            anns.wait_for("it is me");
            CHECK(anns.trusts.back().identity_changed == (which == 2));
        }
    }

    TEST_CASE(
        "a device that the homeserver adds, signed by itself and by an identity that is not its owner's, gets no key and is told so") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto const room = secret_room(w, ann, account);
        recipients given(w, "m.room.encrypted");
        recipients refused(w, "m.room_key.withheld");
        speaker bot(w, "bot");
        w.pass(std::chrono::seconds(5));
        party eve("@bot:test", "EVE", 7);
        auto const keys = person_keys(matrix::user_id("@bot:test"), 8).sign_device(eve.published());
        // A session can be begun with it.
        auto const offer = [one = eve.one_time_key()](json::object& answer) {
            auto& all = answer["one_time_keys"].as_object()["@bot:test"];
            if (!all.is_object()) all = json::object();
            all.as_object()["EVE"] = one;
        };
        w.network->rules.on("/keys/claim").for_user("@ann:test").does(fault::lie("a key of one more", offer));
        w.network->rules.on("/keys/query")
            .for_user("@ann:test")
            .does(fault::lie("one more", lies::add_device("@bot:test", "EVE", json::serialize(keys))));
        speaker anns(w, "ann");
        anns.say(room, "secret");
        bot.wait_for("secret");
        CHECK(given.take() == std::set<std::string>{"@bot:test " + bot.client->device().str()});
        CHECK(refused.take() == std::set<std::string>{"@bot:test EVE"});
    }
}

}  // namespace chatrixcd::test
