// SPDX-License-Identifier: Apache-2.0
// Conversations about who is who, as people see them, and each word that decides nothing.
#include "verification/office.hpp"

namespace chatrixcd::test {

TEST_SUITE("chatrixcd::verification::verify_command") {
    TEST_CASE("an admin asks, another one whom the bot knows decides, and the bot knows both from then on") {
        verification_office o;
        o.know_bob();
        o.start_bot();
        auto const first = o.ann->ask("!cd verify");
        check_shows(first, "I am device ");
        check_shows(first, "cross-signed.");
        check_shows(first, "I have not verified your identity");
        check_shows(first, "Nobody waits to be verified");
        check_shows(o.bob->ask("!cd verify"), "I have verified you");

        o.ann->begin_verification();
        o.w.until([&] { return o.ann->codes.has_value(); });
        auto const shown = o.bob->ask("!cd verify");
        check_shows(shown, "@ann:test, device `" + o.ann->client->device().str() + "`, who asked: ");
        check_shows(shown, bot::shown_emoji(*o.ann->codes));
        check_shows(shown, bot::shown_numbers(*o.ann->codes));
        CHECK(o.has_logged("codes to compare", bot::shown_numbers(*o.ann->codes)));
        auto const number = number_in(shown);
        REQUIRE(number.size() == 4);

        check_shows(o.bob->ask("!cd verify yes " + number), "Noted. @ann:test");
        check_shows(o.bob->ask("!cd verify yes " + number), "decided already");
        o.ann->confirm();
        o.w.until([&] { return o.ann->has_verified; });
        check_shows(o.bob->ask("!cd verify"), "verified, their identity is verified");
        check_shows(o.ann->ask("!cd verify"), "I have verified you");
        check_shows(o.ann->ask("!cd sessions"), ", verified.");
        o.stop_bot();
        o.start_bot();
        check_shows(o.ann->ask("!cd verify"), "I have verified you");
    }

    TEST_CASE("nobody decides about themselves, and nobody whom the bot does not know decides at all") {
        verification_office o;
        o.start_bot();
        o.ann->begin_verification();
        o.w.until([&] { return o.ann->codes.has_value(); });
        auto const number = number_in(o.bob->ask("!cd verify"));
        REQUIRE(number.size() == 4);
        for (auto const* word : {"yes ", "no "}) {
            check_shows(o.ann->ask(std::string("!cd verify ") + word + number), "Nobody decides about themselves");
            auto const refused = o.bob->ask(std::string("!cd verify ") + word + number);
            check_shows(refused, "Your word decides nothing. Your identity vouches for the device");
            check_shows(refused, "chatrixcd verify");
        }
        o.ann->confirm();
        o.w.pass(std::chrono::minutes(1));
        CHECK_FALSE(o.ann->has_verified);
        check_shows(o.ann->ask("!cd verify"), "I have not verified your identity");
        // Nor whoever the homeserver lets speak in the name of one.
        o.know_bob();
        o.stop_bot();
        o.start_bot();
        o.ann->begin_verification();
        o.w.until([&] { return !number_in(o.bob->ask("!cd verify")).empty(); });
        auto const again = number_in(o.bob->ask("!cd verify"));
        o.bob_account.say(o.plain_room, "!cd verify yes " + again);
        o.w.until([&] { return !o.ann_account.bodies(o.plain_room, "@bot:test").empty(); });
        check_shows(o.ann_account.bodies(o.plain_room, "@bot:test").back(), "only the homeserver says that this message is yours");
    }

    TEST_CASE("codes that are not the same end it, and nobody is known for it") {
        verification_office o;
        o.know_bob();
        o.start_bot();
        o.ann->begin_verification();
        o.w.until([&] { return o.ann->codes.has_value(); });
        auto const number = number_in(o.bob->ask("!cd verify"));
        check_shows(o.bob->ask("!cd verify no " + number), "Not verified: @ann:test");
        o.w.until([&] { return !o.ann->problem.empty(); });
        check_shows(o.ann->problem, "m.mismatched_sas");
        check_shows(o.bob->ask("!cd verify yes " + number), "No verification " + number + " goes on");
        check_shows(o.bob->ask("!cd verify"), "not verified");
        check_shows(o.ann->ask("!cd verify"), "I have not verified your identity");
    }

    TEST_CASE("who is no admin is declined, and that is logged") {
        verification_office o;
        o.start_bot();
        colleague mallory(o.w, "mallory", o.room);
        mallory.begin_verification();
        o.w.until([&] { return !mallory.problem.empty(); });
        check_shows(mallory.problem, "cancelled");
        CHECK(o.has_logged("a verification was declined", "@mallory:test"));
        check_shows(o.bob->ask("!cd verify"), "Nobody waits to be verified");
    }

    TEST_CASE("the bot asks an admin in the room or at a device, and nobody else") {
        verification_office o;
        o.know_bob();
        o.start_bot();
        check_shows(o.bob->ask("!cd verify @ann:test"), "I have asked @ann:test (");
        o.w.until([&] { return o.ann->codes.has_value(); });
        CHECK(o.ann->going_on->room() == matrix::room_id(o.room));
        auto const shown = o.bob->ask("!cd verify");
        check_shows(shown, "asked by me");
        check_shows(shown, bot::shown_numbers(*o.ann->codes));
        o.ann->confirm();
        check_shows(o.bob->ask("!cd verify yes " + number_in(shown)), "Verified: @ann:test");

        auto const device = o.ann->client->device().str();
        o.ann->going_on.reset();
        check_shows(o.bob->ask("!cd verify @ann:test " + device), "I have asked @ann:test (");
        o.w.until([&] { return o.ann->going_on.has_value(); });
        CHECK_FALSE(o.ann->going_on->room().has_value());

        check_shows(o.bob->ask("!cd verify @mallory:test"), "not in `bot.admin_users`");
        check_shows(o.bob->ask("!cd verify @nonsense"), "is no Matrix id");
        check_shows(o.bob->ask("!cd verify bob"), "neither a person nor yes or no");
        check_shows(o.bob->ask("!cd verify yes"), "It needs its number");
        check_shows(o.bob->ask("!cd verify yes many"), "It needs its number");
        check_shows(o.bob->ask("!cd verify yes 1"), "No verification 1 goes on");
    }

    TEST_CASE("there is nothing to decide before the other side has answered") {
        verification_office o;
        o.know_bob();
        o.start_bot();
        o.w.stop(*o.ann->client);
        auto const asked = o.bob->ask("!cd verify @ann:test");
        auto const number = asked.substr(asked.find('(') + 1, 4);
        check_shows(o.bob->ask("!cd verify"), "they have not answered yet");
        check_shows(o.bob->ask("!cd verify yes " + number), "nothing to compare yet");
        o.w.pass(std::chrono::minutes(11));
        check_shows(o.bob->ask("!cd verify"), "m.timeout");
    }

    TEST_CASE("with whom it knows the bot agrees by itself: they compare with its log, and it keeps nothing that outlives the key") {
        verification_office o;
        o.know_bob();
        o.start_bot();
        o.bob->begin_verification();
        o.w.until([&] { return o.bob->codes.has_value(); });
        CHECK(o.has_logged("they are known already", "emoji=" + bot::shown_emoji(*o.bob->codes)));
        CHECK_FALSE(o.bob->has_verified);
        o.bob->confirm();
        o.w.until([&] { return o.bob->has_verified; });
        check_shows(o.bob->ask("!cd verify"), "verified, agreed to; they were known already");
        o.settings.matrix.verified.clear();
        o.stop_bot();
        o.start_bot();
        check_shows(o.bob->ask("!cd verify"), "I have not verified your identity");
    }

    TEST_CASE("a key that is not theirs makes nobody known, and the log says so") {
        verification_office o;
        o.settings.matrix.verified = {"@bob:test " + o.ann->own.fingerprint};
        o.start_bot();
        check_shows(o.bob->ask("!cd verify"), "I have not verified your identity");
        CHECK(o.has_logged("a trusted key stands for nothing", "@bob:test"));
    }

    TEST_CASE("without encryption there is nothing to verify") {
        verification_office o;
        o.settings.matrix.encryption = "off";
        o.start_bot();
        o.bob_account.say(o.plain_room, "!cd verify");
        o.w.until([&] { return !o.ann_account.bodies(o.plain_room, "@bot:test").empty(); });
        check_shows(o.ann_account.bodies(o.plain_room, "@bot:test").back(), "Encryption is off");
    }

    TEST_CASE("the log and info say how the bot stands") {
        verification_office o;
        o.start_bot();
        auto const said = o.bob->ask("!cd info");
        check_shows(said, "matrix: @bot:test; device ");
        check_shows(said, "; cross-signed");
        check_shows(said, "; room keys are not backed up: the account has no key backup, and none is made without a recovery key");
        CHECK(o.has_logged("this device, as others see it", "cross_signed=true missing=nothing"));
    }
}

}  // namespace chatrixcd::test
