// SPDX-License-Identifier: Apache-2.0
// Questions about lists of devices: how many users one names, and that nobody is asked about twice at a time.
#include <doctest/doctest.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <chatrixcd/base/task_group.hpp>

#include "support/speaker.hpp"

namespace chatrixcd::test {

namespace {

namespace json = boost::json;

constexpr int members = 600;
constexpr base::duration answer_takes = std::chrono::seconds(5);

// As if so many others were in the room.
void add_members(json::object& answer) {
    auto& chunk = answer["chunk"].as_array();
    for (int i = 0; i < members; ++i) {
        auto const user = "@member" + std::to_string(i) + ":test";
        json::object event{{"type", "m.room.member"}, {"state_key", user}, {"sender", user}, {"event_id", "$m" + std::to_string(i)}};
        event["origin_server_ts"] = 1;
        event["content"] = json::object{{"membership", "join"}};
        chunk.push_back(std::move(event));
    }
}

boost::asio::awaitable<void> send(matrix::room in) { (void)co_await in.send(matrix::outgoing::text("to all")); }
boost::asio::awaitable<void> look_at(matrix::client& with, matrix::user_id who) { (void)co_await with.identity_of(std::move(who)); }

// A question that is under way, about whom.
struct question {
    base::duration since;
    std::set<std::string> users;
};

}  // namespace

TEST_SUITE("matrix::client::outdated lists") {
    TEST_CASE("the lists of six hundred members are asked for in questions of 250 users at most, and nobody is in two at a time") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto const room = secret_room(w, ann, account);
        std::vector<question> asked;
        w.network->leaving = [&](base::http::request const& r) {
            if (!contains(r.path(), "/keys/query")) return;
            question next{w.time.uptime(), {}};
            auto const body = base::parse_json_object(r.body).value();
            for (auto const& user : *base::find_object(body, "device_keys")) next.users.insert(std::string(user.key()));
            asked.push_back(std::move(next));
        };
        w.network->faults = [](base::http::request const& r) {
            if (contains(r.path(), "/members")) return fault::lie("six hundred more", add_members);
            return contains(r.path(), "/keys/query") ? fault::late_answer(answer_takes) : fault::none();
        };
        speaker anns(w, "ann");
        base::task_group later(w.loop.get_executor(), nullptr);
        later.spawn(send(anns.client->room(matrix::room_id(room))));
        w.pass(std::chrono::seconds(12));
        // Others want the same meanwhile.
        later.spawn(look_at(*anns.client, matrix::user_id("@member7:test")));
        later.spawn(look_at(*anns.client, matrix::user_id("@member8:test")));
        later.spawn(send(anns.client->room(matrix::room_id(room))));
        w.run(later.join());
        std::set<std::string> all;
        for (auto const& each : asked) {
            CHECK(each.users.size() <= 250);
            all.insert(each.users.begin(), each.users.end());
            for (auto const& other : asked) {
                bool const is_open = &other != &each && other.since <= each.since && each.since < other.since + answer_takes;
                if (!is_open) continue;
                for (auto const& user : each.users) CHECK_FALSE(other.users.contains(user));
            }
        }
        CHECK(all.size() == members + 2);
        CHECK(all.contains("@member599:test"));
    }
}

}  // namespace chatrixcd::test
