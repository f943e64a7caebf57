// SPDX-License-Identifier: Apache-2.0
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <vector>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/protocol/event_types.hpp>
#include <chatrixcd/protocol/signing.hpp>

#include "auth/rules.hpp"

namespace json = boost::json;

namespace chatrixcd::protocol {

namespace {

// Two events of 64 KiB can hold half a million pairs of a signature and a key; honest ones hold a few.
constexpr std::size_t max_verifications = 256;

std::vector<verify_key> keys_of(json::object const& invite) {
    std::vector<verify_key> keys;
    auto const add = [&keys](json::object const& holder) {
        auto const text = base::find_string(holder, "public_key");
        if (!text) return;
        if (auto key = verify_key::parse(*text)) keys.push_back(*std::move(key));
    };
    add(invite);
    if (auto const* more = base::find_array(invite, "public_keys")) {
        for (auto const& entry : *more) {
            if (entry.is_object()) add(entry.get_object());
        }
    }
    return keys;
}

bool is_signed_by_any(json::object const& object, std::vector<verify_key> const& keys) {
    auto const* signatures = base::find_object(object, "signatures");
    if (signatures == nullptr) return false;
    std::size_t tried = 0;
    for (auto const& entity : *signatures) {
        if (!entity.value().is_object()) continue;
        for (auto const& signature : entity.value().get_object()) {
            std::string_view const key_id = signature.key();
            if (!key_id.starts_with("ed25519:")) continue;
            for (auto const& key : keys) {
                if (++tried > max_verifications) return false;
                if (verify_json(object, entity.key(), key_id, key)) return true;
            }
        }
    }
    return false;
}

}  // namespace

result<void> authorize_third_party_invite(auth_context const& context) {
    auto const& event = context.event;
    std::string_view const target = *event.state_key();
    if (context.membership(target) == "ban") return context.reject("third-party invite: the user is banned");
    auto const* invite = base::find_object(event.content(), "third_party_invite");
    auto const* proof = invite != nullptr ? base::find_object(*invite, "signed") : nullptr;
    if (proof == nullptr) return context.reject("third-party invite: it has nothing signed");
    auto const mxid = base::find_string(*proof, "mxid");
    auto const token = base::find_string(*proof, "token");
    if (!mxid || !token) return context.reject("third-party invite: what is signed has no mxid or no token");
    if (*mxid != target) return context.reject("third-party invite: what is signed is about another user");
    auto const* issued = context.state.find(event_types::third_party_invite, *token);
    if (issued == nullptr) return context.reject("third-party invite: the room has no invite with this token");
    if (issued->sender() != event.sender()) return context.reject("third-party invite: the sender is not who invited");
    if (!is_signed_by_any(*proof, keys_of(issued->content())))
        return context.reject("third-party invite: no signature is by one of its keys");
    return {};
}

}  // namespace chatrixcd::protocol
