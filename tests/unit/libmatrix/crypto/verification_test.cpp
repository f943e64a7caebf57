// SPDX-License-Identifier: Apache-2.0
#include "crypto/verification/verification.hpp"

#include <doctest/doctest.h>

#include <boost/json/array.hpp>
#include <functional>
#include <memory>
#include <set>
#include <string>

#include <chatrixcd/base/json_reader.hpp>

#include "crypto/verification/emoji.hpp"

namespace chatrixcd::matrix::crypto {
namespace {

namespace json = boost::json;
using place = verification::place;
using step = verification_step;

base::time_point const begin{std::chrono::hours(24 * 365 * 50)};

verified_party party(std::string user, std::string device) {
    return {user_id("@" + user + ":test"), device_id(device), "ed25519 of " + device, "master of " + user};
}

json::object request_of(verified_party const& who) {
    json::object content;
    content["from_device"] = who.device.str();
    content["methods"] = json::array{"m.sas.v1"};
    content["timestamp"] = begin.time_since_epoch().count();
    return content;
}

// Ann asks, the bot answers; what each says reaches the other, unless a test takes hold of it.
class pair {
public:
    explicit pair(place where = place::devices, std::string ann_device = "ANNS", std::uint64_t seed = 1, device_id asked = {})
        : random_(base::make_seeded_random(seed)),
          ann_party(party("ann", std::move(ann_device))),
          bot_party(party("bot", "BOTS")),
          ann(verification::ask(*random_, ann_party, bot_party.user, std::move(asked), where, "$request", begin)),
          bot(verification::answer(*random_, bot_party, ann_party.user, where, "$request", request_of(ann_party), begin)) {
        ann.know(bot_party.ed25519, bot_party.master);
        bot.know(ann_party.ed25519, ann_party.master);
    }

    // Until nobody has anything to say.
    void talk() {
        for (bool said = true; said;) {
            said = false;
            for (auto const& event : ann.take_events()) {
                said = true;
                deliver(event, bot, "ann");
            }
            for (auto const& event : bot.take_events()) {
                said = true;
                deliver(event, ann, "bot");
            }
        }
    }
    void compare() {
        bot.accept();
        talk();
        ann.begin();
        talk();
        REQUIRE(ann.step() == step::comparing);
        REQUIRE(bot.step() == step::comparing);
    }

