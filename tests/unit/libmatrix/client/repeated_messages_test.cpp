// SPDX-License-Identifier: Apache-2.0
// A homeserver that shows an encrypted message once more, as if it had been sent again.
#include <doctest/doctest.h>

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <string>

#include <chatrixcd/homeserver/testing/lies.hpp>

#include "support/speaker.hpp"

namespace chatrixcd::test {

namespace lies = homeserver::testing::lies;

TEST_SUITE("matrix::client::repeated messages") {
    TEST_CASE("a message that is shown again as another event is delivered once, before a restart and after it, and the log says why") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto const room = secret_room(w, ann, account);
        speaker bot(w, "bot");
        speaker anns(w, "ann");
        anns.say(room, "deploy");
        bot.wait_for("deploy");
        auto event = ann.history(room).back();
        REQUIRE(base::find_string(event, "type") == "m.room.encrypted");
        auto const refusals = [&] {
            return std::ranges::count_if(w.log_lines, [](std::string const& line) {
                return contains(line, "is refused: the same message was shown before as another event");
            });
        };
        auto const show_again = [&](std::string const& id, bool later) {
            event["event_id"] = id;
            if (later) event["origin_server_ts"] = event.at("origin_server_ts").as_int64() + 1;
            auto const lie = fault::lie("a message again", lies::add_event(room, boost::json::serialize(event)));
            auto const rule = w.network->rules.on("/sync").for_user("@bot:test").once().does(lie);
            w.until([&] { return rule.hits() == 1; });
            w.pass(std::chrono::minutes(1));
        };
        show_again("$again", /*later=*/false);
        CHECK(refusals() == 1);
        bot.reopen();
        show_again("$and_again", /*later=*/true);
        CHECK(refusals() == 2);
        anns.say(room, "another");
        bot.wait_for("another");
        CHECK(bot.heard == strings{"deploy", "another"});
    }
}

}  // namespace chatrixcd::test
