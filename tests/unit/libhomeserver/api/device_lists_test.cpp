// SPDX-License-Identifier: Apache-2.0
// What /sync and /keys/changes say about whose keys to ask for.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <utility>

#include "keyring.hpp"
#include "rig.hpp"

using namespace chatrixcd::test;

namespace {

using names = std::vector<std::string>;

std::string next(json::value const& answer) { return std::string(answer.at("next_batch").as_string()); }

names list(json::value const& answer, std::string_view which) {
    names users;
    auto const found = at(answer, "device_lists/" + std::string(which));
    if (!found.is_array()) return users;
    for (auto const& one : found.get_array()) users.emplace_back(one.as_string());
    return users;
}

names changed(json::value const& answer) { return list(answer, "changed"); }
names left(json::value const& answer) { return list(answer, "left"); }

json::object one_time_keys(keyring const& keys, int count) {
    json::object list;
    for (int i = 0; i < count; ++i) list["signed_curve25519:K" + std::to_string(i)] = keys.one_time_key("key " + std::to_string(i));
    json::object body;
    body["one_time_keys"] = std::move(list);
    return body;
}

reply claim(person const& by, person const& of) {
    json::object wanted;
    wanted[of.id].emplace_object()[of.device] = "signed_curve25519";
    json::object body;
    body["one_time_keys"] = std::move(wanted);
    return by.post("/keys/claim", json::value(std::move(body)));
}

// A client that tracks device lists as the specification tells it to, by /sync alone.
class tracker {
public:
    explicit tracker(person who) : me(std::move(who)) {}

    // `is_lost`: the answer never arrives.
    void sync(bool is_lost) {
        auto const answer = me.sync(since_);
        if (is_lost) return;
        for (auto const& user : changed(answer)) known[user] = keys_of(user);
        for (auto const& user : left(answer)) known.erase(user);
        since_ = next(answer);
    }

    json::value keys_of(std::string const& user) const { return at(query(me, user), "device_keys/" + user); }

    person const me;
    std::map<std::string, json::value> known;

private:
    std::string since_;
};

// People who come and go, and make new keys now and then.
class life {
public:
    explicit life(unsigned seed) : random_(seed) {
        for (auto const* name : {"ann", "bob", "eve", "zoe"}) clients_.emplace_back(at_.add(name));
        // Whose presence nobody misses.
        auto const founder = at_.add("founder");
        for (int i = 0; i < 3; ++i) rooms_.push_back(founder.make_room({{"preset", "public_chat"}}));
        for (auto const& room : rooms_) founder.leave(room);
        for (auto& one : clients_) one.sync(false);
    }

    void live(int steps) {
        for (int i = 0; i < steps; ++i) {
            auto& one = clients_[below(clients_.size())];
            auto const room = below(rooms_.size());
            switch (below(5)) {
                case 0:
                    publish(one.me, keyring(one.me, ++keys_));
                    break;
                case 1:
                case 2:
                    move(one.me, room);
                    break;
                default:
                    one.sync(below(4) == 0);
                    break;
            }
        }
        for (auto& one : clients_) one.sync(false);
    }

    // Each knows the true keys of exactly those with whom they share a room.
    void check() {
        for (auto const& one : clients_) {
            for (auto const& other : clients_) {
                if (one.me.id == other.me.id) continue;
                CAPTURE(one.me.id);
                CAPTURE(other.me.id);
                CHECK(one.known.contains(other.me.id) == share_a_room(one.me.id, other.me.id));
                if (one.known.contains(other.me.id)) CHECK(one.known.at(other.me.id) == one.keys_of(other.me.id));
            }
        }
    }

private:
    std::size_t below(std::size_t limit) { return random_() % limit; }

    void move(person const& who, std::size_t room) {
        auto& inside = members_[room];
        if (inside.erase(who.id) == 1) {
            who.leave(rooms_[room]);
        } else {
            who.join(rooms_[room]);
            inside.insert(who.id);
        }
    }

    bool share_a_room(std::string const& one, std::string const& other) const {
        return std::ranges::any_of(members_, [&](auto const& room) { return room.second.contains(one) && room.second.contains(other); });
    }

