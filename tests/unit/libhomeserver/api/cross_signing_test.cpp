// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "keyring.hpp"
#include "rig.hpp"

using namespace chatrixcd::test;

namespace {

constexpr auto upload_path = "/keys/device_signing/upload";
constexpr auto signatures_path = "/keys/signatures/upload";

reply upload(person const& by, json::object const& keys) { return by.post(upload_path, json::value(keys)); }

reply upload_confirmed(person const& by, std::string const& name, json::object keys) {
    auto const session = upload(by, keys).text("session");
    keys["auth"] = password_auth(name, session);
    return upload(by, keys);
}

reply sign(person const& by, json::object const& keys) { return by.post(signatures_path, json::value(keys)); }

std::string failure(reply const& said, std::string const& user, std::string const& id) {
    auto const* of_user = said.body.at("failures").as_object().if_contains(user);
    auto const* why = of_user == nullptr ? nullptr : of_user->as_object().if_contains(id);
    return why == nullptr ? "" : std::string(why->at("errcode").as_string());
}

// Ids of a user's keys that have signed the key, as the reader sees it.
std::vector<std::string> signers(json::value const& key, std::string const& user) {
    std::vector<std::string> ids;
    auto const made = at(key, "signatures/" + user);
    if (!made.is_object()) return ids;
    for (auto const& one : made.get_object()) ids.emplace_back(one.key());
    return ids;
}

json::value master(person const& reader, std::string const& user) { return at(query(reader, user), "master_keys/" + user); }

using names = std::vector<std::string>;

}  // namespace

