// SPDX-License-Identifier: Apache-2.0
// Who reads what the bot says in a room of pinned members, as the people there see it, and each word that lets nobody in.
#include <chatrixcd/matrix/recovery_key.hpp>

#include "verification/office.hpp"

namespace chatrixcd::test {

namespace {

// Carol comes when the bot has seen the room; Bob's word decides.
class reception_desk : public verification_office {
public:
    reception_desk() : carol_account(w.add("carol")) {
        settings.matrix.pinned_rooms = {room};
        know_bob();
    }
    void bring_carol() {
        carol = std::make_unique<colleague>(w, "carol", room);
        ann_account.invite(room, carol_account.id());
        carol_account.join(room);
        w.until([&] { return times_told("@carol:test is new in this room") > 0; });
    }
    std::ptrdiff_t times_told(std::string const& part) const {
        return std::ranges::count_if(ann->heard, [&](std::string const& line) { return contains(line, part); });
    }
    std::string carols_identity() { return w.run(ann->client->identity_of(matrix::user_id("@carol:test"))).value().master_key; }
    // Whether she reads what the bot says now.
    bool carol_reads() {
        auto const before = carol->heard.size();
        ann->ask("!cd ping");
        w.pass(std::chrono::seconds(30));
        return carol->heard.size() > before;
    }