    rig at_;
    std::mt19937 random_;
    std::vector<tracker> clients_;
    std::vector<std::string> rooms_;
    std::map<std::size_t, std::set<std::string>> members_;
    std::uint64_t keys_ = 0;
};

// Two who share a room, and one who does not.
struct neighbours {
    neighbours() : ann(at.add("ann")), bob(at.add("bob")), stranger(at.add("stranger")) {
        room = ann.make_room({{"preset", "public_chat"}});
        bob.join(room);
    }

    rig at;
    person ann;
    person bob;
    person stranger;
    std::string room;
};

}  // namespace

TEST_SUITE("homeserver::device_lists") {
    TEST_CASE("an initial sync has no device lists, a later one has them even if they are empty") {
        neighbours n;
        publish(n.ann, keyring(n.ann, 1));
        auto const first = n.bob.sync();
        CHECK(!first.as_object().contains("device_lists"));
        CHECK(n.bob.sync(next(first)).at("device_lists") == json::value({{"changed", json::array()}, {"left", json::array()}}));
    }

    TEST_CASE("new keys are told to oneself and to who shares a room, and to nobody else") {
        neighbours n;
        auto const of_ann = next(n.ann.sync());
        auto const of_bob = next(n.bob.sync());
        auto const of_stranger = next(n.stranger.sync());
        publish(n.ann, keyring(n.ann, 1));
        CHECK(changed(n.ann.sync(of_ann)) == names{n.ann.id});
        auto const news = n.bob.sync(of_bob);
        CHECK(changed(news) == names{n.ann.id});
        CHECK(changed(n.bob.sync(next(news))).empty());
        // An answer that was lost is made again.
        CHECK(changed(n.bob.sync(of_bob)) == names{n.ann.id});
        CHECK(changed(n.stranger.sync(of_stranger)).empty());
        // The same keys again are no news.
        publish(n.ann, keyring(n.ann, 1));
        CHECK(changed(n.bob.sync(next(news))).empty());
    }

    TEST_CASE("cross-signing keys, signatures, a device's name and its end are changes") {
        neighbours n;
        keyring const keys(n.ann, 1);
        publish(n.ann, keys);
        auto since = next(n.bob.sync());
        auto const is_told = [&] {
            auto const news = n.bob.sync(since);
            since = next(news);
            return changed(news) == names{n.ann.id};
        };
        publish_cross_signing(n.ann, keys);
        CHECK(is_told());
        publish_cross_signing(n.ann, keys);
        CHECK(!is_told());
        auto device = keys.device_keys();
        keys.sign(device, keys.self_signing);
        auto const signature = json::value(signed_key(n.ann.id, n.ann.device, device));
        CHECK(n.ann.post("/keys/signatures/upload", signature).status == 200);
        CHECK(is_told());
        CHECK(n.ann.post("/keys/signatures/upload", signature).status == 200);
        CHECK(!is_told());
        CHECK(n.ann.put("/devices/" + n.ann.device, {{"display_name", "phone"}}).status == 200);
        CHECK(is_told());
        // A device without keys is nothing to others.
        auto const laptop = n.at.log_in("ann", "LAPTOP");
        CHECK(laptop.put("/devices/LAPTOP", {{"display_name", "laptop"}}).status == 200);
        CHECK(laptop.post("/logout").status == 200);
        CHECK(!is_told());
        CHECK(n.ann.post("/logout").status == 200);
        CHECK(is_told());
    }

    TEST_CASE("a signature on somebody's master key is news to the devices of who made it alone") {
        neighbours n;
        auto const laptop = n.at.log_in("bob", "LAPTOP");
        keyring const of_ann(n.ann, 1);
        keyring const of_bob(n.bob, 2);
        publish_cross_signing(n.ann, of_ann);
        publish_cross_signing(n.bob, of_bob);
        auto const of_laptop = next(laptop.sync());
        auto const since = next(n.ann.sync());
        auto given = of_ann.master_key();
        of_bob.sign(given, of_bob.user_signing);
        auto const said = n.bob.post("/keys/signatures/upload", json::value(signed_key(n.ann.id, public_key(of_ann.master), given)));
        CHECK(said.status == 200);
        CHECK(changed(laptop.sync(of_laptop)) == names{n.ann.id});
        CHECK(changed(n.ann.sync(since)).empty());
    }

    TEST_CASE("who comes to share a room is told of, whoever of the two came") {
        neighbours n;
        auto const of_bob = next(n.bob.sync());
        auto const of_stranger = next(n.stranger.sync());
        n.stranger.join(n.room);
        CHECK(changed(n.bob.sync(of_bob)) == names{n.stranger.id});
        CHECK(changed(n.stranger.sync(of_stranger)) == names{n.ann.id, n.bob.id});
        // Who shares a room already is no news in another.
        auto const since = next(n.bob.sync());
        auto const second = n.ann.make_room({{"preset", "public_chat"}});
        n.bob.join(second);
        CHECK(changed(n.bob.sync(since)).empty());
        // An invitation alone shares nothing.
        auto const carol = n.at.add("carol");
        n.ann.invite(second, carol);
        CHECK(changed(n.bob.sync(since)).empty());
    }

    TEST_CASE("who shares no room any more has left, whoever of the two went") {
        neighbours n;
        auto const second = n.ann.make_room({{"preset", "public_chat"}});
        n.bob.join(second);
        auto const of_ann = next(n.ann.sync());
        auto const of_bob = next(n.bob.sync());
        n.bob.leave(n.room);
        // They still share the other one.
        CHECK(left(n.ann.sync(of_ann)).empty());
        CHECK(left(n.bob.sync(of_bob)).empty());
        n.bob.leave(second);
        CHECK(left(n.ann.sync(of_ann)) == names{n.bob.id});
        CHECK(left(n.bob.sync(of_bob)) == names{n.ann.id});
        CHECK(n.bob.post("/rooms/" + escaped(n.room) + "/forget").status == 200);
        CHECK(left(n.bob.sync(of_bob)) == names{n.ann.id});
        CHECK(left(n.bob.sync(next(n.bob.sync(of_bob)))).empty());
    }

    TEST_CASE("somebody who left, changed their keys and came back has changed") {
        neighbours n;
        auto const since = next(n.bob.sync());
        n.ann.leave(n.room);
        auto const between = next(n.bob.sync(since));
        publish(n.ann, keyring(n.ann, 1));
        CHECK(changed(n.bob.sync(between)).empty());
        n.ann.join(n.room);
        CHECK(changed(n.bob.sync(between)) == names{n.ann.id});
        auto const whole = n.bob.sync(since);
        CHECK(changed(whole) == names{n.ann.id});
        CHECK(left(whole).empty());
    }

    TEST_CASE("a long poll ends for all of these") {
        neighbours n;
        keyring const keys(n.bob, 2);
        publish(n.bob, keys);
        CHECK(n.bob.post("/keys/upload", json::value(one_time_keys(keys, 2))).status == 200);
        auto const ends = [&](auto happens) {
            auto const waiting = n.bob.sync_later(next(n.bob.sync()), 30000);
            n.at.settle();
            REQUIRE(!waiting.done());
            happens();
            n.at.settle();
            REQUIRE(waiting.done());
            return waiting.get().body;
        };
        CHECK(changed(ends([&] { publish(n.ann, keyring(n.ann, 1)); })) == names{n.ann.id});
        CHECK(changed(ends([&] { publish_cross_signing(n.ann, keyring(n.ann, 1)); })) == names{n.ann.id});
        CHECK(changed(ends([&] { publish_cross_signing(n.bob, keys); })) == names{n.bob.id});
        CHECK(changed(ends([&] { n.ann.post("/logout"); })) == names{n.ann.id});
        CHECK(chatrixcd::test::at(ends([&] { claim(n.stranger, n.bob); }), "device_one_time_keys_count/signed_curve25519") ==
              json::value(1));
    }

    TEST_CASE("the counts are of this device, in every answer; that others took keys is news once") {
        rig at;
        auto const ann = at.add("ann");
        auto const laptop = at.log_in("ann", "LAPTOP");
        auto const bob = at.add("bob");
        CHECK(ann.sync().at("device_one_time_keys_count") == json::value({{"signed_curve25519", 0}}));
        CHECK(ann.sync().at("device_unused_fallback_key_types") == json::value(json::array()));
        CHECK(ann.post("/keys/upload", json::value(one_time_keys(keyring(ann, 1), 3))).status == 200);
        auto const first = ann.sync();
        CHECK(first.at("device_one_time_keys_count") == json::value({{"signed_curve25519", 3}}));
        CHECK(laptop.sync().at("device_one_time_keys_count") == json::value({{"signed_curve25519", 0}}));
        claim(bob, ann);
        auto const waiting = ann.sync_later(next(first), 30000);
        auto const other = laptop.sync_later(next(laptop.sync()), 30000);
        at.settle();
        REQUIRE(waiting.done());
        CHECK(waiting.get().body.at("device_one_time_keys_count") == json::value({{"signed_curve25519", 2}}));
        CHECK(!other.done());
        auto const quiet = ann.sync_later(next(waiting.get().body), 30000);
        at.settle();
        CHECK(!quiet.done());
        // So is that the fallback key is in use; nobody can keep a device busy by claiming it again.
        json::object fallback;
        fallback["fallback_keys"].emplace_object()["signed_curve25519:F"] = keyring(ann, 1).one_time_key("f", true);
        CHECK(ann.post("/keys/upload", json::value(fallback)).status == 200);
        for (int i = 0; i < 3; ++i) claim(bob, ann);
        auto const used = ann.sync();
        CHECK(used.at("device_unused_fallback_key_types") == json::value(json::array()));
        auto const later = ann.sync_later(next(used), 30000);
        claim(bob, ann);
        at.settle();
        CHECK(!later.done());
    }

    TEST_CASE("/keys/changes says what happened between two places, and nothing of before and after") {
        neighbours n;
        publish(n.ann, keyring(n.ann, 1));
        auto const from = next(n.bob.sync());
        publish(n.ann, keyring(n.ann, 2));
        n.stranger.join(n.room);
        auto const to = next(n.bob.sync());
        publish(n.bob, keyring(n.bob, 3));
        n.stranger.leave(n.room);
        auto const between = [&](std::string const& a, std::string const& b) {
            auto const said = n.bob.get("/keys/changes?from=" + a + "&to=" + b);
            REQUIRE(said.status == 200);
            json::object body;
            body["device_lists"] = said.body;
            return json::value(std::move(body));
        };
        auto const now = next(n.bob.sync());
        CHECK(changed(between(from, to)) == names{n.ann.id});
        CHECK(left(between(from, to)).empty());
        CHECK(changed(between(to, now)) == names{n.bob.id});
        CHECK(left(between(to, now)) == names{n.stranger.id});
        CHECK(changed(between(now, now)).empty());
        CHECK(n.bob.get("/keys/changes?from=" + from).errcode() == "M_MISSING_PARAM");
        CHECK(n.bob.get("/keys/changes?to=" + from).errcode() == "M_MISSING_PARAM");
        CHECK(n.bob.get("/keys/changes?from=nonsense&to=" + from).errcode() == "M_INVALID_PARAM");
        auto const tag = from.substr(from.find('.'));
        CHECK(n.bob.get("/keys/changes?from=s0_0_0_0_0_0_999" + tag + "&to=" + to).errcode() == "M_INVALID_PARAM");
    }

    TEST_CASE("whatever people do, who tracks them by /sync knows the keys of exactly those with whom they share a room") {
        for (unsigned seed = 1; seed <= 8; ++seed) {
            CAPTURE(seed);
            life l(seed);
            for (int i = 0; i < 8; ++i) {
                l.live(20);
                l.check();
            }
        }
    }

    TEST_CASE("a token from before there were keys is read: all changes are told once more") {
        neighbours n;
        publish(n.ann, keyring(n.ann, 1));
        auto const token = next(n.bob.sync());
        auto const last = token.rfind('_');
        auto const old = token.substr(0, last) + token.substr(token.find('.'));
        CHECK(changed(n.bob.sync(old)) == names{n.ann.id});
        CHECK(changed(n.bob.sync(token)).empty());
    }

    TEST_CASE("an account that ends takes its keys along") {
        neighbours n;
        publish(n.ann, keyring(n.ann, 1));
        publish_cross_signing(n.ann, keyring(n.ann, 1));
        auto const since = next(n.bob.sync());
        auto const session = n.ann.post("/account/deactivate").text("session");
        CHECK(n.ann.post("/account/deactivate", {{"auth", password_auth("ann", session)}}).status == 200);
        CHECK(left(n.bob.sync(since)) == names{n.ann.id});
        auto const seen = query(n.bob, n.ann.id);
        CHECK(seen.at("device_keys").at(n.ann.id) == json::value(json::object()));
        CHECK(seen.at("master_keys") == json::value(json::object()));
    }
}
