// SPDX-License-Identifier: Apache-2.0
// What clients make of /sync must be what the server says when it is asked: random lives of a room, watched by clients that sync now
// and then with timelines far too short.
#include <doctest/doctest.h>

#include <map>
#include <random>
#include <set>
#include <utility>

#include "rig.hpp"

using namespace chatrixcd::test;

namespace {

// What a client knows, built from /sync alone, as the specification tells it to.
class client {
public:
    explicit client(person who) : me(std::move(who)) {}

    void sync(std::string const& room) {
        auto const filter = escaped(R"({"room":{"timeline":{"limit":2}}})");
        auto const answer = me.sync(since_, "&filter=" + filter);
        since_ = std::string(answer.at("next_batch").as_string());
        for (auto const* section : {"join", "leave"}) {
            auto const news = chatrixcd::test::at(answer, "rooms/" + std::string(section) + "/" + room);
            if (!news.is_object()) continue;
            apply(news.at("state").at("events"), false);
            apply(news.at("timeline").at("events"), true);
        }
    }

    using slot = std::pair<std::string, std::string>;

    person const me;
    std::map<slot, std::string> state;
    std::set<std::string> seen;
    std::set<std::string> own_memberships;

private:
    void apply(json::value const& events, bool of_timeline) {
        for (auto const& event : events.as_array()) {
            auto const id = std::string(event.at("event_id").as_string());
            if (of_timeline) seen.insert(id);
            auto const* key = event.as_object().if_contains("state_key");
            if (key == nullptr) continue;
            slot place{std::string(event.at("type").as_string()), std::string(key->as_string())};
            if (place == slot{"m.room.member", me.id}) own_memberships.insert(id);
            state[std::move(place)] = id;
        }
    }

    std::string since_;
};

class life {
public:
    explicit life(unsigned seed) : random_(seed) {
        for (auto const* name : {"ann", "bob", "eve", "zoe"}) clients_.emplace_back(at_.add(name));
        auto const& owner = clients_.front().me;
        json::object const levels{{"users", {{owner.id, 100}, {clients_[1].me.id, 60}}}, {"invite", 0}};
        room_ = owner.make_room({{"preset", "public_chat"}, {"power_level_content_override", levels}});
    }

    void run(int steps) {
        for (int i = 0; i < steps; ++i) {
            act(i);
            if (random_() % 3 == 0) pick().sync(room_);
        }
        for (auto& one : clients_) one.sync(room_);
    }

    void check() {
        for (auto const& one : clients_) {
            CAPTURE(one.me.id);
            // Who is out may have missed the end of their last stay, if they were invited again before they synced.
            bool const is_in = one.me.get("/rooms/" + escaped(room_) + "/joined_members").status == 200;
            if (is_in) check_state(one, one.me.get("/rooms/" + escaped(room_) + "/state").body);
            joined_ += is_in ? 1 : 0;
            check_history(one);
        }
    }

    int joined() const { return joined_; }

private:
    client& pick() { return clients_[random_() % clients_.size()]; }

    // Whether it is allowed is the server's business.
    void act(int number) {
        auto const& who = pick().me;
        auto const& whom = pick().me;
        auto const path = "/rooms/" + escaped(room_);
        json::object const target{{"user_id", whom.id}};
        switch (random_() % 10) {
            case 0:
                who.post(path + "/leave");
                break;
            case 1:
                who.post(path + "/kick", json::value(target));
                break;
            case 2:
                who.post(path + (random_() % 2 == 0 ? "/ban" : "/unban"), json::value(target));
                break;
            case 3:
                who.post(path + "/invite", json::value(target));
                break;
            case 4:
                who.put(path + "/state/m.room.topic", {{"topic", std::to_string(number)}});
                break;
            case 5:
                who.put(path + "/state/org.example.kind/" + std::to_string(random_() % 4), {{"n", number}});
                break;
            case 6:
            case 7:
                who.post(path + "/join");
                break;
            default:
                who.put(path + "/send/m.room.message/t" + std::to_string(number), {{"body", std::to_string(number)}});
        }
    }

    void check_state(client const& one, json::value const& server_state) {
        std::map<client::slot, std::string> expected;
        for (auto const& event : server_state.as_array()) {
            expected[{std::string(event.at("type").as_string()), std::string(event.at("state_key").as_string())}] =
                std::string(event.at("event_id").as_string());
        }
        CHECK(one.state == expected);
    }

    // Nothing came by /sync that the history does not show too, but for one's own membership after one was out.
    void check_history(client const& one) const {
        auto const page = one.me.get("/rooms/" + escaped(room_) + "/messages?dir=f&limit=1000");
        std::set<std::string> visible;
        if (page.status == 200) {
            auto const chunk = page.body.at("chunk");
            for (auto const& id : each(chunk, "event_id")) visible.insert(id);
        }
        auto told = one.seen;
        for (auto const& [place, id] : one.state) told.insert(id);
        for (auto const& id : told) {
            if (!visible.contains(id)) CHECK(one.own_memberships.contains(id));
        }
    }

    rig at_;
    std::mt19937 random_;
    std::vector<client> clients_;
    std::string room_;
    int joined_ = 0;
};

}  // namespace

TEST_SUITE("homeserver::agreement") {
    TEST_CASE("a client's picture of a room is the server's, through joins, leaves, bans and gaps") {
        int joined = 0;
        for (unsigned seed = 1; seed <= 30; ++seed) {
            CAPTURE(seed);
            life of_a_room(seed);
            of_a_room.run(80);
            of_a_room.check();
            joined += of_a_room.joined();
        }
        // The others say less.
        CHECK(joined > 40);
    }
}
