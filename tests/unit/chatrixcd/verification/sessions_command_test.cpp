// SPDX-License-Identifier: Apache-2.0
#include "verification/office.hpp"

namespace chatrixcd::test {

TEST_SUITE("chatrixcd::verification::sessions_command") {
    TEST_CASE("somebody's devices are listed, with what is known of them") {
        verification_office o;
        o.know_bob();
        o.start_bot();
        auto const own = o.bob->ask("!cd sessions");
        check_shows(own, "Sessions of @bob:test");
        check_shows(own, ", verified.");
        check_shows(own, o.bob->client->device().str());
        check_shows(own, matrix::shown_fingerprint(o.bob->own.fingerprint) + "`, signed by the identity, in matrix.verified");
        auto const anns = o.bob->ask("!cd sessions @ann:test");
        check_shows(anns, "Sessions of @ann:test");
        check_shows(anns, ", not verified.");
        check_shows(anns, matrix::shown_fingerprint(o.ann->own.fingerprint) + "`, signed by the identity");
        auto const nobody = o.bob->ask("!cd sessions @nobody:test");
        check_shows(nobody, "No identity");
        check_shows(nobody, "No device with keys");
    }

    TEST_CASE("the bot's own are counted") {
        verification_office o;
        o.start_bot();
        auto const shown = o.ann->ask("!cd sessions info");
        check_shows(shown, "I am device ");
        check_shows(shown, "one-time keys at the homeserver: ");
        check_shows(shown, "of them verified: 0");
    }

    TEST_CASE("a session is begun anew once an hour, with a device that is there") {
        verification_office o;
        o.start_bot();
        auto const reset = "!cd sessions reset @ann:test " + o.ann->client->device().str();
        check_shows(o.ann->ask(reset), "A new session with @ann:test, device " + o.ann->client->device().str() + ", has begun.");
        o.w.pass(std::chrono::minutes(10));
        auto const refused = o.ann->ask(reset);
        check_shows(refused, "begun anew less than an hour ago");
        check_shows(refused, "Again in 50 min.");
        check_shows(o.ann->ask("!cd sessions reset @ann:test NOTHING"), "@ann:test has no device NOTHING");
        check_shows(o.ann->ask("!cd sessions reset ann X"), "is no Matrix id");
    }

    TEST_CASE("what it does not know it says, with what it does") {
        verification_office o;
        o.start_bot();
        for (auto const* line : {"!cd sessions clear", "!cd sessions reset", "!cd sessions reset @ann:test", "!cd sessions @ann:test X"}) {
            CAPTURE(line);
            check_shows(o.ann->ask(line), "!cd sessions reset @user:server DEVICE");
        }
        o.stop_bot();
        o.settings.matrix.encryption = "off";
        o.start_bot();
        o.bob_account.say(o.plain_room, "!cd sessions");
        o.w.until([&] { return !o.ann_account.bodies(o.plain_room, "@bot:test").empty(); });
        check_shows(o.ann_account.bodies(o.plain_room, "@bot:test").back(), "Encryption is off");
    }
}

}  // namespace chatrixcd::test