    person carol_account;
    std::unique_ptr<colleague> carol;
};

}  // namespace

TEST_SUITE("chatrixcd::members") {
    TEST_CASE("a newcomer reads nothing that the bot says until a verified admin lets them in, and then does, also after a restart") {
        reception_desk o;
        o.start_bot();
        check_shows(o.bob->ask("!cd members"), "Nobody waits.");
        o.bring_carol();
        check_shows(o.ann->heard.back(), "!cd members accept @carol:test.");
        check_shows(o.ann->heard.back(), matrix::shown_fingerprint(o.carols_identity()));
        CHECK_FALSE(o.carol_reads());
        auto const shown = o.bob->ask("!cd members");
        check_shows(shown, "@carol:test, with the identity `" + matrix::shown_fingerprint(o.carols_identity()));
        check_shows(shown, "!cd members accept @carol:test");

        check_shows(o.bob->ask("!cd members accept @carol:test"), "@carol:test is let in");
        CHECK(o.has_logged("members: a newcomer was let in", "user=@carol:test"));
        CHECK(o.carol_reads());
        check_shows(o.bob->ask("!cd members"), "Nobody waits.");
        o.stop_bot();
        o.start_bot();
        CHECK(o.carol_reads());
        CHECK(o.times_told("is new in this room") == 1);
    }

    TEST_CASE("a newcomer is told of once, and waits on, over restarts") {
        reception_desk o;
        o.start_bot();
        o.bring_carol();
        o.stop_bot();
        o.start_bot();
        CHECK_FALSE(o.carol_reads());
        CHECK(o.times_told("is new in this room") == 1);
        check_shows(o.bob->ask("!cd members"), "@carol:test");
    }

    TEST_CASE("nobody but a verified admin lets anybody in, and nobody themselves") {
        reception_desk o;
        o.settings.bot.admin_users.push_back("@carol:test");
        o.start_bot();
        o.bring_carol();
        auto const refused = o.ann->ask("!cd members accept @carol:test");
        check_shows(refused, "Your word lets nobody in. Your identity vouches for the device");
        check_shows(refused, "chatrixcd verify");
        // The homeserver in Bob's name.
        auto const before = o.bob->heard.size();
        o.bob_account.say(o.room, "!cd members accept @carol:test");
        o.w.until([&] { return o.bob->heard.size() > before; });
        check_shows(o.bob->heard.back(), "Anybody at the homeserver could have written it");
        // She does not read the refusal.
        auto const heard = o.bob->heard.size();
        o.w.run(o.carol->client->room(matrix::room_id(o.room)).send(matrix::outgoing::text("!cd members accept @carol:test"))).value();
        o.w.until([&] { return o.bob->heard.size() > heard; });
        check_shows(o.bob->heard.back(), "Nobody lets themselves in");
        CHECK_FALSE(o.carol_reads());
    }

    TEST_CASE("who is no admin is not listened to") {
        reception_desk o;
        o.start_bot();
        o.bring_carol();
        auto const before = o.ann->heard.size();
        colleague mallory(o.w, "mallory", o.room);
        o.w.run(mallory.client->room(matrix::room_id(o.room)).send(matrix::outgoing::text("!cd members accept @carol:test"))).value();
        o.w.pass(std::chrono::minutes(1));
        for (auto i = before; i < o.ann->heard.size(); ++i) CHECK_FALSE(contains(o.ann->heard[i], "is let in"));
        CHECK_FALSE(o.carol_reads());
        check_shows(o.bob->ask("!cd members"), "@carol:test");
    }

    TEST_CASE("somebody who does not wait is not let in, however near the name is") {
        reception_desk o;
        o.start_bot();
        o.bring_carol();
        for (auto const* whom : {"@dave:test", "@carol:tes", "@carol:test2", "@caro:test", "@Carol:test", "@ann:test"}) {
            CAPTURE(whom);
            auto const said = o.bob->ask(std::string("!cd members accept ") + whom);
            check_shows(said, std::string(whom) + " does not wait to be let in.");
            check_shows(said, "`!cd members` lists who does");
        }
        check_shows(o.bob->ask("!cd members accept carol"), "is no Matrix id");
        check_shows(o.bob->ask("!cd members accept @bot:test"), "my own account");
        CHECK_FALSE(o.carol_reads());
    }

    TEST_CASE("an identity that is named is the one that is let in; one that was not shown has to be") {
        reception_desk o;
        o.start_bot();
        o.bring_carol();
        auto const anns = o.w.run(o.ann->client->identity_of(matrix::user_id("@ann:test"))).value().master_key;
        auto const other = o.bob->ask("!cd members accept @carol:test " + anns);
        check_shows(other, "another than you say");
        check_shows(other, "`!cd members accept @carol:test " + o.carols_identity() + "`");
        check_shows(o.bob->ask("!cd members accept @carol:test abcd"), "is no key");
        // The next process has shown nobody anything.
        o.stop_bot();
        o.start_bot();
        check_shows(o.bob->ask("!cd members accept @carol:test"), "Nobody was let in");
        CHECK_FALSE(o.carol_reads());
        check_shows(o.bob->ask("!cd members accept @carol:test " + o.carols_identity()), "@carol:test is let in");
        CHECK(o.carol_reads());
    }

    TEST_CASE("of two identities that were shown the one that is meant has to be named") {
        reception_desk o;
        o.start_bot();
        o.bring_carol();
        auto const first = o.carols_identity();
        auto other = o.w.make_client("store-carol-other", [](matrix::options& options) { options.encryption(true); });
        o.w.start(*other, "carol");
        o.w.run(other->replace_identity(matrix::recovery_key::make(*o.w.random))).value();
        o.w.until([&] { return o.times_told("@carol:test is new in this room") == 2; });
        REQUIRE(o.carols_identity() != first);
        auto const said = o.bob->ask("!cd members accept @carol:test");
        check_shows(said, "Nobody was let in");
        check_shows(said, "`!cd members accept @carol:test " + o.carols_identity() + "`");
        check_shows(o.bob->ask("!cd members accept @carol:test " + first), "another than you say");
        check_shows(o.bob->ask("!cd members"), "@carol:test");
        check_shows(o.bob->ask("!cd members accept @carol:test " + o.carols_identity()), "@carol:test is let in");
        o.w.stop(*other);
    }

    TEST_CASE("a member who comes with another identity waits again") {
        reception_desk o;
        o.start_bot();
        o.bring_carol();
        check_shows(o.bob->ask("!cd members accept @carol:test"), "@carol:test is let in");
        auto other = o.w.make_client("store-carol-other", [](matrix::options& options) { options.encryption(true); });
        o.w.start(*other, "carol");
        o.w.run(other->replace_identity(matrix::recovery_key::make(*o.w.random))).value();
        o.w.until([&] { return o.times_told("@carol:test has another identity (cross-signing) than before.") == 1; });
        CHECK_FALSE(o.carol_reads());
        check_shows(o.bob->ask("!cd members"),
                    "@carol:test, with another identity than before: `" + matrix::shown_fingerprint(o.carols_identity()));
        o.w.stop(*other);
    }

    TEST_CASE("who has no identity is not let in before they have one") {
        reception_desk o;
        o.start_bot();
        o.ann_account.invite(o.room, o.carol_account.id());
        o.carol_account.join(o.room);
        o.w.until([&] { return o.times_told("they have no identity yet") > 0; });
        check_shows(o.bob->ask("!cd members"), "no identity (cross-signing) that I know of");
        check_shows(o.bob->ask("!cd members accept @carol:test"), "First they set encryption up in their client.");
        o.carol = std::make_unique<colleague>(o.w, "carol", o.room);
        o.w.until([&] { return o.times_told("@carol:test is new in this room") == 2; });
        CHECK_FALSE(o.carol_reads());
        check_shows(o.bob->ask("!cd members accept @carol:test " + o.carols_identity()), "@carol:test is let in");
        CHECK(o.carol_reads());
    }

    TEST_CASE("where members are not pinned it says so, with the line that pins them") {
        verification_office o;
        o.know_bob();
        o.start_bot();
        auto const said = o.bob->ask("!cd members");
        check_shows(said, "The members of this room are not pinned");
        check_shows(said, "`matrix.pinned_rooms` in the configuration pins them; this room is `" + o.room + "`");
        check_shows(o.bob->ask("!cd members accept @ann:test"), "are not pinned");
        o.stop_bot();
        o.settings.matrix.pinned_rooms = {o.room, o.plain_room};
        o.start_bot();
        check_shows(o.bob->ask("!cd members admit @ann:test"), "`!cd members accept @user:server [KEY]` lets somebody in");
        o.bob_account.say(o.plain_room, "!cd members");
        o.w.until([&] { return !o.ann_account.bodies(o.plain_room, "@bot:test").empty(); });
        check_shows(o.ann_account.bodies(o.plain_room, "@bot:test").back(), "This room is not encrypted");
        o.stop_bot();
        o.settings.matrix.encryption = "off";
        o.start_bot();
        o.bob_account.say(o.plain_room, "!cd members");
        o.w.until([&] { return o.ann_account.bodies(o.plain_room, "@bot:test").size() > 1; });
        check_shows(o.ann_account.bodies(o.plain_room, "@bot:test").back(), "Encryption is off");
    }
}

}  // namespace chatrixcd::test
