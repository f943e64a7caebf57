// SPDX-License-Identifier: Apache-2.0
#include "crypto/keys/cross_signing_keys.hpp"

#include <algorithm>
#include <boost/json/array.hpp>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/protocol/signing.hpp>

namespace chatrixcd::matrix::crypto {

namespace json = boost::json;

namespace {

// The one key of an object that says it is for this; empty if it is something else.
std::string key_in(json::object const* from, std::string_view usage, user_id const& user) {
    if (from == nullptr || base::find_string(*from, "user_id") != user.str()) return {};
    auto const* usages = base::find_array(*from, "usage");
    auto const is_it = [&](json::value const& v) { return v.is_string() && std::string_view(v.get_string()) == usage; };
    if (usages == nullptr || !std::ranges::any_of(*usages, is_it)) return {};
    auto const* keys = base::find_object(*from, "keys");
    if (keys == nullptr || keys->size() != 1) return {};
    auto const& only = *keys->begin();
    auto const key = protocol::verify_key::parse(base::find_string(*keys, only.key()).value_or(std::string()));
    if (!key || std::string_view(only.key()) != "ed25519:" + key->base64()) return {};
    return key->base64();
}

bool is_signed(json::object const& what, user_id const& user, std::string const& by) {
    auto const key = protocol::verify_key::parse(by);
    return key && protocol::verify_json(what, user.str(), "ed25519:" + by, *key);
}

}  // namespace

user_keys read_user_keys(json::object const* master, json::object const* self_signing, json::object const* user_signing,
                         user_id const& user) {
    user_keys read;
    read.master = key_in(master, "master", user);
    if (read.master.empty()) return read;
    auto const signed_one = [&](json::object const* from, std::string_view usage) {
        auto key = key_in(from, usage, user);
        return !key.empty() && is_signed(*from, user, read.master) ? key : std::string();
    };
    read.self_signing = signed_one(self_signing, "self_signing");
    read.user_signing = signed_one(user_signing, "user_signing");
    return read;
}

bool is_cross_signed(device_keys const& device, user_keys const& by) {
    return !by.self_signing.empty() && is_signed(device.raw, device.user, by.self_signing);
}

bool has_id_of_key(device_id const& device, user_keys const& of) {
    auto const& id = device.str();
    return !id.empty() && (id == of.master || id == of.self_signing || id == of.user_signing);
}

}  // namespace chatrixcd::matrix::crypto
