// SPDX-License-Identifier: Apache-2.0
// POST /keys/signatures/upload: signatures on the user's own devices by their self-signing key, on their master key by their devices, on
// others' master keys by their user-signing key. Each is checked; what is wrong is said, and the others are kept.
#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/protocol/signing.hpp>

#include "api/endpoints.hpp"
#include "api/refusal.hpp"
#include "keys/cross_signing_keys.hpp"
#include "keys/device_list.hpp"
#include "keys/signatures.hpp"
#include "store/cross_signing.hpp"
#include "store/device_keys.hpp"

namespace chatrixcd::homeserver {

namespace json = boost::json;
using base::http::method;

namespace {

constexpr std::string_view algorithm = "ed25519:";

// One signed object of the request.
struct signed_key {
    std::string const& signer;
    std::string const& user;  // whose key it is
    std::string const& id;    // a device, or a public key
    json::object const& body;
};

error wrong_signature() { return bad_request("M_INVALID_SIGNATURE", "the signature is wrong, or not there"); }

result<void> check_same(json::object const& given, json::object const& stored) {
    if (without_signatures(given) == without_signatures(stored)) return {};
    return bad_request("M_UNKNOWN", "the key is not the one that was published");
}

result<void> check_signature(signed_key const& given, std::string const& key_id, std::string_view public_key) {
    auto const key = protocol::verify_key::parse(public_key);
    if (!key || !protocol::verify_json(given.body, given.signer, key_id, key.value())) return wrong_signature();
    return {};
}

// True if it is new.
bool keep(step& s, signed_key const& given, std::string const& key_id) {
    auto const* made = signatures_by(given.body, given.signer);
    return put_signature(s.db, given.user, given.id, {given.signer, key_id, base::find_string(*made, key_id).value()});
}

result<bool> sign_by(step& s, signed_key const& given, std::string const& usage) {
    auto const by = find_cross_signing_key(s.db, given.signer, usage);
    if (!by) return not_found("you have no " + usage + " key");
    auto const key_id = std::string(algorithm) + by->public_key;
    if (auto good = check_signature(given, key_id, by->public_key); !good) return good.error();
    return keep(s, given, key_id);
}

// The user's own master key, by one or more of their devices.
result<bool> sign_by_devices(step& s, signed_key const& given) {
    auto const* made = signatures_by(given.body, given.signer);
    if (made == nullptr || made->empty()) return wrong_signature();
    for (auto const& one : *made) {
        std::string const key_id(one.key());
        if (!key_id.starts_with(algorithm)) return wrong_signature();
        auto const device = find_device_keys(s.db, given.signer, key_id.substr(algorithm.size()));
        auto const* keys = device ? base::find_object(*device, "keys") : nullptr;
        if (keys == nullptr) return not_found("you have no device that signs as " + key_id);
        auto const public_key = base::find_string(*keys, key_id).value_or("");
        if (auto good = check_signature(given, key_id, public_key); !good) return good.error();
    }
    bool is_new = false;
    for (auto const& one : *made) is_new = keep(s, given, std::string(one.key())) || is_new;
    return is_new;
}

// Whether it was news.
result<bool> take(step& s, signed_key const& given) {
    bool const own = given.user == given.signer;
    auto const master = find_cross_signing_key(s.db, given.user, key_usage::master);
    if (master && master->public_key == given.id) {
        if (auto same = check_same(given.body, master->body); !same) return same.error();
        return own ? sign_by_devices(s, given) : sign_by(s, given, key_usage::user_signing);
    }
    auto const device = own ? find_device_keys(s.db, given.user, given.id) : std::nullopt;
    if (!device) return not_found("there is no such key");
    if (auto same = check_same(given.body, *device); !same) return same.error();
    return sign_by(s, given, key_usage::self_signing);
}

json::object describe(error const& e) {
    json::object body;
    body["errcode"] = e.errcode();
    body["error"] = e.message();
    return body;
}

result<answer> upload(step& s, call& c) {
    auto const& signer = c.user.str();
    json::object failures;
    for (auto const& [name, keys] : c.body) {
        if (!keys.is_object()) return bad_json("the signed keys of a user are an object");
        std::string const user(name);
        bool has_news = false;
        for (auto const& [label, body] : keys.get_object()) {
            if (!body.is_object()) return bad_json("a signed key is an object");
            std::string const id(label);
            auto const taken = take(s, {signer, user, id, body.get_object()});
            if (!taken) {
                auto& of_user = failures.emplace(user, json::object()).first->value().get_object();
                of_user[id] = describe(taken.error());
                continue;
            }
            has_news = has_news || taken.value();
        }
        if (has_news && user == signer) announce_device_list(s, user);
        if (has_news && user != signer) announce_device_list_to(s, signer, user);
    }
    json::object body;
    body["failures"] = std::move(failures);
    return answer(std::move(body));
}

}  // namespace

void add_key_signatures(service& to) { to.add(method::post, "/keys/signatures/upload", access::user, body_rule::required, upload); }

}  // namespace chatrixcd::homeserver
