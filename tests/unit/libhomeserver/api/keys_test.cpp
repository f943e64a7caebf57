// SPDX-License-Identifier: Apache-2.0
// The keys of devices: published, asked for, claimed.
#include <doctest/doctest.h>

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <chatrixcd/base/files.hpp>
#include <set>

#include "keyring.hpp"
#include "rig.hpp"

using namespace chatrixcd::test;

namespace {

using names = std::vector<std::string>;

json::value upload_of(std::string_view member, json::object content) {
    json::object body;
    body[member] = std::move(content);
    return body;
}

reply claim(person const& by, person const& of, std::string const& algorithm = "signed_curve25519") {
    json::object wanted;
    wanted[of.id].emplace_object()[of.device] = algorithm;
    return by.post("/keys/claim", upload_of("one_time_keys", std::move(wanted)));
}

// The names of the keys that a claim gave.
names claimed(reply const& said, person const& of) {
    names found;
    auto const keys = at(said.body, "one_time_keys/" + of.id + "/" + of.device);
    if (!keys.is_object()) return found;
    for (auto const& one : keys.get_object()) found.emplace_back(one.key());
    return found;
}

json::object one_time_keys(keyring const& keys, int from, int count) {
    json::object made;
    for (int i = from; i < from + count; ++i) {
        auto const number = std::to_string(i);
        made["signed_curve25519:K" + number] = keys.one_time_key("key " + number);
    }
    return made;
}

}  // namespace

