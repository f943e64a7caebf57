// SPDX-License-Identifier: Apache-2.0
// The example itself, with its main() under another name, in a room without a network.
#define main moderation_bot_main
#include "examples/moderation_bot.cpp"
#undef main

#include <doctest/doctest.h>

#include <cstdlib>

#include <boost/json/serialize.hpp>
#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/base/url.hpp>

#include "examples/running_example.hpp"

namespace chatrixcd::test {

namespace {

boost::json::object ask_state(world& w, person const& who, base::http::method verb, std::string const& room, std::string const& rest,
                              std::string body = "") {
    base::http::request r(verb, "/_matrix/client/v3/rooms/" + base::percent_encode(room) + "/state/" + rest);
    std::move(r).with_bearer(who.token());
    if (!body.empty()) std::move(r).with_body(std::move(body));
    auto const said = w.run(w.server->handle(std::move(r)));
    REQUIRE(said.status == 200);
    return base::parse_json_object(said.body).value();
}

void give_power(world& w, person const& owner, std::string const& room, std::string const& user) {
    auto levels = ask_state(w, owner, base::http::method::get, room, "m.room.power_levels");
    levels["users"].as_object()[user] = 50;
    ask_state(w, owner, base::http::method::put, room, "m.room.power_levels", boost::json::serialize(levels));
}

std::string membership(world& w, person const& who, std::string const& room, std::string const& user) {
    auto const member = ask_state(w, who, base::http::method::get, room, "m.room.member/" + base::percent_encode(user));
    return base::find_string(member, "membership").value();
}

}  // namespace

TEST_SUITE("examples") {
    TEST_CASE("the moderation bot kicks, bans and unbans for its moderator alone") {
        world w;
        auto ann = w.add("ann");
        auto troll = w.add("troll");
        auto account = w.add("bot");
        ::setenv("MODERATOR", ann.id().c_str(), 1);
        running_example run(w, account, bot);

        auto const room = ann.make_room({account.id(), troll.id()});
        troll.join(room);
        w.pass(std::chrono::seconds(3));
        give_power(w, ann, room, account.id());
        auto const standing = [&] { return membership(w, ann, room, troll.id()); };

        troll.say(room, "!kick @ann:test mine");
        ann.say(room, "!kick @troll:test too loud");
        w.until([&] { return standing() == "leave"; });
        CHECK(membership(w, ann, room, ann.id()) == "join");
        ann.say(room, "!ban @troll:test");
        w.until([&] { return standing() == "ban"; });
        ann.say(room, "!unban @troll:test");
        w.until([&] { return standing() == "leave"; });
        ann.say(room, "!kick somebody");
        ann.say(room, "!kick @nobody:test");
        w.pass(std::chrono::seconds(3));
        auto const answers = ann.bodies(room, account.id());
        REQUIRE(answers.size() == 2);
        CHECK(answers[0] == "Whom? !kick @user:server reason");
        CHECK(contains(answers[1], "the kick of @nobody:test was refused"));
    }
}

}  // namespace chatrixcd::test
