// SPDX-License-Identifier: Apache-2.0
// What a client knows of others and can be asked for, on the embedded homeserver.
#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <string>

#include "support/requests.hpp"
#include "support/world.hpp"

namespace chatrixcd::test {

namespace {

matrix::user_id const ann_id("@ann:test");

// Ann and the bot, with encryption, in an encrypted room.
class acquaintances {
public:
    acquaintances() : ann(w.add("ann")), account(w.add("bot")) {
        room = make_room_as(
            w, ann,
            R"({"invite":["@bot:test"],"initial_state":[{"type":"m.room.encryption","state_key":"","content":{"algorithm":"m.megolm.v1.aes-sha2"}}]})");
        account.join(room);
        anns = w.make_client("store-ann", [](matrix::options& o) { o.encryption(true); });
        anns->on_message([this](matrix::message m) -> boost::asio::awaitable<void> {
            heard_by_ann = m.text();
            co_return;
        });
        w.start(*anns, "ann");
        own_of_ann = w.run(anns->identity()).value();
        open({});
    }
    ~acquaintances() {
        w.stop(*bot);
        w.stop(*anns);
    }
    void open(std::vector<matrix::trusted_key> keys) {
        if (bot) w.stop(*bot);
        bot = w.make_client("store-bot", [&](matrix::options& o) { o.encryption(true).trusted_keys(std::move(keys)); });
        bot->on_message([this](matrix::message m) -> boost::asio::awaitable<void> {
            heard = m.text();
            believed = m.trust();
            co_return;
        });
        w.start(*bot, "bot");
        w.run(bot->identity()).value();
    }
    void let_ann_say(std::string const& words) {
        w.run(anns->room(matrix::room_id(room)).send(matrix::outgoing::text(words))).value();
        w.until([&] { return heard == words; });
    }
    matrix::user_identity seen() { return w.run(bot->identity_of(ann_id)).value(); }

