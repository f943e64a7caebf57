// SPDX-License-Identifier: Apache-2.0
#include "keys/cross_signing_keys.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <utility>

#include <chatrixcd/base/json_reader.hpp>

#include "api/refusal.hpp"

namespace chatrixcd::homeserver {

namespace json = boost::json;

namespace {

constexpr std::string_view algorithm = "ed25519:";

bool is_for(json::object const& given, std::string_view usage) {
    auto const* list = base::find_array(given, "usage");
    if (list == nullptr) return false;
    return std::ranges::any_of(*list,
                               [usage](json::value const& one) { return one.is_string() && std::string_view(one.get_string()) == usage; });
}

}  // namespace

result<cross_signing_key> read_cross_signing_key(json::object const& given, std::string const& usage, std::string const& owner) {
    auto const name = usage + " key";
    if (base::find_string(given, "user_id") != owner) return invalid_param("the " + name + " is not of this user");
    if (!is_for(given, usage)) return invalid_param("the " + name + " is not for that use");
    auto const* keys = base::find_object(given, "keys");
    if (keys == nullptr || keys->size() != 1) return invalid_param("the " + name + " holds not exactly one key");
    auto const& [id, value] = *keys->begin();
    auto const text = base::find_string(*keys, id).value_or("");
    if (std::string(id) != std::string(algorithm) + text) return invalid_param("the " + name + " is not named after its public key");
    auto const key = protocol::verify_key::parse(text);
    if (!key) return invalid_param("the " + name + " is no Ed25519 key in unpadded Base64");
    cross_signing_key read;
    read.usage = usage;
    read.public_key = text;
    read.body = given;
    return read;
}

bool is_signed_by(json::object const& object, std::string const& user, cross_signing_key const& by) {
    auto const key = protocol::verify_key::parse(by.public_key);
    return key && protocol::verify_json(object, user, std::string(algorithm) + by.public_key, key.value()).has_value();
}

}  // namespace chatrixcd::homeserver
