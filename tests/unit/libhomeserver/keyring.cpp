// SPDX-License-Identifier: Apache-2.0
#include "keyring.hpp"

#include <doctest/doctest.h>

#include <chatrixcd/protocol/base64.hpp>
#include <chatrixcd/protocol/canonical_json.hpp>
#include <utility>

namespace chatrixcd::test {

namespace {

protocol::signing_key make_key(std::uint64_t seed) {
    auto const random = base::make_seeded_random(seed);
    return protocol::signing_key::generate(*random, "1");
}

json::object& object_at(json::object& from, std::string_view key) {
    auto& value = from[key];
    if (!value.is_object()) value.emplace_object();
    return value.get_object();
}

}  // namespace

keyring::keyring(person const& of, std::uint64_t seed)
    : user(of.id),
      device_id(of.device),
      device(make_key(10 * seed)),
      master(make_key(10 * seed + 1)),
      self_signing(make_key(10 * seed + 2)),
      user_signing(make_key(10 * seed + 3)) {}

std::string keyring::id_of(protocol::signing_key const& key) const { return "ed25519:" + (&key == &device ? device_id : public_key(key)); }

void keyring::sign(json::object& object, protocol::signing_key const& by) const {
    auto bare = object;
    bare.erase("signatures");
    bare.erase("unsigned");
    auto const made = by.sign(protocol::canonical_json(bare).value());
    object_at(object_at(object, "signatures"), user)[id_of(by)] = protocol::encode_base64(made);
}

json::object keyring::device_keys() const {
    json::object keys;
    keys["user_id"] = user;
    keys["device_id"] = device_id;
    keys["algorithms"] = {"m.olm.v1.curve25519-aes-sha2", "m.megolm.v1.aes-sha2"};
    auto& list = keys["keys"].emplace_object();
    list["curve25519:" + device_id] = "curve of " + public_key(device);
    list[id_of(device)] = public_key(device);
    sign(keys, device);
    return keys;
}

json::object keyring::one_time_key(std::string const& key, bool fallback) const {
    json::object made;
    made["key"] = key;
    if (fallback) made["fallback"] = true;
    sign(made, device);
    return made;
}

json::object keyring::cross_signing_key(std::string_view usage, protocol::signing_key const& key) const {
    json::object made;
    made["user_id"] = user;
    made["usage"] = json::array{usage};
    made["keys"].emplace_object()[id_of(key)] = public_key(key);
    return made;
}

json::object keyring::self_signing_key() const {
    auto made = cross_signing_key("self_signing", self_signing);
    sign(made, master);
    return made;
}

json::object keyring::user_signing_key() const {
    auto made = cross_signing_key("user_signing", user_signing);
    sign(made, master);
    return made;
}

json::object keyring::cross_signing_keys() const {
    json::object all;
    all["master_key"] = master_key();
    all["self_signing_key"] = self_signing_key();
    all["user_signing_key"] = user_signing_key();
    return all;
}

json::object signed_key(std::string const& user, std::string const& id, json::object const& key) {
    json::object body;
    body[user].emplace_object()[id] = key;
    return body;
}

void publish(person const& who, keyring const& keys) {
    json::object body;
    body["device_keys"] = keys.device_keys();
    REQUIRE(who.post("/keys/upload", json::value(std::move(body))).status == 200);
}

void publish_cross_signing(person const& who, keyring const& keys) {
    REQUIRE(who.post("/keys/device_signing/upload", json::value(keys.cross_signing_keys())).status == 200);
}

json::value query(person const& reader, std::string const& user) {
    json::object wanted;
    wanted[user].emplace_array();
    json::object body;
    body["device_keys"] = std::move(wanted);
    auto said = reader.post("/keys/query", json::value(std::move(body)));
    REQUIRE(said.status == 200);
    return std::move(said.body);
}

}  // namespace chatrixcd::test
