// SPDX-License-Identifier: Apache-2.0
// POST /keys/upload: a device publishes its keys. Signatures on them are for other clients to check, who must not believe a server anyway.
#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <chatrixcd/base/json_reader.hpp>

#include "api/body_member.hpp"
#include "api/endpoints.hpp"
#include "api/refusal.hpp"
#include "keys/device_list.hpp"
#include "store/device_keys.hpp"
#include "store/one_time_keys.hpp"

namespace chatrixcd::homeserver {

namespace json = boost::json;
using base::http::method;

namespace {

// A key with its signatures has some hundred bytes, the keys of a device some more.
constexpr std::size_t most_bytes = 16384;
constexpr std::size_t most_name_bytes = 255;
// Clients keep 50 to 100 of an algorithm.
constexpr std::int64_t most_one_time_keys = 1000;

bool holds_strings(json::array const& list) {
    return std::ranges::all_of(list, [](json::value const& one) { return one.is_string(); });
}

bool holds_strings(json::object const& map) {
    return std::ranges::all_of(map, [](auto const& one) { return one.value().is_string(); });
}

result<void> check_device_keys(json::object const& keys, call const& c) {
    std::string user;
    std::string device;
    base::json_reader reader(keys, "device_keys");
    reader.required("user_id", user).required("device_id", device);
    if (auto read = reader.finish(); !read) return bad_json(read.error().message());
    if (user != c.user.str()) return invalid_param("device_keys are those of another user");
    if (device != c.device) return invalid_param("device_keys are those of another device");
    auto const* algorithms = base::find_array(keys, "algorithms");
    if (algorithms == nullptr || !holds_strings(*algorithms)) return bad_json("device_keys: algorithms is no array of strings");
    auto const* list = base::find_object(keys, "keys");
    if (list == nullptr || !holds_strings(*list)) return bad_json("device_keys: keys is no object of strings");
    auto const* signatures = base::find_object(keys, "signatures");
    auto const is_signature_map = [](auto const& one) { return one.value().is_object() && holds_strings(one.value().get_object()); };
    if (signatures == nullptr || !std::ranges::all_of(*signatures, is_signature_map)) {
        return bad_json("device_keys: signatures is no object of objects of strings");
    }
    if (json::serialize(keys).size() > most_bytes) return bad_request("M_TOO_LARGE", "device_keys are larger than 16 KiB");
    return {};
}

result<std::vector<one_time_key>> read_keys(json::object const& given) {
    std::vector<one_time_key> keys;
    for (auto const& [label, body] : given) {
        std::string const name(label);
        auto const colon = name.find(':');
        bool const is_named = colon != std::string::npos && colon > 0 && colon + 1 < name.size() && name.size() <= most_name_bytes;
        if (!is_named) return invalid_param("a one-time key is named algorithm:id");
        bool const is_key = body.is_string() || (body.is_object() && base::find_string(body.get_object(), "key"));
        if (!is_key) return bad_json("a one-time key is a string, or an object with the member key");
        if (json::serialize(body).size() > most_bytes) return bad_request("M_TOO_LARGE", "a one-time key is larger than 16 KiB");
        keys.push_back({name.substr(0, colon), name.substr(colon + 1), body});
    }
    return keys;
}

result<void> keep_device_keys(step& s, call const& c) {
    auto const given = body_object(c.body, "device_keys");
    if (!given) return given.error();
    if (given.value() == nullptr) return {};
    if (auto good = check_device_keys(*given.value(), c); !good) return good.error();
    auto keys = *given.value();
    // Of that, servers say what they know.
    keys.erase("unsigned");
    if (put_device_keys(s.db, c.user.str(), c.device, keys)) announce_device_list(s, c.user.str());
    return {};
}

result<void> keep_one_time_keys(step& s, call const& c) {
    auto const given = body_object(c.body, "one_time_keys");
    if (!given) return given.error();
    if (given.value() == nullptr) return {};
    auto const keys = read_keys(*given.value());
    if (!keys) return keys.error();
    for (auto const& key : keys.value()) {
        if (put_one_time_key(s.db, c.user.str(), c.device, key)) continue;
        return bad_request("M_UNKNOWN", "One time key " + key.name() + " already exists");
    }
    for (auto const& [algorithm, count] : count_one_time_keys(s.db, c.user.str(), c.device)) {
        if (count > most_one_time_keys) return bad_request("M_TOO_LARGE", "these are more one-time keys than this server keeps");
    }
    return {};
}

result<void> keep_fallback_keys(step& s, call const& c) {
    auto const given = body_object(c.body, "fallback_keys");
    if (!given) return given.error();
    if (given.value() == nullptr) return {};
    auto const keys = read_keys(*given.value());
    if (!keys) return keys.error();
    std::set<std::string> algorithms;
    for (auto const& key : keys.value()) {
        if (!algorithms.insert(key.algorithm).second) return invalid_param("fallback_keys holds two keys of one algorithm");
        put_fallback_key(s.db, c.user.str(), c.device, key);
    }
    return {};
}

result<answer> upload(step& s, call& c) {
    if (auto kept = keep_device_keys(s, c); !kept) return kept.error();
    if (auto kept = keep_one_time_keys(s, c); !kept) return kept.error();
    if (auto kept = keep_fallback_keys(s, c); !kept) return kept.error();
    json::object body;
    auto& counts = body["one_time_key_counts"].emplace_object();
    for (auto const& [algorithm, count] : count_one_time_keys(s.db, c.user.str(), c.device)) counts[algorithm] = count;
    return answer(std::move(body));
}

}  // namespace

void add_keys_upload(service& to) { to.add(method::post, "/keys/upload", access::user, body_rule::required, upload); }

}  // namespace chatrixcd::homeserver
