// SPDX-License-Identifier: Apache-2.0
// POST /keys/claim: each one-time key is given out once, for good: it is used up in the transaction that answers.
#include <boost/json/object.hpp>
#include <string>
#include <utility>

#include <chatrixcd/base/json_reader.hpp>

#include "api/endpoints.hpp"
#include "api/refusal.hpp"
#include "api/remote_users.hpp"
#include "keys/device_list.hpp"
#include "store/one_time_keys.hpp"

namespace chatrixcd::homeserver {

namespace json = boost::json;
using base::http::method;

namespace {

// Devices that have no such key are left out.
result<json::object> claim_of(step& s, std::string const& user, json::object const& wanted) {
    json::object found;
    for (auto const& [name, algorithm] : wanted) {
        if (!algorithm.is_string()) return bad_json("one_time_keys: what is wanted of a device is the name of an algorithm");
        std::string const device(name);
        auto const claimed = claim_one_time_key(s.db, user, device, std::string(algorithm.get_string()));
        if (!claimed) continue;
        if (claimed->is_news) announce_key_counts(s, user, device);
        found[device].emplace_object()[claimed->key.name()] = claimed->key.body;
    }
    return found;
}

result<answer> claim(step& s, call& c) {
    auto const* asked = base::find_object(c.body, "one_time_keys");
    if (asked == nullptr) return missing_param("one_time_keys is missing, or no object");
    json::object keys;
    json::object failures;
    for (auto const& [name, wanted] : *asked) {
        std::string const user(name);
        if (!wanted.is_object()) return bad_json("one_time_keys: what is wanted of a user is an object");
        auto const ours = is_ours(s, user, failures);
        if (!ours) return ours.error();
        if (!ours.value()) continue;
        auto found = claim_of(s, user, wanted.get_object());
        if (!found) return found.error();
        if (!found.value().empty()) keys[user] = std::move(found.value());
    }
    json::object body;
    body["one_time_keys"] = std::move(keys);
    body["failures"] = std::move(failures);
    return answer(std::move(body));
}

}  // namespace

void add_keys_claim(service& to) { to.add(method::post, "/keys/claim", access::user, body_rule::required, claim); }

}  // namespace chatrixcd::homeserver