TEST_SUITE("homeserver::cross_signing") {
    TEST_CASE("the first keys are taken as they come, and the same ones again; others ask for the password") {
        rig at;
        auto const ann = at.add("ann");
        keyring const keys(ann, 1);
        CHECK(upload(ann, keys.cross_signing_keys()).status == 200);
        CHECK(upload(ann, keys.cross_signing_keys()).body == json::value(json::object()));
        keyring const others(ann, 2);
        auto const asked = upload(ann, others.cross_signing_keys());
        CHECK(asked.status == 401);
        CHECK(asked.text("flows/0/stages/0") == "m.login.password");
        CHECK(master(ann, ann.id) == json::value(keys.master_key()));
        CHECK(upload_confirmed(ann, "ann", others.cross_signing_keys()).status == 200);
        CHECK(master(ann, ann.id) == json::value(others.master_key()));

        // One new key among known ones is a new key.
        auto self_signing = keyring(ann, 3).self_signing_key();
        self_signing.erase("signatures");
        others.sign(self_signing, others.master);
        json::object const only{{"self_signing_key", self_signing}};
        CHECK(upload(ann, only).status == 401);
        CHECK(upload_confirmed(ann, "ann", only).status == 200);
        CHECK(chatrixcd::test::at(query(ann, ann.id), "self_signing_keys/" + ann.id) == json::value(self_signing));
    }

    TEST_CASE("everybody sees a user's master and self-signing keys, only they their user-signing key") {
        rig at;
        auto const ann = at.add("ann");
        auto const bob = at.add("bob");
        keyring const keys(ann, 1);
        publish_cross_signing(ann, keys);
        auto const seen = query(bob, ann.id);
        CHECK(seen.at("master_keys").at(ann.id) == json::value(keys.master_key()));
        CHECK(seen.at("self_signing_keys").at(ann.id) == json::value(keys.self_signing_key()));
        CHECK(seen.at("user_signing_keys") == json::value(json::object()));
        CHECK(query(ann, ann.id).at("user_signing_keys").at(ann.id) == json::value(keys.user_signing_key()));
    }

    TEST_CASE("keys of another user, for another use, or not signed by the master key are refused, and nothing of the request is kept") {
        rig at;
        auto const ann = at.add("ann");
        auto const bob = at.add("bob");
        keyring const keys(ann, 1);
        auto const refusal = [&](std::string_view member, auto change) {
            auto all = keys.cross_signing_keys();
            change(all[member].as_object());
            auto const said = upload(ann, all);
            CHECK(said.status == 400);
            return said.errcode();
        };
        CHECK(refusal("master_key", [&](auto& key) { key["user_id"] = bob.id; }) == "M_INVALID_PARAM");
        CHECK(refusal("master_key", [&](auto& key) { key["usage"] = {"self_signing"}; }) == "M_INVALID_PARAM");
        CHECK(refusal("self_signing_key", [&](auto& key) { key["usage"] = "self_signing"; }) == "M_INVALID_PARAM");
        CHECK(refusal("master_key", [&](auto& key) { key["keys"] = json::object(); }) == "M_INVALID_PARAM");
        CHECK(refusal("master_key", [&](auto& key) { key["keys"].as_object()["ed25519:x"] = "x"; }) == "M_INVALID_PARAM");
        CHECK(refusal("master_key", [&](auto& key) { key["keys"] = {{"ed25519:short", "short"}}; }) == "M_INVALID_PARAM");
        CHECK(refusal("master_key", [&](auto& key) { key["keys"] = {{"ed25519:x", public_key(keys.master)}}; }) == "M_INVALID_PARAM");
        CHECK(refusal("self_signing_key", [&](auto& key) { key["more"] = 1; }) == "M_INVALID_SIGNATURE");
        CHECK(refusal("user_signing_key", [&](auto& key) { key.erase("signatures"); }) == "M_INVALID_SIGNATURE");
        CHECK(refusal("user_signing_key", [&](auto& key) { key["more"] = std::string(20000, 'x'); }) == "M_TOO_LARGE");
        CHECK(ann.post(upload_path, {{"master_key", "key"}}).errcode() == "M_BAD_JSON");
        CHECK(upload(ann, {{"self_signing_key", keys.self_signing_key()}}).errcode() == "M_MISSING_PARAM");
        CHECK(upload(ann, {}).errcode() == "M_MISSING_PARAM");
        CHECK(query(ann, ann.id).at("master_keys") == json::value(json::object()));

        auto const named = at.log_in("ann", public_key(keys.master));
        auto const taken = upload(named, keys.cross_signing_keys());
        CHECK(taken.status == 403);
        CHECK(taken.errcode() == "M_FORBIDDEN");
    }

    TEST_CASE("a device is signed by its user's self-signing key, for everybody to see") {
        rig at;
        auto const ann = at.add("ann");
        auto const bob = at.add("bob");
        keyring const keys(ann, 1);
        publish(ann, keys);
        publish_cross_signing(ann, keys);
        auto device = keys.device_keys();
        keys.sign(device, keys.self_signing);
        CHECK(sign(ann, signed_key(ann.id, ann.device, device)).body == json::value({{"failures", json::object()}}));
        auto const seen = chatrixcd::test::at(query(bob, ann.id), "device_keys/" + ann.id + "/" + ann.device);
        CHECK(signers(seen, ann.id) == names{keys.id_of(keys.device), keys.id_of(keys.self_signing)});
        CHECK(seen.at("signatures") == device.at("signatures"));
        // The device publishes the same keys once more: they are still signed. Others are not.
        publish(ann, keys);
        CHECK(chatrixcd::test::at(query(bob, ann.id), "device_keys/" + ann.id + "/" + ann.device) == seen);
        publish(ann, keyring(ann, 5));
        CHECK(signers(chatrixcd::test::at(query(bob, ann.id), "device_keys/" + ann.id + "/" + ann.device), ann.id).size() == 1);
    }

    TEST_CASE("a master key is signed by its user's devices, and its signatures end with the device") {
        rig at;
        auto const ann = at.add("ann");
        auto const laptop = at.log_in("ann", "LAPTOP");
        auto const bob = at.add("bob");
        keyring const keys(ann, 1);
        keyring const second(laptop, 2);
        publish(ann, keys);
        publish(laptop, second);
        publish_cross_signing(ann, keys);
        auto given = keys.master_key();
        keys.sign(given, keys.device);
        second.sign(given, second.device);
        CHECK(sign(ann, signed_key(ann.id, public_key(keys.master), given)).body == json::value({{"failures", json::object()}}));
        CHECK(signers(master(bob, ann.id), ann.id).size() == 2);
        CHECK(laptop.post("/logout").status == 200);
        CHECK(signers(master(bob, ann.id), ann.id) == names{keys.id_of(keys.device)});
    }

    TEST_CASE("who has verified whom is seen by those two alone") {
        rig at;
        auto const ann = at.add("ann");
        auto const bob = at.add("bob");
        auto const carol = at.add("carol");
        keyring const of_ann(ann, 1);
        keyring const of_bob(bob, 2);
        publish_cross_signing(ann, of_ann);
        publish_cross_signing(bob, of_bob);
        auto given = of_ann.master_key();
        of_bob.sign(given, of_bob.user_signing);
        CHECK(sign(bob, signed_key(ann.id, public_key(of_ann.master), given)).body == json::value({{"failures", json::object()}}));
        CHECK(signers(master(bob, ann.id), bob.id) == names{of_bob.id_of(of_bob.user_signing)});
        CHECK(signers(master(carol, ann.id), bob.id).empty());
        CHECK(signers(master(ann, ann.id), bob.id).empty());
        // A client may not pass by that rule with signatures that it uploads among its own.
        auto keys = of_ann.device_keys();
        of_bob.sign(keys, of_bob.user_signing);
        CHECK(ann.post("/keys/upload", {{"device_keys", keys}}).status == 200);
        auto const device = "device_keys/" + ann.id + "/" + ann.device;
        CHECK(signers(chatrixcd::test::at(query(carol, ann.id), device), bob.id).empty());
        CHECK(signers(chatrixcd::test::at(query(carol, ann.id), device), ann.id).size() == 1);
    }

    TEST_CASE("a signature that is wrong, or on what was not published, is a failure, and the others are kept") {
        rig at;
        auto const ann = at.add("ann");
        auto const bob = at.add("bob");
        keyring const keys(ann, 1);
        keyring const of_bob(bob, 2);
        publish(ann, keys);
        auto device = keys.device_keys();
        keys.sign(device, keys.self_signing);
        CHECK(failure(sign(ann, signed_key(ann.id, ann.device, device)), ann.id, ann.device) == "M_NOT_FOUND");
        publish_cross_signing(ann, keys);
        publish_cross_signing(bob, of_bob);

        auto forged = keys.device_keys();
        forged["signatures"].as_object()[ann.id].as_object()[keys.id_of(keys.self_signing)] =
            keys.device_keys().at("signatures").at(ann.id).at(keys.id_of(keys.device));
        CHECK(failure(sign(ann, signed_key(ann.id, ann.device, forged)), ann.id, ann.device) == "M_INVALID_SIGNATURE");
        CHECK(failure(sign(ann, signed_key(ann.id, ann.device, keys.device_keys())), ann.id, ann.device) == "M_INVALID_SIGNATURE");
        auto changed = keys.device_keys();
        changed["algorithms"] = json::array();
        keys.sign(changed, keys.self_signing);
        CHECK(failure(sign(ann, signed_key(ann.id, ann.device, changed)), ann.id, ann.device) == "M_UNKNOWN");
        CHECK(failure(sign(ann, signed_key(ann.id, "NONE", device)), ann.id, "NONE") == "M_NOT_FOUND");

        // By a key that is not there for that: a device of others, one's own self-signing key on others' keys.
        auto of_others = of_bob.master_key();
        keys.sign(of_others, keys.self_signing);
        auto const id = public_key(of_bob.master);
        CHECK(failure(sign(ann, signed_key(bob.id, id, of_others)), bob.id, id) == "M_INVALID_SIGNATURE");
        CHECK(failure(sign(ann, signed_key(bob.id, bob.device, of_bob.device_keys())), bob.id, bob.device) == "M_NOT_FOUND");
        auto own = keys.master_key();
        keys.sign(own, keys.self_signing);
        auto const own_id = public_key(keys.master);
        CHECK(failure(sign(ann, signed_key(ann.id, own_id, own)), ann.id, own_id) == "M_NOT_FOUND");
        CHECK(failure(sign(ann, signed_key(ann.id, own_id, keys.master_key())), ann.id, own_id) == "M_INVALID_SIGNATURE");

        json::object both = signed_key(ann.id, ann.device, device);
        both[ann.id].as_object()["NONE"] = device;
        auto const said = sign(ann, both);
        CHECK(said.body.at("failures").at(ann.id).as_object().size() == 1);
        CHECK(signers(chatrixcd::test::at(query(bob, ann.id), "device_keys/" + ann.id + "/" + ann.device), ann.id).size() == 2);

        CHECK(ann.post(signatures_path, {{ann.id, "keys"}}).errcode() == "M_BAD_JSON");
        CHECK(ann.post(signatures_path, {{ann.id, {{"X", "key"}}}}).errcode() == "M_BAD_JSON");
    }

    TEST_CASE("a new master key drops what the old one signed, and the signatures on it") {
        rig at;
        auto const ann = at.add("ann");
        auto const bob = at.add("bob");
        keyring const keys(ann, 1);
        keyring const of_bob(bob, 2);
        publish(ann, keys);
        publish_cross_signing(ann, keys);
        publish_cross_signing(bob, of_bob);
        auto device = keys.device_keys();
        keys.sign(device, keys.self_signing);
        auto on_bob = of_bob.master_key();
        keys.sign(on_bob, keys.user_signing);
        auto on_ann = keys.master_key();
        of_bob.sign(on_ann, of_bob.user_signing);
        CHECK(sign(ann, signed_key(ann.id, ann.device, device)).body == json::value({{"failures", json::object()}}));
        CHECK(sign(ann, signed_key(bob.id, public_key(of_bob.master), on_bob)).body == json::value({{"failures", json::object()}}));
        CHECK(sign(bob, signed_key(ann.id, public_key(keys.master), on_ann)).body == json::value({{"failures", json::object()}}));

        keyring const fresh(ann, 3);
        CHECK(upload_confirmed(ann, "ann", {{"master_key", fresh.master_key()}}).status == 200);
        auto const seen = query(ann, ann.id);
        CHECK(seen.at("self_signing_keys") == json::value(json::object()));
        CHECK(seen.at("user_signing_keys") == json::value(json::object()));
        CHECK(seen.at("device_keys").at(ann.id).at(ann.device).at("signatures") == keys.device_keys().at("signatures"));
        CHECK(signers(master(bob, ann.id), bob.id).empty());
        CHECK(signers(master(ann, bob.id), ann.id).empty());
        // The other way round nothing changed: bob keeps his keys.
        CHECK(master(ann, bob.id) == json::value(of_bob.master_key()));
    }
}
