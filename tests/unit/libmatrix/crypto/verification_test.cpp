// SPDX-License-Identifier: Apache-2.0
#include "crypto/verification/verification.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <set>
#include <string>
#include <vector>

#include "crypto/verification/emoji.hpp"
#include "support/sas_pair.hpp"

namespace chatrixcd::matrix::crypto {

namespace json = boost::json;
using place = verification::place;
using step = verification_step;

TEST_SUITE("matrix::crypto::verification") {
    TEST_CASE("two people see the same codes, say so, and know each other's device and identity") {
        for (auto const where : {place::devices, place::room}) {
            sas_pair p(where);
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
            sas_pair p(where);
            p.bot.accept();
            auto const ready = p.bot.take_events().at(0);
            CHECK(ready.content.contains("transaction_id") == (where == place::devices));
            CHECK(ready.content.contains("m.relates_to") == (where == place::room));
        }
    }

    TEST_CASE("codes differ from one verification to the next") {
        std::set<std::array<unsigned, 7>> seen;
        for (std::uint64_t seed = 1; seed <= 20; ++seed) {
            sas_pair p(place::devices, "ANNS", seed);
            p.compare();
            seen.insert(p.ann.codes()->emoji);
        }
        CHECK(seen.size() == 20);
    }

    TEST_CASE("whoever has the smaller id begins if both do") {
        for (bool const ann_first : {true, false}) {
            sas_pair p;
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
        sas_pair p;
        p.compare();
        p.bot.mismatch();
        p.talk();
        CHECK(p.bot.code() == "m.mismatched_sas");
        CHECK(p.ann.step() == step::cancelled);
        CHECK(p.ann.code() == "m.mismatched_sas");
        CHECK_FALSE(p.ann.proves_device());
    }

    TEST_CASE("what comes out of order ends it") {
        json::object const nothing;
        for (std::string const type : {"ready", "accept", "key", "mac", "done"}) {
            CAPTURE(type);
            sas_pair p;
            p.bot.accept();
            p.talk();
            p.bot.take("m.key.verification." + type, nothing, sas_begins);
            CHECK(p.bot.step() == step::cancelled);
            CHECK(p.bot.code() == "m.unexpected_message");
        }
        sas_pair p;
        p.compare();
        p.bot.take("m.key.verification.key", nothing, sas_begins);
        CHECK(p.bot.code() == "m.unexpected_message");
    }

    TEST_CASE("what is over stays so") {
        sas_pair p;
        p.bot.accept();
        p.bot.cancel("m.user", "no time");
        (void)p.bot.take_events();
        p.bot.take("m.key.verification.start", json::object(), sas_begins);
        p.bot.confirm();
        p.bot.cancel("m.timeout", "again");
        CHECK(p.bot.code() == "m.user");
        CHECK(p.bot.take_events().empty());
    }

    TEST_CASE("of several devices the first that answers is the one, and only the one that was asked") {
        auto const ready_of = [](std::string const& device) {
            json::object content;
            content["from_device"] = device;
            content["methods"] = json::array{"m.sas.v1"};
            return content;
        };
        sas_pair several;
        several.ann.take("m.key.verification.ready", ready_of("FIRST"), sas_begins);
        several.ann.take("m.key.verification.ready", ready_of("SECOND"), sas_begins);
        CHECK(several.ann.step() == step::ready);
        CHECK(several.ann.device() == device_id("FIRST"));
        sas_pair one(place::devices, "ANNS", 1, device_id("BOTS"));
        one.ann.take("m.key.verification.ready", ready_of("ANOTHER"), sas_begins);
        CHECK(one.ann.step() == step::requested);
        CHECK(one.ann.device() == device_id("BOTS"));
        one.compare();
    }

    TEST_CASE("whoever leaves because another device has answered says nothing") {
        sas_pair p;
        p.bot.leave("elsewhere");
        CHECK(p.bot.step() == step::cancelled);
        CHECK_FALSE(p.bot.has_events());
    }

    TEST_CASE("nothing that is said makes it last longer") {
        sas_pair p;
        p.bot.accept();
        auto const late = sas_begins + verification_takes - std::chrono::seconds(1);
        p.bot.take("m.key.verification.unheard_of", json::object(), late);
        CHECK(p.bot.step() == step::ready);
        p.bot.pass(sas_begins + verification_takes);
        CHECK(p.bot.code() == "m.timeout");
    }

    TEST_CASE("it ends after ten minutes of silence") {
        sas_pair p;
        p.bot.accept();
        (void)p.bot.take_events();
        p.bot.pass(sas_begins + verification_takes - std::chrono::seconds(1));
        CHECK(p.bot.step() == step::ready);
        p.bot.pass(sas_begins + verification_takes);
        CHECK(p.bot.code() == "m.timeout");
        CHECK(p.bot.take_events().size() == 1);
    }

    TEST_CASE("a request is of now, and offers what is known here") {
        auto const at = [](base::duration offset) {
            json::object content;
            content["timestamp"] = (sas_begins + offset).time_since_epoch().count();
            return is_fresh_request(content, sas_begins);
        };
        CHECK(at(base::duration(0)));
        CHECK(at(-std::chrono::minutes(10)));
        CHECK(at(std::chrono::minutes(5)));
        CHECK_FALSE(at(-std::chrono::minutes(10) - base::duration(1)));
        CHECK_FALSE(at(std::chrono::minutes(5) + base::duration(1)));
        CHECK_FALSE(is_fresh_request(json::object(), sas_begins));
        CHECK(offers_sas(request_of(sas_party("ann", "ANNS"))));
        CHECK_FALSE(offers_sas(json::object()));
    }
}

}  // namespace chatrixcd::matrix::crypto
