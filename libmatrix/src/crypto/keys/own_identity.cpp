// SPDX-License-Identifier: Apache-2.0
#include "crypto/keys/own_identity.hpp"

#include <boost/json/array.hpp>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/protocol/base64.hpp>
#include <chatrixcd/protocol/canonical_json.hpp>

#include "crypto/keys/device_keys.hpp"
#include "crypto/pickles.hpp"

namespace chatrixcd::matrix::crypto {

namespace json = boost::json;

namespace {

// A cross-signing key is named by its public part, which no version of a signing key may look like.
constexpr char const* version = "identity";

std::string name_of(protocol::signing_key const& key) { return "ed25519:" + key.public_key().base64(); }

void sign_by(json::object& object, user_id const& me, protocol::signing_key const& key) {
    auto covered = object;
    covered.erase("signatures");
    covered.erase("unsigned");
    auto const signature = key.sign(protocol::canonical_json(covered).value());
    auto& signatures = object["signatures"];
    if (!signatures.is_object()) signatures = json::object();
    auto& mine = signatures.get_object()[me.str()];
    if (!mine.is_object()) mine = json::object();
    mine.get_object()[name_of(key)] = protocol::encode_base64(signature);
}

json::object object_of(char const* usage, user_id const& me, protocol::signing_key const& key) {
    json::object made{{"user_id", me.str()}, {"usage", json::array{usage}}};
    made["keys"].emplace_object()[name_of(key)] = key.public_key().base64();
    return made;
}

}  // namespace

own_identity own_identity::make(base::random& randomness) {
    auto const fresh = [&] { return protocol::signing_key::generate(randomness, version); };
    auto master = fresh();
    auto self_signing = fresh();
    return own_identity(std::move(master), std::move(self_signing), fresh());
}

result<own_identity> own_identity::from_seeds(secret const& master, secret const& self_signing, secret const& user_signing) {
    auto first = protocol::signing_key::from_seed(master, version);
    auto second = protocol::signing_key::from_seed(self_signing, version);
    auto third = protocol::signing_key::from_seed(user_signing, version);
    if (!first) return first.error();
    if (!second) return second.error();
    if (!third) return third.error();
    return own_identity(std::move(*first), std::move(*second), std::move(*third));
}

user_keys own_identity::public_keys() const {
    user_keys keys;
    keys.master = master_.public_key().base64();
    keys.self_signing = self_signing_.public_key().base64();
    keys.user_signing = user_signing_.public_key().base64();
    return keys;
}

std::array<secret, 3> own_identity::seeds() const { return {master_.seed(), self_signing_.seed(), user_signing_.seed()}; }

std::optional<own_identity> own_identity::load(context const& with) {
    auto const row = with.t.first("SELECT master, self_signing, user_signing FROM own_identity WHERE account = ?1", {with.account});
    if (!row) return std::nullopt;
    auto const key = [&](base::sealed_column const& in, std::size_t column) {
        return loaded(protocol::signing_key::from_seed(unsealed(with.t, in, *row, column), version));
    };
    return own_identity(key(sealed_in::master, 0), key(sealed_in::self_signing, 1), key(sealed_in::user_signing, 2));
}

void own_identity::save(context const& with) const {
    with.t.run(
        "INSERT INTO own_identity (account, master, self_signing, user_signing) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (account) DO UPDATE"
        " SET master = excluded.master, self_signing = excluded.self_signing, user_signing = excluded.user_signing",
        {with.account, sealed(with.t, sealed_in::master, master_.seed()), sealed(with.t, sealed_in::self_signing, self_signing_.seed()),
         sealed(with.t, sealed_in::user_signing, user_signing_.seed())});
}

void own_identity::forget(context const& with) { with.t.run("DELETE FROM own_identity WHERE account = ?1", {with.account}); }

void own_identity::sign_with_master(json::object& object, user_id const& me) const { sign_by(object, me, master_); }

json::object own_identity::upload_body(context const& with, own_device& device) const {
    auto master = object_of("master", with.me, master_);
    sign_with(device.keys(), master, with.me, with.device);
    auto self_signing = object_of("self_signing", with.me, self_signing_);
    auto user_signing = object_of("user_signing", with.me, user_signing_);
    sign_by(self_signing, with.me, master_);
    sign_by(user_signing, with.me, master_);
    json::object body;
    body["master_key"] = std::move(master);
    body["self_signing_key"] = std::move(self_signing);
    body["user_signing_key"] = std::move(user_signing);
    return body;
}

std::optional<json::object> own_identity::vouch_body(context const& with, user_id const& user, device_id const& device,
                                                     std::string const& ed25519, std::string const& master,
                                                     json::object const& answer) const {
    auto const part_of = [&](char const* member, user_id const& whose) {
        auto const* all = base::find_object(answer, member);
        return all == nullptr ? nullptr : base::find_object(*all, whose.str());
    };
    auto const part = [&](char const* member) { return part_of(member, user); };
    auto const ours = read_user_keys(part_of("master_keys", with.me), part_of("self_signing_keys", with.me),
                                     part_of("user_signing_keys", with.me), with.me);
    // Whoever replaced it may have had a reason.
    if (ours != public_keys()) return std::nullopt;
    json::object body;
    if (user == with.me) {
        auto const* devices = part("device_keys");
        auto const* there = devices == nullptr ? nullptr : base::find_object(*devices, device.str());
        auto const read =
            there == nullptr ? result<device_keys>(error(error_kind::not_found, "no keys")) : read_device_keys(*there, user, device);
        if (!read || read->ed25519 != ed25519) return std::nullopt;
        auto keys = *there;
        keys.erase("signatures");
        keys.erase("unsigned");
        sign_by(keys, with.me, self_signing_);
        body[user.str()].emplace_object()[device.str()] = std::move(keys);
        return body;
    }
    auto const* there = part("master_keys");
    if (there == nullptr || master.empty() || read_user_keys(there, nullptr, nullptr, user).master != master) return std::nullopt;
    auto keys = *there;
    keys.erase("signatures");
    keys.erase("unsigned");
    sign_by(keys, with.me, user_signing_);
    body[user.str()].emplace_object()[master] = std::move(keys);
    return body;
}

json::object own_identity::signature_body(context const& with, own_device& device) const {
    auto keys = device.published();
    sign_by(keys, with.me, self_signing_);
    json::object body;
    body[with.me.str()].emplace_object()[with.device.str()] = std::move(keys);
    return body;
}

}  // namespace chatrixcd::matrix::crypto
