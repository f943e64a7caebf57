// SPDX-License-Identifier: Apache-2.0
// Several CIs, each for its rooms.
#include <doctest/doctest.h>

#include <chatrixcd/chatops/render.hpp>

#include "engine/world.hpp"

using namespace chatrixcd;
using namespace std::chrono_literals;
using test::holds;

namespace {

// Beside "local", of this room alone, there is "prod", of another one.
class two_servers : public test::engine_world {
public:
    static constexpr char const* other = "!ops:example.org";

    two_servers() {
        prod.add_job(chatops::testing::scripted_job("shop", "release").runs_for(10min));
        rules = std::make_shared<chatops::allow_list>(std::vector<std::string>{ann}, std::vector<std::string>{room, other});
        rooms_of_ci = {room};
        more_servers.push_back({"prod", &prod, {other}});
        start_bot();
    }
    std::string said_in(std::string in, std::string text) {
        auto const event = chat.says(ann, std::move(in), std::move(text));
        settle();
        return answer_to(event);
    }

    chatops::testing::scripted_ci prod{time};
};

}  // namespace

TEST_SUITE("chatops::engine::servers") {
    TEST_CASE("a room sees the projects of its CIs alone, and numbers and names mean those") {
        two_servers world;
        CHECK(holds(world.said_in(world.room, "!cd projects"), "1. demo"));
        CHECK_FALSE(holds(world.said_in(world.room, "!cd projects"), "shop"));
        CHECK(holds(world.said_in(world.other, "!cd projects"), "1. shop"));
        CHECK_FALSE(holds(world.said_in(world.other, "!cd info"), "local"));
        CHECK(holds(world.said_in(world.other, "!cd templates"), "release"));
        CHECK(holds(world.said_in(world.room, "!cd templates shop"), "shop"));
        CHECK_FALSE(holds(world.said_in(world.room, "!cd templates shop"), "release"));
    }

    TEST_CASE("what belongs to another room is not started") {
        two_servers world;
        world.said_in(world.room, "!cd run shop release");
        world.said_in(world.room, "!cd run release");
        world.said_in(world.other, "!cd run hello");
        CHECK(world.prod.starts() == 0);
        CHECK(world.ci.starts() == 0);
        world.said_in(world.other, "!cd run release");
        world.said_in(world.room, "!cd run hello");
        CHECK(world.prod.starts() == 1);
        CHECK(world.ci.starts() == 1);
    }

    TEST_CASE("somebody at the machine sees all") {
        two_servers world;
        world.let_pass(1s);
        auto const shown = world.run(world.bot().execute(chatops::local_operator{"root"}, "projects")).value();
        CHECK(holds(chatops::render_plain(shown), "demo at local"));
        CHECK(holds(chatops::render_plain(shown), "shop at prod"));
    }

    TEST_CASE("a run of a CI that the room has lost can be stopped there, and is not decided there") {
        two_servers world;
        world.prod.add_job(chatops::testing::scripted_job("shop", "plan").runs_for(10min).waits_for_a_decision());
        world.said_in(world.other, "!cd run plan");
        world.let_pass(7min);
        world.stop_bot();
        world.more_servers = {{"prod", &world.prod, {"!elsewhere:example.org"}}};
        world.start_bot();
        CHECK(holds(world.said_in(world.other, "!cd approve"), "is not for this room"));
        CHECK(world.prod.decisions() == 0);
        CHECK(holds(world.said_in(world.other, "!cd stop"), "Asked the CI to stop"));
    }
}