    world w;
    person ann;
    person account;
    std::string room;
    std::unique_ptr<matrix::client> anns;
    std::unique_ptr<matrix::client> bot;
    matrix::own_identity_state own_of_ann;
    std::string heard;
    std::string heard_by_ann;
    matrix::trust believed;
};

}  // namespace

TEST_SUITE("matrix::client::known_users") {
    TEST_CASE("somebody's identity and devices are asked for and shown") {
        acquaintances a;
        auto const found = a.seen();
        CHECK(found.user == ann_id);
        CHECK_FALSE(found.master_key.empty());
        CHECK(found.is_current);
        CHECK_FALSE(found.is_verified);
        CHECK_FALSE(found.has_changed);
        REQUIRE(found.devices.size() == 1);
        CHECK(found.devices[0].id == a.anns->device());
        CHECK(found.devices[0].fingerprint == a.own_of_ann.fingerprint);
        CHECK(found.devices[0].is_cross_signed);
        CHECK_FALSE(found.devices[0].is_trusted);
        auto const nobody = a.w.run(a.bot->identity_of(matrix::user_id("@nobody:test"))).value();
        CHECK(nobody.devices.empty());
        CHECK(nobody.master_key.empty());
    }

    TEST_CASE("whoever is known by a key is verified from the next start on, and no more once it is gone") {
        acquaintances a;
        a.let_ann_say("one");
        CHECK_FALSE(a.believed.user_verified);
        a.open({matrix::trusted_key::parse(ann_id, a.seen().master_key).value()});
        a.let_ann_say("two");
        CHECK(a.believed.user_verified);
        CHECK(a.seen().is_verified);
        a.open({});
        a.let_ann_say("three");
        CHECK_FALSE(a.believed.user_verified);
        CHECK_FALSE(a.seen().is_verified);
        // The device that made the identity stands for it, too.
        a.open({matrix::trusted_key::parse(ann_id, a.own_of_ann.fingerprint).value()});
        a.let_ann_say("four");
        CHECK(a.believed.user_verified);
        auto const found = a.seen();
        CHECK(found.is_verified);
        CHECK(found.devices.at(0).is_trusted);
    }

    TEST_CASE("a key that fits nothing is told in the log, and nobody is believed for it") {
        acquaintances a;
        a.open({matrix::trusted_key::parse(ann_id, a.w.run(a.bot->identity()).value().fingerprint).value()});
        CHECK_FALSE(a.seen().is_verified);
        auto const told = [](std::string const& line) {
            return contains(line, "a trusted key stands for nothing") && contains(line, "@ann:test");
        };
        CHECK(std::ranges::any_of(a.w.log_lines, told));
        a.let_ann_say("hello");
        CHECK_FALSE(a.believed.user_verified);
    }

    TEST_CASE("a session is begun anew when it is asked for, at most once an hour") {
        acquaintances a;
        auto const sessions = [&] { return a.w.run(a.bot->encryption_figures()).value().olm_sessions; };
        auto const renew = [&] { return a.w.run(a.bot->renew_session(ann_id, a.anns->device())); };
        a.let_ann_say("hello");
        auto const before = sessions();
        CHECK(renew().has_value());
        CHECK(sessions() == before + 1);
        a.w.pass(std::chrono::minutes(59));
        auto const refused = renew();
        REQUIRE_FALSE(refused.has_value());
        CHECK(refused.error().kind() == base::error_kind::rate_limited);
        CHECK(refused.error().retry_after().value() <= std::chrono::minutes(1));
        CHECK(sessions() == before + 1);
        a.w.pass(std::chrono::minutes(2));
        CHECK(renew().has_value());
        a.w.run(a.bot->room(matrix::room_id(a.room)).send(matrix::outgoing::text("over the new one"))).value();
        a.w.until([&] { return a.heard_by_ann == "over the new one"; });
    }

    TEST_CASE("no session is begun with a device that is not there, nor with ourselves") {
        acquaintances a;
        auto const unknown = a.w.run(a.bot->renew_session(ann_id, matrix::device_id("NOTHING")));
        CHECK(unknown.error().kind() == base::error_kind::not_found);
        auto const own = a.w.run(a.bot->renew_session(matrix::user_id("@bot:test"), a.bot->device()));
        CHECK(own.error().kind() == base::error_kind::invalid);
    }

    TEST_CASE("a session that the network keeps from beginning is begun later") {
        acquaintances a;
        a.let_ann_say("hello");
        auto const before = a.w.run(a.bot->encryption_figures()).value().olm_sessions;
        a.w.network->faults = [](base::http::request const& r) {
            return contains(r.path(), "/keys/claim") ? fault::answer(json_answer("{}", 502)) : fault::none();
        };
        CHECK_FALSE(a.w.run(a.bot->renew_session(ann_id, a.anns->device())).has_value());
        a.w.network->calm();
        a.w.until([&] { return a.w.run(a.bot->encryption_figures()).value().olm_sessions == before + 1; });
    }

    TEST_CASE("what encryption keeps is counted") {
        acquaintances a;
        a.let_ann_say("hello");
        a.open({matrix::trusted_key::parse(ann_id, a.seen().master_key).value()});
        a.seen();
        auto const figures = a.w.run(a.bot->encryption_figures()).value();
        CHECK(figures.one_time_keys.value_or(0) > 0);
        CHECK(figures.users == 2);
        CHECK(figures.devices == 2);
        CHECK(figures.verified_users == 1);
        CHECK(figures.olm_sessions == 1);
        CHECK(figures.room_keys == 1);
        CHECK(figures.unread == 0);
    }

    TEST_CASE("a client without encryption knows nobody") {
        world w;
        w.add("bot");
        auto const client = w.make_client("");
        w.start(*client, "bot");
        CHECK(w.run(client->identity_of(ann_id)).error().kind() == base::error_kind::invalid);
        CHECK(w.run(client->renew_session(ann_id, matrix::device_id("X"))).error().kind() == base::error_kind::invalid);
        CHECK(w.run(client->encryption_figures()).error().kind() == base::error_kind::invalid);
        w.stop(*client);
    }
}

}  // namespace chatrixcd::test
