// SPDX-License-Identifier: Apache-2.0
// A homeserver that waits until two people have seen their codes.
#include <doctest/doctest.h>

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <memory>
#include <string>
#include <vector>

#include <chatrixcd/homeserver/testing/key_lies.hpp>

#include "support/crypto_party.hpp"
#include "support/person_at_client.hpp"

namespace chatrixcd::test {

namespace lies = homeserver::testing::lies;

namespace {

// Two people have seen the same codes, and confirm that once the homeserver has begun to lie to the first one.
class last_moment {
public:
    last_moment(world& of, person_at_client& one, person_at_client& other) : w_(of), one_(one), other_(other) {
        one.only_looks = other.only_looks = true;
    }
    void see_codes(matrix::verification const& asked) {
        later_.spawn(one_.look_after(asked));
        w_.until([&] { return one_.codes && other_.codes; });
        w_.network->observer = [this](base::http::request const& r, base::http::response const&) {
            if (r.path().ends_with("/keys/signatures/upload")) uploads_.push_back(r.body);
        };
    }
    void confirm() {
        later_.spawn(one_.confirm_last());
        later_.spawn(other_.confirm_last());
        w_.until([&] { return one_.proved && other_.proved; });
        w_.pass(std::chrono::minutes(1));
        w_.run(later_.join());
        w_.network->observer = nullptr;
    }

    // Whether something of that user was signed since.
    bool signs(std::string const& user) const {
        return std::ranges::any_of(uploads_, [&](std::string const& body) { return body.starts_with("{\"" + user + "\""); });
    }

private:
    world& w_;
    person_at_client& one_;
    person_at_client& other_;
    base::task_group later_{w_.loop.get_executor(), nullptr};
    std::vector<std::string> uploads_;
};

}  // namespace

TEST_SUITE("matrix::client::verification attacks") {
    TEST_CASE(
        "an identity that is exchanged between the codes and their confirmation is not signed, nor taken for the one that was compared") {
        for (bool const lied : {false, true}) {
            CAPTURE(lied);
            world w;
            auto ann = w.add("ann");
            auto account = w.add("bot");
            auto const room = room_of_both(w, ann, account);
            person_at_client bot(w, "bot", "bot");
            person_at_client anns(w, "ann", "ann");
            last_moment moment(w, anns, bot);
            moment.see_codes(w.run(anns.client->verify(matrix::room_id(room), matrix::user_id("@bot:test"))).value());
            person_keys const eve(matrix::user_id("@bot:test"), 99);
            auto const lie = fault::lie("another identity", lies::replace_master_key("@bot:test", json::serialize(eve.master)));
            if (lied) w.network->rules.on("/keys/query").for_user("@ann:test").does(lie);
            moment.confirm();
            CHECK(moment.signs("@bot:test") == !lied);
            auto const known = w.run(anns.client->identity_of(matrix::user_id("@bot:test"))).value();
            CHECK((known.master_key == public_key_in(eve.master)) == lied);
            CHECK(known.has_changed == lied);
            CHECK(known.is_verified == !lied);
            REQUIRE(w.run(bot.client->room(matrix::room_id(room)).send(matrix::outgoing::text("hello"))).has_value());
            w.until([&] { return anns.heard == "hello"; });
            CHECK(anns.believed.user_verified == !lied);
        }
    }

    TEST_CASE("a device of ours that is exchanged between the codes and their confirmation is not signed") {
        for (bool const lied : {false, true}) {
            CAPTURE(lied);
            world w;
            auto ann = w.add("ann");
            person_at_client anns(w, "ann", "ann");
            // The identity is the first one's.
            person_at_client second(w, "ann", "second");
            auto const device = second.client->device();
            last_moment moment(w, anns, second);
            moment.see_codes(w.run(anns.client->verify_device(matrix::user_id("@ann:test"), device)).value());
            party impostor("@ann:test", device.str(), 99);
            auto const keys = json::serialize(impostor.published());
            auto const lie = fault::lie("another device", lies::replace_device("@ann:test", device.str(), keys));
            if (lied) w.network->rules.on("/keys/query").for_user("@ann:test").does(lie);
            moment.confirm();
            CHECK(moment.signs("@ann:test") == !lied);
            w.network->calm();
            auto const known = w.run(anns.client->identity_of(matrix::user_id("@ann:test"))).value();
            auto const found = std::ranges::find_if(known.devices, [&](auto const& each) { return each.id == device; });
            REQUIRE(found != known.devices.end());
            CHECK(found->is_cross_signed == !lied);
        }
    }
}

}  // namespace chatrixcd::test
