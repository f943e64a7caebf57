// SPDX-License-Identifier: Apache-2.0
// Verifications of which one side scans what the other one shows.
#include <doctest/doctest.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include <chatrixcd/protocol/base64.hpp>

#include "crypto/verification/verification.hpp"

namespace chatrixcd::matrix::crypto {
namespace {

namespace json = boost::json;
using place = verification::place;
using step = verification_step;

base::time_point const begin{std::chrono::hours(24 * 365 * 50)};
constexpr qr_abilities both{true, true};
constexpr qr_abilities only_shows{true, false};
constexpr qr_abilities only_scans{false, true};
constexpr qr_abilities neither{};

std::string key(char of) { return protocol::encode_base64(std::as_bytes(std::span<char const>(std::string(32, of)))); }

verified_party const ann_party{user_id("@ann:test"), device_id("ANNS"), key('a'), key('A')};
verified_party const bot_party{user_id("@bot:test"), device_id("BOTS"), key('b'), key('B')};
// Of the same user, new.
verified_party const new_party{user_id("@ann:test"), device_id("NEW"), key('n'), ""};

json::object request_of(verified_party const& who, qr_abilities can) {
    json::object content;
    content["from_device"] = who.device.str();
    content["methods"] = verification_methods(can);
    return content;
}

// Ann asks; what each says reaches the other, unless a test takes hold of it.
class pair {
public:
    explicit pair(qr_abilities anns = both, qr_abilities bots = both, verified_party const& first = ann_party,
                  verified_party const& second = bot_party, place where = place::devices)
        : random_(base::make_seeded_random(1)),
          ann(verification::ask(*random_, first, second.user, {}, where, "$request", begin)),
          bot(verification::answer(*random_, second, first.user, where, "$request", request_of(first, anns), begin)) {
        ann.enable(anns);
        bot.enable(bots);
        // Of their own user both know the same identity, which the homeserver names.
        bool const is_one_user = first.user == second.user;
        ann.know(second.ed25519, is_one_user && second.master.empty() ? first.master : second.master);
        bot.know(first.ed25519, is_one_user && first.master.empty() ? second.master : first.master);
    }

    void talk() {
        while (ann.has_events() || bot.has_events()) {
            for (auto const& event : ann.take_events()) deliver(event, bot, "ann");
            for (auto const& event : bot.take_events()) deliver(event, ann, "bot");
        }
    }
    pair& get_ready() {
        bot.accept();
        talk();
        REQUIRE(ann.step() == step::ready);
        return *this;
    }

