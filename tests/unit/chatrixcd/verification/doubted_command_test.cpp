// SPDX-License-Identifier: Apache-2.0
#include "office.hpp"

namespace chatrixcd::test {

TEST_SUITE("chatrixcd::doubted commands") {
    TEST_CASE("what the homeserver could have written in an admin's name in an encrypted room starts nothing, and the room hears why") {
        verification_office o;
        o.start_bot();
        check_shows(o.bob->ask("!cd ping"), "pong");
        auto const before = o.ann->heard.size();
        o.bob_account.say(o.room, "!cd ping");
        o.w.until([&] { return o.ann->heard.size() > before; });
        check_shows(o.ann->heard.back(), "Anybody at the homeserver could have written it");
        CHECK_FALSE(contains(o.ann->heard.back(), "pong"));
        // In a room that promises no more, the homeserver's word is enough.
        o.bob_account.say(o.plain_room, "!cd ping");
        o.w.until([&] { return !o.ann_account.bodies(o.plain_room, "@bot:test").empty(); });
        check_shows(o.ann_account.bodies(o.plain_room, "@bot:test").back(), "pong");
    }
}

}  // namespace chatrixcd::test
