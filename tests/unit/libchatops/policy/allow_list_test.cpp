// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <chatrixcd/chatops/policy.hpp>

using namespace chatrixcd::chatops;

namespace {

access_request said_by(std::string user, std::string room) {
    access_request asked;
    chat::sender who;
    who.user = std::move(user);
    asked.who = who;
    asked.room = std::move(room);
    return asked;
}

}  // namespace

TEST_SUITE("chatops::allow_list") {
    TEST_CASE("an admin in an allowed room may, whatever the effect") {
        allow_list const rules({"@ann:a.org"}, {"!r:a.org"});
        for (auto const what : {effect::read, effect::low, effect::high, effect::critical}) {
            auto asked = said_by("@ann:a.org", "!r:a.org");
            asked.what = what;
            CHECK(rules.decide(asked).allowed);
        }
    }

    TEST_CASE("ids are compared exactly") {
        allow_list const rules({"@ann:a.org"}, {"!r:a.org"});
        for (auto const* user : {"@Ann:a.org", "@ann:a.org ", "@ann:a.org.evil.org", "ann", "", "@ann:a.or"}) {
            CHECK_FALSE(rules.decide(said_by(user, "!r:a.org")).allowed);
        }
        CHECK_FALSE(rules.decide(said_by("@ann:a.org", "!R:a.org")).allowed);
    }

    TEST_CASE("empty lists allow nobody, and an empty id is nobody's") {
        CHECK_FALSE(allow_list({}, {"!r:a.org"}).decide(said_by("@ann:a.org", "!r:a.org")).allowed);
        CHECK_FALSE(allow_list({"@ann:a.org"}, {}).decide(said_by("@ann:a.org", "!r:a.org")).allowed);
        CHECK_FALSE(allow_list({""}, {""}).decide(said_by("", "")).allowed);
    }

    TEST_CASE("somebody in an allowed room is told, a stranger is not") {
        allow_list const rules({"@ann:a.org"}, {"!r:a.org"});
        auto const told = rules.decide(said_by("@bob:a.org", "!r:a.org"));
        CHECK(told.code == "not_admin");
        CHECK_FALSE(told.silent);
        auto const ignored = rules.decide(said_by("@bob:a.org", "!other:a.org"));
        CHECK(ignored.code == "stranger");
        CHECK(ignored.silent);
    }

    TEST_CASE("what the homeserver could have written is not obeyed, and only an admin in an allowed room hears why") {
        allow_list const rules({"@ann:a.org"}, {"!r:a.org"});
        auto const said_doubtfully_by = [](std::string user, std::string room) {
            auto asked = said_by(std::move(user), std::move(room));
            std::get<chat::sender>(asked.who).doubted = true;
            return asked;
        };
        auto const told = rules.decide(said_doubtfully_by("@ann:a.org", "!r:a.org"));
        CHECK_FALSE(told.allowed);
        CHECK(told.code == "doubted");
        CHECK_FALSE(told.silent);
        CHECK(rules.decide(said_doubtfully_by("@bob:a.org", "!r:a.org")).code == "not_admin");
        CHECK(rules.decide(said_doubtfully_by("@ann:a.org", "!other:a.org")).code == "room_not_allowed");
        CHECK(rules.decide(said_doubtfully_by("@bob:a.org", "!other:a.org")).code == "stranger");
    }

    TEST_CASE("what may have been held back does nothing, and may still ask") {
        allow_list const rules({"@ann:a.org"}, {"!r:a.org"});
        auto asked = said_by("@ann:a.org", "!r:a.org");
        std::get<chat::sender>(asked.who).late = true;
        CHECK(rules.decide(asked).allowed);
        for (auto const what : {effect::low, effect::high, effect::critical}) {
            asked.what = what;
            auto const told = rules.decide(asked);
            CHECK_FALSE(told.allowed);
            CHECK(told.code == "late");
            CHECK(told.hint.find("say it again") != std::string::npos);
        }
    }

    TEST_CASE("an admin in another room is told the line to paste") {
        allow_list const rules({"@ann:a.org"}, {});
        auto const told = rules.decide(said_by("@ann:a.org", "!abc:server"));
        CHECK(told.code == "room_not_allowed");
        CHECK_FALSE(told.silent);
        CHECK(told.hint.find(R"("allowed_rooms": ["!abc:server"])") != std::string::npos);
        // Beside a list that is there, a second one would be an error, and the ids in it are not for this room.
        auto const beside = allow_list({"@ann:a.org"}, {"!secret:server"}).decide(said_by("@ann:a.org", "!abc:server"));
        CHECK(beside.hint.find(R"(add `"!abc:server"` to the list `allowed_rooms`)") != std::string::npos);
        CHECK(beside.hint.find("!secret") == std::string::npos);
    }

    TEST_CASE("a chat user outside of every room is refused, a local operator is not") {
        allow_list const rules({"@ann:a.org"}, {"!r:a.org"});
        auto asked = said_by("@ann:a.org", "");
        asked.room.reset();
        CHECK_FALSE(rules.decide(asked).allowed);
        asked.who = local_operator{"root"};
        CHECK(rules.decide(asked).allowed);
    }
}