    std::unique_ptr<base::random> random_;
    verified_party ann_party;
    verified_party bot_party;
    verification ann;
    verification bot;
    // Changes what is on its way: (who says it, type, content).
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

}  // namespace

TEST_SUITE("matrix::crypto::verification") {
    TEST_CASE("two people see the same codes, say so, and know each other's device and identity") {
        for (auto const where : {place::devices, place::room}) {
            pair p(where);
            p.compare();
            CHECK(p.ann.codes()->emoji == p.bot.codes()->emoji);
            CHECK(p.ann.codes()->decimals == p.bot.codes()->decimals);
            auto const codes = p.ann.codes().value();
            for (auto const number : codes.decimals) CHECK((number >= 1000 && number <= 9191));
            for (auto const number : codes.emoji) CHECK(number < sas_emojis().size());
            p.ann.confirm();
            p.talk();
            CHECK(p.ann.step() == step::confirmed);
            CHECK(p.bot.step() == step::comparing);
            p.bot.confirm();
            p.talk();
            for (auto const* each : {&p.ann, &p.bot}) {
                CHECK(each->step() == step::done);
                CHECK(each->proves_device());
                CHECK(each->proves_master());
            }
            CHECK(p.types == std::vector<std::string>{"bot ready", "ann start", "bot accept", "ann key", "bot key", "ann mac", "bot mac",
                                                      "bot done", "ann done"});
        }
    }

    TEST_CASE("what is sent names the verification as its place wants it") {
        for (auto const where : {place::devices, place::room}) {
            pair p(where);
            p.bot.accept();
            auto const ready = p.bot.take_events().at(0);
            CHECK(ready.content.contains("transaction_id") == (where == place::devices));
            CHECK(ready.content.contains("m.relates_to") == (where == place::room));
        }
    }

    TEST_CASE("codes differ from one verification to the next") {
        std::set<std::array<unsigned, 7>> seen;
        for (std::uint64_t seed = 1; seed <= 20; ++seed) {
            pair p(place::devices, "ANNS", seed);
            p.compare();
            seen.insert(p.ann.codes()->emoji);
        }
        CHECK(seen.size() == 20);
    }

    TEST_CASE("whoever has the smaller id begins if both do") {
        for (bool const ann_first : {true, false}) {
            pair p;
            p.bot.accept();
            p.talk();
            (ann_first ? p.ann : p.bot).begin();
            (ann_first ? p.bot : p.ann).begin();
            p.talk();
            REQUIRE(p.ann.step() == step::comparing);
            CHECK(p.ann.codes()->emoji == p.bot.codes()->emoji);
            // "@ann:test" is the smaller one.
            CHECK(std::ranges::count(p.types, "bot accept") == 1);
            CHECK(std::ranges::count(p.types, "ann accept") == 0);
        }
    }

    TEST_CASE("a person who sees other codes ends it, and nobody is known") {
        pair p;
        p.compare();
        p.bot.mismatch();
        p.talk();
        CHECK(p.bot.code() == "m.mismatched_sas");
        CHECK(p.ann.step() == step::cancelled);
        CHECK(p.ann.code() == "m.mismatched_sas");
        CHECK_FALSE(p.ann.proves_device());
    }

    TEST_CASE("whoever stands between them shows two people different codes, or is found out") {
        // Both keys are another's.
        pair p;
        sas_keys eve(*p.random_);
        p.attack = [&](std::string const&, std::string const& type, json::object& content) {
            if (type == "m.key.verification.key") content["key"] = eve.public_key();
        };
        p.bot.accept();
        p.talk();
        p.ann.begin();
        p.talk();
        // Ann began: she was promised the bot's key before she gave hers.
        CHECK(p.ann.step() == step::cancelled);
        CHECK(p.ann.code() == "m.mismatched_commitment");
    }

    TEST_CASE("a device or an identity with another key than is known is refused, and so is a list that was changed") {
        auto const refused = [](std::function<void(pair&)> prepare, std::function<void(json::object&)> change) {
            pair p;
            if (prepare) prepare(p);
            p.compare();
            p.attack = [&](std::string const& from, std::string const& type, json::object& content) {
                if (change && from == "bot" && type == "m.key.verification.mac") change(content);
            };
            p.ann.confirm();
            p.bot.confirm();
            p.talk();
            CHECK(p.ann.step() == step::cancelled);
            CHECK_FALSE(p.ann.proves_device());
            CHECK_FALSE(p.ann.proves_master());
            return p.ann.code();
        };
        CHECK(refused([](pair& p) { p.ann.know("another key", p.bot_party.master); }, nullptr) == "m.key_mismatch");
        CHECK(refused(nullptr, [](json::object& c) { c["mac"].as_object().erase("ed25519:BOTS"); }) == "m.key_mismatch");
        CHECK(refused(nullptr, [](json::object& c) { c["mac"].as_object()["ed25519:BOTS"] = "AAAA"; }) == "m.key_mismatch");
        CHECK(refused(nullptr, [](json::object& c) { c["mac"].as_object()["ed25519:master of bot"] = "AAAA"; }) == "m.key_mismatch");
        CHECK(refused(nullptr, [](json::object& c) { c["keys"] = "AAAA"; }) == "m.key_mismatch");
        CHECK(refused(nullptr, [](json::object& c) { c.erase("mac"); }) == "m.invalid_message");
    }

    TEST_CASE("an identity that is not the known one is not proved, though the device is") {
        pair p;
        p.ann.know(p.bot_party.ed25519, "another master");
        p.compare();
        p.ann.confirm();
        p.bot.confirm();
        p.talk();
        CHECK(p.ann.step() == step::done);
        CHECK(p.ann.proves_device());
        CHECK_FALSE(p.ann.proves_master());
    }

    TEST_CASE("a device that is named like its owner's identity proves nothing") {
        pair p;
        p.ann.know(p.bot_party.ed25519, "BOTS");
        p.compare();
        p.ann.confirm();
        p.bot.confirm();
        p.talk();
        CHECK(p.ann.step() == step::cancelled);
        CHECK(p.ann.code() == "m.key_mismatch");
    }

    TEST_CASE("our own key given back to us, one of low order, and no key at all end it") {
        for (unsigned const kind : {0U, 1U, 2U}) {
            CAPTURE(kind);
            pair p;
            std::string anns;
            p.attack = [&](std::string const& from, std::string const& type, json::object& content) {
                if (type != "m.key.verification.key" || from != "ann") return;
                if (kind == 0) content["key"] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
                if (kind == 1) content["key"] = 7;
                if (kind == 2) content.erase("key");
            };
            p.bot.accept();
            p.talk();
            p.ann.begin();
            p.talk();
            CHECK(p.bot.step() == step::cancelled);
            CHECK(p.bot.code() == "m.invalid_message");
        }
    }

    TEST_CASE("what comes out of order ends it") {
        json::object const nothing;
        for (std::string const type : {"ready", "accept", "key", "mac", "done"}) {
            CAPTURE(type);
            pair p;
            p.bot.accept();
            p.talk();
            p.bot.take("m.key.verification." + type, nothing, begin);
            CHECK(p.bot.step() == step::cancelled);
            CHECK(p.bot.code() == "m.unexpected_message");
        }
        pair p;
        p.compare();
        p.bot.take("m.key.verification.key", nothing, begin);
        CHECK(p.bot.code() == "m.unexpected_message");
    }

    TEST_CASE("what is over stays so") {
        pair p;
        p.bot.accept();
        p.bot.cancel("m.user", "no time");
        (void)p.bot.take_events();
        p.bot.take("m.key.verification.start", json::object(), begin);
        p.bot.confirm();
        p.bot.cancel("m.timeout", "again");
        CHECK(p.bot.code() == "m.user");
        CHECK(p.bot.take_events().empty());
    }

    TEST_CASE("methods, agreements and MACs that are not known here are refused") {
        auto const refused = [](std::function<void(json::object&)> change) {
            pair p;
            p.attack = [&](std::string const&, std::string const& type, json::object& content) {
                if (type == "m.key.verification.start") change(content);
            };
            p.bot.accept();
            p.talk();
            p.ann.begin();
            p.talk();
            CHECK(p.ann.step() == step::cancelled);
            return p.bot.code();
        };
        CHECK(refused([](json::object& c) { c["method"] = "m.reciprocate.v1"; }) == "m.unknown_method");
        CHECK(refused([](json::object& c) { c["key_agreement_protocols"] = json::array{"curve25519"}; }) == "m.unknown_method");
        CHECK(refused([](json::object& c) { c["message_authentication_codes"] = json::array{"hkdf-hmac-sha256"}; }) == "m.unknown_method");
        CHECK(refused([](json::object& c) { c["hashes"] = "sha256"; }) == "m.unknown_method");
        CHECK(refused([](json::object& c) { c["from_device"] = "OTHER"; }) == "m.invalid_message");
        CHECK(refused([](json::object& c) { c["number"] = 0.5; }) == "m.invalid_message");
    }

    TEST_CASE("of several devices the first that answers is the one, and only the one that was asked") {
        auto const ready_of = [](std::string const& device) {
            json::object content;
            content["from_device"] = device;
            content["methods"] = json::array{"m.sas.v1"};
            return content;
        };
        pair several;
        several.ann.take("m.key.verification.ready", ready_of("FIRST"), begin);
        several.ann.take("m.key.verification.ready", ready_of("SECOND"), begin);
        CHECK(several.ann.step() == step::ready);
        CHECK(several.ann.device() == device_id("FIRST"));
        pair one(place::devices, "ANNS", 1, device_id("BOTS"));
        one.ann.take("m.key.verification.ready", ready_of("ANOTHER"), begin);
        CHECK(one.ann.step() == step::requested);
        CHECK(one.ann.device() == device_id("BOTS"));
        one.compare();
    }

    TEST_CASE("whoever leaves because another device has answered says nothing") {
        pair p;
        p.bot.leave("elsewhere");
        CHECK(p.bot.step() == step::cancelled);
        CHECK_FALSE(p.bot.has_events());
    }

    TEST_CASE("nothing that is said makes it last longer") {
        pair p;
        p.bot.accept();
        auto const late = begin + verification_takes - std::chrono::seconds(1);
        p.bot.take("m.key.verification.unheard_of", json::object(), late);
        CHECK(p.bot.step() == step::ready);
        p.bot.pass(begin + verification_takes);
        CHECK(p.bot.code() == "m.timeout");
    }

    TEST_CASE("it ends after ten minutes of silence") {
        pair p;
        p.bot.accept();
        (void)p.bot.take_events();
        p.bot.pass(begin + verification_takes - std::chrono::seconds(1));
        CHECK(p.bot.step() == step::ready);
        p.bot.pass(begin + verification_takes);
        CHECK(p.bot.code() == "m.timeout");
        CHECK(p.bot.take_events().size() == 1);
    }

    TEST_CASE("a request is of now, and offers what is known here") {
        auto const at = [](base::duration offset) {
            json::object content;
            content["timestamp"] = (begin + offset).time_since_epoch().count();
            return is_fresh_request(content, begin);
        };
        CHECK(at(base::duration(0)));
        CHECK(at(-std::chrono::minutes(10)));
        CHECK(at(std::chrono::minutes(5)));
        CHECK_FALSE(at(-std::chrono::minutes(10) - base::duration(1)));
        CHECK_FALSE(at(std::chrono::minutes(5) + base::duration(1)));
        CHECK_FALSE(is_fresh_request(json::object(), begin));
        CHECK(offers_sas(request_of(party("ann", "ANNS"))));
        CHECK_FALSE(offers_sas(json::object()));
    }
}

}  // namespace chatrixcd::matrix::crypto