    std::unique_ptr<base::random> random_;
    verification ann;
    verification bot;
    std::function<void(std::string const&, std::string const&, json::object&)> attack;
    std::vector<std::string> types;

private:
    void deliver(verification_event const& event, verification& to, std::string const& from) {
        auto content = event.content;
        if (attack) attack(from, event.type, content);
        types.push_back(from + " " + event.type.substr(std::string("m.key.verification.").size()));
        to.take(event.type, content, begin + std::chrono::seconds(1));
    }
};

std::string methods_of(json::object const& content) {
    std::string all;
    for (auto const& each : content.at("methods").as_array()) all += (all.empty() ? "" : " ") + std::string(each.as_string());
    return all;
}

std::string ready_of(qr_abilities asks, qr_abilities answers, verified_party const& asking = ann_party,
                     verified_party const& answering = bot_party) {
    pair p(asks, answers, asking, answering);
    p.bot.accept();
    return methods_of(p.bot.take_events().at(0).content);
}

}  // namespace

TEST_SUITE("matrix::crypto::qr_verification") {
    TEST_CASE("one scans, the other one's person sees it, and both know the other's identity") {
        for (auto const where : {place::devices, place::room}) {
            for (bool const ann_shows : {true, false}) {
                CAPTURE(ann_shows);
                pair p(both, both, ann_party, bot_party, where);
                p.get_ready();
                auto& shows = ann_shows ? p.ann : p.bot;
                auto& scans = ann_shows ? p.bot : p.ann;
                auto const code = shows.qr_data();
                REQUIRE(code.has_value());
                REQUIRE(scans.scan(code->reveal()).has_value());
                p.talk();
                CHECK(shows.step() == step::scanned);
                CHECK(scans.step() == step::confirmed);
                for (auto const* each : {&p.ann, &p.bot}) {
                    CHECK_FALSE(each->proves_master());
                    CHECK_FALSE(each->codes().has_value());
                }
                shows.confirm();
                p.talk();
                for (auto const* each : {&p.ann, &p.bot}) {
                    CHECK(each->step() == step::done);
                    CHECK(each->proves_master());
                    // Of the device nothing was said.
                    CHECK_FALSE(each->proves_device());
                    CHECK_FALSE(each->codes().has_value());
                }
                std::string const by = ann_shows ? "ann" : "bot";
                std::string const to = ann_shows ? "bot" : "ann";
                CHECK(p.types == std::vector<std::string>{"bot ready", to + " start", by + " done", to + " done"});
            }
        }
    }

    TEST_CASE("a new device of ours is known to the one that trusts the identity, and learns the identity, whoever shows the code") {
        for (bool const new_asks : {true, false}) {
            for (bool const new_shows : {true, false}) {
                CAPTURE(new_asks);
                CAPTURE(new_shows);
                pair p(both, both, new_asks ? new_party : ann_party, new_asks ? ann_party : new_party);
                p.get_ready();
                auto& new_one = new_asks ? p.ann : p.bot;
                auto& old_one = new_asks ? p.bot : p.ann;
                auto& shows = new_shows ? new_one : old_one;
                auto& scans = new_shows ? old_one : new_one;
                REQUIRE(scans.scan(shows.qr_data().value().reveal()).has_value());
                p.talk();
                shows.confirm();
                p.talk();
                CHECK(old_one.step() == step::done);
                CHECK(old_one.proves_device());
                CHECK_FALSE(old_one.proves_master());
                CHECK(new_one.step() == step::done);
                CHECK(new_one.proves_master());
                CHECK_FALSE(new_one.proves_device());
            }
        }
    }

    TEST_CASE("what is offered is what both can do, and where nothing is enabled it is what it was") {
        CHECK(ready_of(neither, neither) == "m.sas.v1");
        CHECK(ready_of(both, neither) == "m.sas.v1");
        CHECK(ready_of(neither, both) == "m.sas.v1");
        CHECK(ready_of(only_scans, both) == "m.sas.v1 m.qr_code.show.v1 m.reciprocate.v1");
        CHECK(ready_of(only_shows, both) == "m.sas.v1 m.qr_code.scan.v1 m.reciprocate.v1");
        CHECK(ready_of(both, both) == "m.sas.v1 m.qr_code.show.v1 m.qr_code.scan.v1 m.reciprocate.v1");
        CHECK(ready_of(only_shows, only_shows) == "m.sas.v1");
        auto nobody = ann_party;
        nobody.master.clear();
        CHECK(ready_of(only_scans, only_shows, nobody) == "m.sas.v1");
        CHECK(methods_of(request_of(ann_party, neither)) == "m.sas.v1");
        CHECK(methods_of(request_of(ann_party, only_shows)) == "m.sas.v1 m.qr_code.show.v1 m.reciprocate.v1");
    }

    TEST_CASE("who cannot end what a scan begins is offered none") {
        json::object request;
        request["from_device"] = "ANNS";
        request["methods"] = json::array{"m.sas.v1", "m.qr_code.scan.v1", "m.qr_code.show.v1"};
        auto const random = base::make_seeded_random(1);
        auto bot = verification::answer(*random, bot_party, ann_party.user, place::devices, "id", request, begin);
        bot.enable(both);
        bot.know(ann_party.ed25519, ann_party.master);
        bot.accept();
        CHECK(methods_of(bot.take_events().at(0).content) == "m.sas.v1");
        CHECK_FALSE(bot.qr_data().has_value());
    }

    TEST_CASE("there is a code once both want to, the same each time, and none where it cannot be scanned") {
        pair p;
        CHECK_FALSE(p.bot.qr_data().has_value());
        CHECK_FALSE(p.ann.qr_data().has_value());
        p.get_ready();
        auto const code = p.bot.qr_data();
        REQUIRE(code.has_value());
        CHECK(p.bot.qr_data()->reveal() == code->reveal());
        CHECK(decode_qr_code(code->reveal()).value().id == "$request");
        // Each has a secret of its own.
        CHECK(decode_qr_code(code->reveal())->secret.reveal() != decode_qr_code(p.ann.qr_data()->reveal())->secret.reveal());
        pair blind(both, only_shows);
        blind.get_ready();
        CHECK_FALSE(blind.ann.qr_data().has_value());
        CHECK(blind.bot.qr_data().has_value());
    }

    TEST_CASE("a wrong secret, none, and that of a code that was never shown are refused") {
        auto const refused = [](bool is_shown, std::function<void(json::object&)> change) {
            pair p;
            p.get_ready();
            if (is_shown) (void)p.bot.qr_data();
            json::object content;
            content["from_device"] = "ANNS";
            content["method"] = "m.reciprocate.v1";
            change(content);
            p.bot.take("m.key.verification.start", content, begin);
            CHECK(p.bot.step() == step::cancelled);
            p.bot.confirm();
            CHECK_FALSE(p.bot.proves_master());
            return p.bot.code();
        };
        CHECK(refused(true, [](json::object& c) { c["secret"] = "AAAAAAAAAAAAAAAAAAAAAA"; }) == "m.key_mismatch");
        CHECK(refused(true, [](json::object& c) { c["secret"] = ""; }) == "m.key_mismatch");
        CHECK(refused(true, [](json::object& c) { c["secret"] = "no base64!"; }) == "m.key_mismatch");
        CHECK(refused(true, [](json::object&) {}) == "m.key_mismatch");
        CHECK(refused(false, [](json::object& c) { c["secret"] = ""; }) == "m.key_mismatch");
        CHECK(refused(true, [](json::object& c) { c["from_device"] = "OTHER"; }) == "m.invalid_message");
    }

    TEST_CASE("a secret that was changed on its way proves nobody to either") {
        pair p;
        p.get_ready();
        p.attack = [](std::string const&, std::string const& type, json::object& content) {
            if (type == "m.key.verification.start") content["secret"] = "AAAAAAAAAAAAAAAAAAAAAA";
        };
        REQUIRE(p.ann.scan(p.bot.qr_data().value().reveal()).has_value());
        p.talk();
        CHECK(p.bot.code() == "m.key_mismatch");
        CHECK(p.ann.step() == step::cancelled);
        CHECK_FALSE(p.ann.proves_master());
    }

    TEST_CASE("whoever scans a code with other keys than are known ends it, and nobody is known") {
        auto const refused = [](std::function<void(pair&)> prepare) {
            pair p;
            p.get_ready();
            prepare(p);
            auto const taken = p.ann.scan(p.bot.qr_data().value().reveal());
            CHECK(taken.error().kind() == base::error_kind::conflict);
            p.talk();
            CHECK(p.ann.code() == "m.key_mismatch");
            CHECK(p.bot.code() == "m.key_mismatch");
            CHECK_FALSE(p.ann.proves_master());
        };
        // A homeserver that has told Ann of another identity of the bot's, or the bot of another one of Ann's.
        refused([](pair& p) { p.ann.know(bot_party.ed25519, key('E')); });
        refused([](pair& p) { p.bot.know(ann_party.ed25519, key('E')); });
        refused([](pair& p) { p.ann.know(bot_party.ed25519, ""); });
    }

    TEST_CASE("a code of our own user with another device's key, or another identity, ends it on whichever side it is scanned") {
        auto const refused = [](bool new_shows, std::function<void(pair&)> prepare) {
            pair p(both, both, ann_party, new_party);
            p.get_ready();
            prepare(p);
            auto& shows = new_shows ? p.bot : p.ann;
            auto& scans = new_shows ? p.ann : p.bot;
            CHECK(scans.scan(shows.qr_data().value().reveal()).error().kind() == base::error_kind::conflict);
            p.talk();
            for (auto const* each : {&p.ann, &p.bot}) {
                CHECK(each->code() == "m.key_mismatch");
                CHECK_FALSE(each->proves_device());
                CHECK_FALSE(each->proves_master());
            }
        };
        // The old device was told of another key of the new one; or the new one of another identity of their user.
        refused(true, [](pair& p) { p.ann.know(key('E'), ann_party.master); });
        refused(false, [](pair& p) { p.ann.know(key('E'), ann_party.master); });
        refused(true, [](pair& p) { p.bot.know(ann_party.ed25519, key('E')); });
        refused(false, [](pair& p) { p.bot.know(ann_party.ed25519, key('E')); });
    }

    TEST_CASE("what was shown is what is believed: who is known otherwise by then is not") {
        pair p;
        p.get_ready();
        REQUIRE(p.ann.scan(p.bot.qr_data().value().reveal()).has_value());
        p.bot.know(ann_party.ed25519, key('E'));
        p.talk();
        CHECK(p.bot.code() == "m.key_mismatch");
        CHECK_FALSE(p.bot.proves_master());
    }

    TEST_CASE("what is no code, or another verification's, is not taken, and it goes on") {
        pair p;
        p.get_ready();
        auto const code = p.bot.qr_data().value().reveal();
        auto other = decode_qr_code(code).value();
        other.id = "$another";
        for (auto const& bytes : {std::string(), std::string("https://example.org"), code.substr(0, 80), code + std::string(3000, 's'),
                                  encode_qr_code(other).value().reveal()}) {
            CHECK(p.ann.scan(bytes).error().kind() == base::error_kind::invalid);
            CHECK(p.ann.step() == step::ready);
            CHECK_FALSE(p.ann.has_events());
        }
        CHECK(p.ann.scan(code).has_value());
    }

    TEST_CASE("a code of ours shown back to us, and one of another mode, end it") {
        pair mirrored;
        mirrored.get_ready();
        CHECK_FALSE(mirrored.ann.scan(mirrored.ann.qr_data().value().reveal()).has_value());
        CHECK(mirrored.ann.code() == "m.key_mismatch");
        pair p;
        p.get_ready();
        auto code = decode_qr_code(p.bot.qr_data().value().reveal()).value();
        code.keys.mode = qr_mode::trusts_identity;
        CHECK_FALSE(p.ann.scan(encode_qr_code(code).value().reveal()).has_value());
        CHECK(p.ann.code() == "m.key_mismatch");
    }

    TEST_CASE("nothing is scanned before both want to, or by whom cannot") {
        pair p(both, only_shows);
        auto const early = p.ann.scan("MATRIX");
        CHECK(early.error().kind() == base::error_kind::invalid);
        p.get_ready();
        CHECK(p.bot.scan("MATRIX").error().kind() == base::error_kind::invalid);
        CHECK(p.bot.step() == step::ready);
        REQUIRE(p.ann.scan(p.bot.qr_data().value().reveal()).has_value());
        CHECK_FALSE(p.ann.scan("MATRIX").has_value());
        CHECK(p.ann.step() == step::confirmed);
    }

    TEST_CASE("a person who does not see that the other device has scanned ends it") {
        pair p;
        p.get_ready();
        REQUIRE(p.ann.scan(p.bot.qr_data().value().reveal()).has_value());
        p.talk();
        p.bot.mismatch();
        p.talk();
        CHECK(p.bot.code() == "m.key_mismatch");
        CHECK(p.ann.step() == step::cancelled);
        CHECK_FALSE(p.ann.proves_master());
        CHECK_FALSE(p.bot.proves_master());
    }

    TEST_CASE("whoever has scanned and is done with it at once does not take the decision from our person") {
        pair p;
        p.get_ready();
        REQUIRE(p.ann.scan(p.bot.qr_data().value().reveal()).has_value());
        p.talk();
        p.bot.take("m.key.verification.done", json::object(), begin);
        CHECK(p.bot.step() == step::scanned);
        CHECK_FALSE(p.bot.proves_master());
        p.bot.confirm();
        CHECK(p.bot.step() == step::done);
    }

    TEST_CASE("codes can be compared although a QR code was shown") {
        pair p;
        p.get_ready();
        (void)p.bot.qr_data();
        p.ann.begin();
        p.talk();
        REQUIRE(p.ann.step() == step::comparing);
        CHECK_FALSE(p.bot.qr_data().has_value());
        CHECK(p.ann.codes()->emoji == p.bot.codes()->emoji);
        p.ann.confirm();
        p.bot.confirm();
        p.talk();
        CHECK(p.ann.proves_device());
        CHECK(p.bot.proves_master());
    }

    TEST_CASE("when one scans while the other one begins with codes, it is over") {
        pair p;
        p.get_ready();
        REQUIRE(p.ann.scan(p.bot.qr_data().value().reveal()).has_value());
        p.bot.begin();
        p.talk();
        CHECK(p.ann.code() == "m.unexpected_message");
        CHECK(p.bot.code() == "m.unexpected_message");
        CHECK_FALSE(p.ann.proves_master());
    }

    TEST_CASE("when both scan at once, each has seen the other's keys, and nobody has to confirm any more") {
        for (bool const is_one_user : {true, false}) {
            CAPTURE(is_one_user);
            pair p(both, both, ann_party, is_one_user ? new_party : bot_party);
            p.get_ready();
            auto const bots = p.bot.qr_data().value();
            auto const anns = p.ann.qr_data().value();
            REQUIRE(p.ann.scan(bots.reveal()).has_value());
            REQUIRE(p.bot.scan(anns.reveal()).has_value());
            CHECK_FALSE(p.bot.proves_master());
            p.talk();
            CHECK(p.ann.step() == step::done);
            CHECK(p.bot.step() == step::done);
            CHECK(p.ann.proves_device() == is_one_user);
            CHECK(p.ann.proves_master() != is_one_user);
            CHECK(p.bot.proves_master());
            CHECK_FALSE(p.bot.proves_device());
        }
    }

    TEST_CASE("whoever says to have scanned at once, and does not know our secret, ends it") {
        pair p;
        p.get_ready();
        (void)p.bot.qr_data();
        REQUIRE(p.bot.scan(p.ann.qr_data().value().reveal()).has_value());
        json::object content;
        content["from_device"] = "ANNS";
        content["method"] = "m.reciprocate.v1";
        content["secret"] = "AAAAAAAAAAAAAAAAAAAAAA";
        p.bot.take("m.key.verification.start", content, begin);
        CHECK(p.bot.code() == "m.key_mismatch");
        CHECK_FALSE(p.bot.proves_master());
    }

    TEST_CASE("nothing of codes that people compare is taken once one was scanned") {
        for (std::string const type : {"accept", "key", "mac"}) {
            for (bool const at_scanner : {true, false}) {
                CAPTURE(type);
                pair p;
                p.get_ready();
                REQUIRE(p.ann.scan(p.bot.qr_data().value().reveal()).has_value());
                p.talk();
                auto& to = at_scanner ? p.ann : p.bot;
                json::object content;
                content["mac"].emplace_object()["ed25519:ANNS"] = "AAAA";
                to.take("m.key.verification." + type, content, begin);
                CHECK(to.code() == "m.unexpected_message");
                CHECK_FALSE(to.proves_device());
            }
        }
    }

    TEST_CASE("what was scanned once is not scanned again") {
        pair p;
        p.get_ready();
        REQUIRE(p.ann.scan(p.bot.qr_data().value().reveal()).has_value());
        auto const start = p.ann.take_events().at(0);
        p.bot.take(start.type, start.content, begin);
        REQUIRE(p.bot.step() == step::scanned);
        p.bot.take(start.type, start.content, begin);
        CHECK(p.bot.code() == "m.unexpected_message");
    }

    TEST_CASE("the secret of another verification is worth nothing in this one") {
        auto const random = base::make_seeded_random(2);
        auto earlier =
            verification::answer(*random, bot_party, ann_party.user, place::devices, "$earlier", request_of(ann_party, both), begin);
        earlier.enable(both);
        earlier.know(ann_party.ed25519, ann_party.master);
        earlier.accept();
        auto const read = decode_qr_code(earlier.qr_data().value().reveal()).value();
        pair p;
        p.get_ready();
        (void)p.bot.qr_data();
        json::object content;
        content["from_device"] = "ANNS";
        content["method"] = "m.reciprocate.v1";
        content["secret"] = protocol::encode_base64(std::as_bytes(std::span<char const>(read.secret.reveal())));
        p.bot.take("m.key.verification.start", content, begin);
        CHECK(p.bot.code() == "m.key_mismatch");
    }

    TEST_CASE("a code that nobody has scanned within ten minutes is worth nothing any more") {
        pair p;
        p.get_ready();
        REQUIRE(p.ann.scan(p.bot.qr_data().value().reveal()).has_value());
        auto const start = p.ann.take_events().at(0);
        p.bot.take(start.type, start.content, begin + verification_takes);
        CHECK(p.bot.code() == "m.timeout");
    }

    TEST_CASE("before the other one's keys are known there is nothing to show, and nothing to compare a scan with") {
        auto const random = base::make_seeded_random(1);
        auto ann = verification::ask(*random, ann_party, bot_party.user, {}, place::devices, "id", begin);
        ann.enable(both);
        ann.take("m.key.verification.ready", request_of(bot_party, both), begin);
        REQUIRE(ann.step() == step::ready);
        CHECK_FALSE(ann.qr_data().has_value());
        CHECK(ann.scan("MATRIX").error().kind() == base::error_kind::invalid);
        CHECK(ann.step() == step::ready);
    }

    TEST_CASE("whoever cannot show a QR code does not know the method of one that was scanned") {
        pair p(both, neither);
        p.get_ready();
        json::object content;
        content["from_device"] = "ANNS";
        content["method"] = "m.reciprocate.v1";
        content["secret"] = "AAAAAAAAAAA";
        p.bot.take("m.key.verification.start", content, begin);
        CHECK(p.bot.code() == "m.unknown_method");
    }
}

}  // namespace chatrixcd::matrix::crypto