TEST_SUITE("homeserver::keys") {
    TEST_CASE("published keys are found by everybody, as they were signed, with the device's name beside them") {
        rig at;
        auto const ann = at.add("ann");
        auto const stranger = at.add("stranger");
        keyring const keys(ann, 1);
        auto given = keys.device_keys();
        given["unsigned"] = {{"device_display_name", "a lie"}};
        CHECK(ann.post("/keys/upload", upload_of("device_keys", given)).status == 200);
        auto found = query(stranger, ann.id).at("device_keys").at(ann.id).at(ann.device).as_object();
        CHECK(found.at("unsigned") == json::value(json::object()));
        found.erase("unsigned");
        CHECK(found == keys.device_keys());
        CHECK(ann.put("/devices/" + ann.device, {{"display_name", "Ann's phone"}}).status == 200);
        CHECK(chatrixcd::test::at(query(stranger, ann.id), "device_keys/" + ann.id + "/" + ann.device + "/unsigned/device_display_name") ==
              json::value("Ann's phone"));
    }

    TEST_CASE("keys of another user or another device are refused, and so is what has not the shape of keys") {
        rig at;
        auto const ann = at.add("ann");
        auto const bob = at.add("bob");
        auto const good = keyring(ann, 1).device_keys();
        auto const refusal = [&](std::string_view member, json::value value) {
            auto wrong = good;
            wrong[member] = std::move(value);
            return ann.post("/keys/upload", upload_of("device_keys", wrong)).errcode();
        };
        CHECK(refusal("user_id", json::string(bob.id)) == "M_INVALID_PARAM");
        CHECK(refusal("device_id", json::string(bob.device)) == "M_INVALID_PARAM");
        CHECK(refusal("user_id", 1) == "M_BAD_JSON");
        CHECK(refusal("device_id", nullptr) == "M_BAD_JSON");
        CHECK(refusal("algorithms", "m.olm") == "M_BAD_JSON");
        CHECK(refusal("algorithms", {1}) == "M_BAD_JSON");
        CHECK(refusal("keys", {{"ed25519:X", 1}}) == "M_BAD_JSON");
        CHECK(refusal("keys", nullptr) == "M_BAD_JSON");
        CHECK(refusal("signatures", {{ann.id, "mine"}}) == "M_BAD_JSON");
        CHECK(refusal("extra", json::string(20000, 'x')) == "M_TOO_LARGE");
        CHECK(ann.post("/keys/upload", {{"device_keys", "none"}}).errcode() == "M_BAD_JSON");
        CHECK(ann.post("/keys/upload", {{"device_keys", nullptr}}).status == 200);
        CHECK(query(ann, ann.id).at("device_keys").at(ann.id) == json::value(json::object()));
        CHECK(refusal("extra", "anything") == "");
    }

    TEST_CASE("one-time keys are counted by algorithm; signed_curve25519 is counted even where there are none") {
        rig at;
        auto const ann = at.add("ann");
        keyring const keys(ann, 1);
        CHECK(ann.post("/keys/upload").body == json::value({{"one_time_key_counts", {{"signed_curve25519", 0}}}}));
        auto mixed = one_time_keys(keys, 0, 3);
        mixed["curve25519:A"] = "plain";
        auto const counts = ann.post("/keys/upload", upload_of("one_time_keys", mixed)).body.at("one_time_key_counts");
        CHECK(counts == json::value({{"curve25519", 1}, {"signed_curve25519", 3}}));
        CHECK(ann.post("/keys/upload", upload_of("fallback_keys", {{"signed_curve25519:F", keys.one_time_key("f", true)}}))
                  .body.at("one_time_key_counts") == counts);
    }

    TEST_CASE("the same one-time key again is fine, another under its name is not, and then nothing of the request is kept") {
        rig at;
        auto const ann = at.add("ann");
        auto const bob = at.add("bob");
        keyring const keys(ann, 1);
        CHECK(ann.post("/keys/upload", upload_of("one_time_keys", one_time_keys(keys, 0, 2))).status == 200);
        auto signed_again = one_time_keys(keys, 0, 2);
        signed_again["signed_curve25519:K0"].as_object()["signatures"] = {{ann.id, {{"ed25519:" + ann.device, "another"}}}};
        CHECK(ann.post("/keys/upload", upload_of("one_time_keys", signed_again)).status == 200);
        CHECK(chatrixcd::test::at(ann.post("/keys/upload").body, "one_time_key_counts/signed_curve25519") == json::value(2));

        auto others = one_time_keys(keys, 2, 1);
        others["signed_curve25519:K1"] = keys.one_time_key("another key");
        auto const refused = ann.post("/keys/upload", upload_of("one_time_keys", others));
        CHECK(refused.status == 400);
        CHECK(refused.errcode() == "M_UNKNOWN");
        CHECK(refused.text("error") == "One time key signed_curve25519:K1 already exists");
        CHECK(chatrixcd::test::at(ann.post("/keys/upload").body, "one_time_key_counts/signed_curve25519") == json::value(2));

        // An upload that is repeated after one of its keys was given out does not bring that key back.
        CHECK(claimed(claim(bob, ann), ann) == names{"signed_curve25519:K0"});
        auto const again = ann.post("/keys/upload", upload_of("one_time_keys", one_time_keys(keys, 0, 2)));
        CHECK(chatrixcd::test::at(again.body, "one_time_key_counts/signed_curve25519") == json::value(1));
        CHECK(claimed(claim(bob, ann), ann) == names{"signed_curve25519:K1"});
        CHECK(claimed(claim(bob, ann), ann).empty());
    }

    TEST_CASE("each one-time key is given out once, the oldest upload first, however many claim at the same time") {
        rig at;
        auto const ann = at.add("ann");
        auto const bob = at.add("bob");
        auto const carol = at.add("carol");
        keyring const keys(ann, 1);
        for (int i = 0; i < 3; ++i) ann.post("/keys/upload", upload_of("one_time_keys", one_time_keys(keys, 10 * i, 4)));
        std::vector<pending> claims;
        json::object wanted;
        wanted[ann.id].emplace_object()[ann.device] = "signed_curve25519";
        auto const body = json::serialize(upload_of("one_time_keys", wanted));
        for (int i = 0; i < 12; ++i) {
            auto const& by = i % 2 == 0 ? bob : carol;
            claims.push_back(at.ask_later(at.request(method::post, "/keys/claim", body, by.token)));
        }
        at.settle();
        names got;
        for (auto const& one : claims) {
            REQUIRE(one.done());
            auto const names_of_one = claimed(one.get(), ann);
            REQUIRE(names_of_one.size() == 1);
            got.push_back(names_of_one.front());
        }
        CHECK(std::set<std::string>(got.begin(), got.end()).size() == 12);
        for (int i = 0; i < 12; ++i) CHECK(got[static_cast<std::size_t>(i)].substr(19).size() == (i < 4 ? 1 : 2));
        CHECK(std::all_of(got.begin() + 4, got.begin() + 8, [](auto const& name) { return name.substr(19).starts_with('1'); }));
        CHECK(claim(bob, ann).body == json::value({{"one_time_keys", json::object()}, {"failures", json::object()}}));
    }

    TEST_CASE("when the one-time keys have run out the fallback key is given, again and again, and counts as used until it is replaced") {
        rig at;
        auto const ann = at.add("ann");
        auto const bob = at.add("bob");
        keyring const keys(ann, 1);
        auto const fallback = [&](std::string const& name) {
            return upload_of("fallback_keys", {{"signed_curve25519:" + name, keys.one_time_key("key " + name, true)}});
        };
        auto const unused = [&] { return ann.sync().at("device_unused_fallback_key_types"); };
        CHECK(unused() == json::value(json::array()));
        CHECK(ann.post("/keys/upload", upload_of("one_time_keys", one_time_keys(keys, 0, 1))).status == 200);
        CHECK(ann.post("/keys/upload", fallback("F1")).status == 200);
        CHECK(unused() == json::array{"signed_curve25519"});
        CHECK(claimed(claim(bob, ann), ann) == names{"signed_curve25519:K0"});
        CHECK(unused() == json::array{"signed_curve25519"});
        CHECK(claimed(claim(bob, ann), ann) == names{"signed_curve25519:F1"});
        auto const key = chatrixcd::test::at(claim(bob, ann).body, "one_time_keys/" + ann.id + "/" + ann.device + "/signed_curve25519:F1");
        CHECK(key == json::value(keys.one_time_key("key F1", true)));
        CHECK(unused() == json::value(json::array()));
        // The same one again is as used as before.
        CHECK(ann.post("/keys/upload", fallback("F1")).status == 200);
        CHECK(unused() == json::value(json::array()));
        CHECK(ann.post("/keys/upload", fallback("F2")).status == 200);
        CHECK(unused() == json::array{"signed_curve25519"});
        CHECK(claimed(claim(bob, ann), ann) == names{"signed_curve25519:F2"});
        CHECK(claimed(claim(bob, ann, "curve25519"), ann).empty());
    }

    TEST_CASE("keys for one use that have not their shape are refused") {
        rig at;
        auto const ann = at.add("ann");
        for (auto const* member : {"one_time_keys", "fallback_keys"}) {
            CAPTURE(member);
            auto const refusal = [&](std::string const& name, json::value key) {
                json::object list;
                list[name] = std::move(key);
                return ann.post("/keys/upload", upload_of(member, list)).errcode();
            };
            CHECK(refusal("signed_curve25519", "key") == "M_INVALID_PARAM");
            CHECK(refusal("signed_curve25519:", "key") == "M_INVALID_PARAM");
            CHECK(refusal(":A", "key") == "M_INVALID_PARAM");
            CHECK(refusal("a:" + std::string(300, 'x'), "key") == "M_INVALID_PARAM");
            CHECK(refusal("a:A", 1) == "M_BAD_JSON");
            CHECK(refusal("a:A", json::object()) == "M_BAD_JSON");
            CHECK(refusal("a:A", json::string(20000, 'x')) == "M_TOO_LARGE");
            CHECK(ann.post("/keys/upload", {{member, json::array()}}).errcode() == "M_BAD_JSON");
        }
        CHECK(ann.post("/keys/upload", {{"fallback_keys", {{"a:1", "x"}, {"a:2", "y"}}}}).errcode() == "M_INVALID_PARAM");
        json::object many;
        for (int i = 0; i <= 1000; ++i) many["a:" + std::to_string(i)] = "key";
        CHECK(ann.post("/keys/upload", upload_of("one_time_keys", many)).errcode() == "M_TOO_LARGE");
        CHECK(ann.post("/keys/upload").body == json::value({{"one_time_key_counts", {{"signed_curve25519", 0}}}}));
    }

    TEST_CASE("a query is for all devices or some; users of other servers are failures, unknown ones are nobody") {
        rig at;
        auto const ann = at.add("ann");
        auto const laptop = at.log_in("ann", "LAPTOP");
        auto const bob = at.add("bob");
        publish(ann, keyring(ann, 1));
        publish(laptop, keyring(laptop, 2));
        auto const devices_for = [&](json::array wanted) {
            json::object body;
            body["device_keys"].emplace_object()[ann.id] = std::move(wanted);
            names found;
            auto const said = bob.post("/keys/query", json::value(body));
            for (auto const& one : said.body.at("device_keys").at(ann.id).as_object()) {
                found.emplace_back(one.key());
            }
            std::ranges::sort(found);
            return found;
        };
        names all{ann.device, "LAPTOP"};
        std::ranges::sort(all);
        CHECK(devices_for({}) == all);
        CHECK(devices_for({"LAPTOP", "NONE"}) == names{"LAPTOP"});
        CHECK(devices_for({"NONE"}).empty());

        auto const said = query(bob, "@far:away.example");
        CHECK(said.at("failures").at("away.example").is_object());
        CHECK(said.at("device_keys") == json::value(json::object()));
        CHECK(query(bob, "@nobody:demo.local").at("device_keys") == json::value(json::object()));
        CHECK(query(bob, "@nobody:demo.local").at("failures") == json::value(json::object()));
        json::object far{{"@far:away.example", {{"X", "signed_curve25519"}}}};
        CHECK(bob.post("/keys/claim", upload_of("one_time_keys", far)).body.at("failures").as_object().contains("away.example"));
    }

    TEST_CASE("questions about keys that have not their shape are refused") {
        rig at;
        auto const ann = at.add("ann");
        CHECK(ann.post("/keys/query").errcode() == "M_MISSING_PARAM");
        CHECK(ann.post("/keys/query", {{"device_keys", {{ann.id, "ALL"}}}}).errcode() == "M_BAD_JSON");
        CHECK(ann.post("/keys/query", {{"device_keys", {{"nobody", json::array()}}}}).errcode() == "M_INVALID_PARAM");
        CHECK(ann.post("/keys/claim").errcode() == "M_MISSING_PARAM");
        CHECK(ann.post("/keys/claim", {{"one_time_keys", {{ann.id, "X"}}}}).errcode() == "M_BAD_JSON");
        CHECK(ann.post("/keys/claim", {{"one_time_keys", {{ann.id, {{"X", 1}}}}}}).errcode() == "M_BAD_JSON");
        CHECK(ann.post("/keys/claim", {{"one_time_keys", {{"nobody", json::object()}}}}).errcode() == "M_INVALID_PARAM");
        CHECK(at.ask(method::post, "/keys/query", std::string("{}")).errcode() == "M_MISSING_TOKEN");
    }

    TEST_CASE("a device that logs out or is deleted takes its keys along") {
        rig at;
        auto const ann = at.add("ann");
        auto const laptop = at.log_in("ann", "LAPTOP");
        auto const bob = at.add("bob");
        keyring const keys(laptop, 2);
        publish(laptop, keys);
        CHECK(laptop.post("/keys/upload", upload_of("one_time_keys", one_time_keys(keys, 0, 2))).status == 200);
        CHECK(laptop.post("/keys/upload", upload_of("fallback_keys", {{"signed_curve25519:F", keys.one_time_key("f")}})).status == 200);
        CHECK(laptop.post("/logout").status == 200);
        CHECK(query(bob, ann.id).at("device_keys").at(ann.id) == json::value(json::object()));
        CHECK(claimed(claim(bob, laptop), laptop).empty());
        // A later device of that name begins with nothing.
        auto const again = at.log_in("ann", "LAPTOP");
        CHECK(again.post("/keys/upload").body == json::value({{"one_time_key_counts", {{"signed_curve25519", 0}}}}));
        publish(again, keyring(again, 3));
        auto const session = ann.erase("/devices/LAPTOP").text("session");
        CHECK(ann.erase("/devices/LAPTOP", {{"auth", password_auth("ann", session)}}).status == 200);
        CHECK(query(bob, ann.id).at("device_keys").at(ann.id) == json::value(json::object()));
    }

    TEST_CASE("a restart keeps keys, and which of them were given out") {
        chatrixcd::base::temporary_folder const folder("homeserver-test");
        rig at(folder.path() + "/homeserver.db");
        auto const ann = at.add("ann");
        auto const bob = at.add("bob");
        keyring const keys(ann, 1);
        publish(ann, keys);
        publish_cross_signing(ann, keys);
        CHECK(ann.post("/keys/upload", upload_of("one_time_keys", one_time_keys(keys, 0, 2))).status == 200);
        auto const before = query(bob, ann.id);
        CHECK(claimed(claim(bob, ann), ann) == names{"signed_curve25519:K0"});
        at.reopen();
        CHECK(query(bob, ann.id) == before);
        CHECK(claimed(claim(bob, ann), ann) == names{"signed_curve25519:K1"});
    }
}
