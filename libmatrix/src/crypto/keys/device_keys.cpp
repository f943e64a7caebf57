// SPDX-License-Identifier: Apache-2.0
#include "crypto/keys/device_keys.hpp"

#include <algorithm>
#include <boost/json/array.hpp>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/protocol/canonical_json.hpp>
#include <chatrixcd/protocol/signing.hpp>

#include "crypto/context.hpp"
#include "crypto/driver/curve25519.hpp"

namespace chatrixcd::matrix::crypto {

namespace json = boost::json;
using base::error;
using base::error_kind;
using base::find_array;
using base::find_object;
using base::find_string;

namespace {

error refused(std::string_view why) { return error(error_kind::invalid, "device keys that cannot be used: " + std::string(why)); }

std::string text_in(json::object const& from, std::string_view name) { return find_string(from, name).value_or(std::string()); }

bool lists(json::object const& from, std::string_view algorithm) {
    auto const* list = find_array(from, "algorithms");
    auto const is_it = [&](json::value const& v) { return v.is_string() && std::string_view(v.get_string()) == algorithm; };
    return list != nullptr && std::ranges::any_of(*list, is_it);
}

}  // namespace

result<device_keys> read_device_keys(json::object from, user_id const& user, device_id const& device) {
    if (text_in(from, "user_id") != user.str()) return refused("they are of another user");
    if (text_in(from, "device_id") != device.str()) return refused("they are of another device");
    auto const* keys = find_object(from, "keys");
    if (keys == nullptr) return refused("there are none");
    auto const curve = checked_curve25519(text_in(*keys, "curve25519:" + device.str()));
    auto const signing = protocol::verify_key::parse(text_in(*keys, "ed25519:" + device.str()));
    if (!curve || !signing) return refused("one is missing or malformed");
    if (!protocol::verify_json(from, user.str(), "ed25519:" + device.str(), *signing)) return refused("their signature is wrong");
    device_keys read;
    read.user = user;
    read.device = device;
    read.curve25519 = *curve;
    read.ed25519 = signing->base64();
    read.knows_megolm = lists(from, megolm_algorithm);
    if (auto const* more = find_object(from, "unsigned")) read.name = text_in(*more, "device_display_name");
    read.raw = std::move(from);
    return read;
}

result<device_keys> read_device_keys(json::object from) {
    auto user = user_id::parse(text_in(from, "user_id"));
    auto device = device_id::parse(text_in(from, "device_id"));
    if (!user || !device) return refused("they name no device");
    return read_device_keys(std::move(from), *user, *device);
}

void sign_with(account& own, json::object& object, user_id const& me, device_id const& device) {
    auto covered = object;
    covered.erase("signatures");
    covered.erase("unsigned");
    auto const text = protocol::canonical_json(covered).value();
    auto& signatures = object["signatures"];
    if (!signatures.is_object()) signatures = json::object();
    auto& mine = signatures.get_object()[me.str()];
    if (!mine.is_object()) mine = json::object();
    mine.get_object()["ed25519:" + device.str()] = own.sign(text);
}

json::object own_device_keys(account& own, user_id const& me, device_id const& device) {
    json::object keys{{"curve25519:" + device.str(), own.curve25519()}, {"ed25519:" + device.str(), own.ed25519()}};
    json::object made{{"user_id", me.str()}, {"device_id", device.str()}, {"algorithms", json::array{olm_algorithm, megolm_algorithm}}};
    made["keys"] = std::move(keys);
    sign_with(own, made, me, device);
    return made;
}

result<std::string> read_signed_key(json::object const& from, device_keys const& of) {
    auto const key = checked_curve25519(text_in(from, "key"));
    auto const signing = protocol::verify_key::parse(of.ed25519);
    if (!key || !signing) return error(error_kind::invalid, "a one-time key that is none");
    if (!protocol::verify_json(from, of.user.str(), "ed25519:" + of.device.str(), *signing)) {
        return error(error_kind::invalid, "a one-time key that its device did not sign");
    }
    return *key;
}

json::object signed_key(account& own, std::string const& key, bool is_fallback, user_id const& me, device_id const& device) {
    json::object made{{"key", key}};
    if (is_fallback) made["fallback"] = true;
    sign_with(own, made, me, device);
    return made;
}

}  // namespace chatrixcd::matrix::crypto
