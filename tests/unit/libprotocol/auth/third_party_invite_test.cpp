// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <chatrixcd/protocol/signing.hpp>

#include "golden.hpp"
#include "room_fixture.hpp"

namespace json = boost::json;
using namespace chatrixcd::protocol;
using namespace chatrixcd::test;

namespace {

signing_key const& identity_key() {
    static signing_key const key = signing_key::generate(*chatrixcd::base::make_seeded_random(7), "0");
    return key;
}

json::object proof(std::string_view mxid = "@new:b", std::string_view token = "token") {
    json::object object{{"mxid", mxid}, {"token", token}};
    sign_json(object, "identity.example", identity_key()).value();
    return object;
}

std::string invite(room_fixture const& room, json::value proven, std::string_view sender = "@creator:a") {
    json::object content{{"membership", "invite"}, {"third_party_invite", {{"signed", std::move(proven)}}}};
    return room.send(sender, "m.room.member", "@new:b", json::serialize(content));
}

room_fixture invited(json::object content) {
    room_fixture room(room_versions::v11);
    room.put("@creator:a", "m.room.third_party_invite", "token", json::serialize(content));
    return room;
}

std::string const rejected = "m.room.member: third-party invite: ";

}  // namespace

TEST_SUITE("auth rules: third-party invites") {
    TEST_CASE("a proof by the key that the room was told is allowed") {
        CHECK(invite(invited({{"public_key", identity_key().public_key().base64()}}), proof()) == "allowed");
        json::array keys{json::object{{"public_key", "broken"}}, 7, json::object{{"public_key", identity_key().public_key().base64()}}};
        CHECK(invite(invited({{"public_keys", std::move(keys)}}), proof()) == "allowed");
    }

    TEST_CASE("a proof by another key, about another user or changed since is not") {
        auto const room = invited({{"public_key", identity_key().public_key().base64()}});
        auto const other = signing_key::generate(*chatrixcd::base::make_seeded_random(8), "0");
        CHECK(invite(invited({{"public_key", other.public_key().base64()}}), proof()) == rejected + "no signature is by one of its keys");
        CHECK(invite(invited({}), proof()) == rejected + "no signature is by one of its keys");
        CHECK(invite(room, proof("@else:b")) == rejected + "what is signed is about another user");
        CHECK(invite(room, proof("@new:b", "other")) == rejected + "the room has no invite with this token");
        auto changed = proof();
        changed["extra"] = 1;
        CHECK(invite(room, std::move(changed)) == rejected + "no signature is by one of its keys");
    }

    TEST_CASE("only who issued it invites with it, and nobody who is banned") {
        auto room = invited({{"public_key", identity_key().public_key().base64()}});
        CHECK(invite(room, proof(), "@mod:a") == rejected + "the sender is not who invited");
        room.set_member("@new:b", "ban");
        CHECK(invite(room, proof()) == rejected + "the user is banned");
    }

    TEST_CASE("malformed proofs are rejected") {
        auto const room = invited({{"public_key", identity_key().public_key().base64()}});
        CHECK(invite(room, 7) == rejected + "it has nothing signed");
        CHECK(invite(room, json::object{{"mxid", "@new:b"}}) == rejected + "what is signed has no mxid or no token");
        CHECK(invite(room, json::object{{"mxid", "@new:b"}, {"token", 1}}) == rejected + "what is signed has no mxid or no token");
        CHECK(invite(room, json::object{{"mxid", "@new:b"}, {"token", "token"}}) == rejected + "no signature is by one of its keys");
        CHECK(room.send("@creator:a", "m.room.member", "@new:b", R"({"membership":"invite","third_party_invite":1})") ==
              rejected + "it has nothing signed");
    }

    TEST_CASE("issuing one takes the invite level, not that of state events") {
        room_fixture room(room_versions::v11);
        room.set_member("@user:a", "join");
        CHECK(room.send("@user:a", "m.room.third_party_invite", "t", "{}") == "allowed");
        room.set_levels(R"({"invite":10,"users":{"@creator:a":100}})");
        CHECK(room.send("@user:a", "m.room.third_party_invite", "t", "{}") == "m.room.third_party_invite: the sender may not invite");
    }
}
