// SPDX-License-Identifier: Apache-2.0
#include "keys/signatures.hpp"

#include <utility>

#include <chatrixcd/base/json_reader.hpp>

namespace chatrixcd::homeserver {

namespace json = boost::json;

namespace {

// Made if there is none.
json::object& object_at(json::object& from, std::string_view key) {
    auto& value = from[key];
    if (!value.is_object()) value.emplace_object();
    return value.get_object();
}

}  // namespace

json::object without_signatures(json::object const& key) {
    auto rest = key;
    rest.erase("signatures");
    rest.erase("unsigned");
    return rest;
}

void add_signature(json::object& key, key_signature const& made) {
    object_at(object_at(key, "signatures"), made.signer)[made.key_id] = made.signature;
}

void hide_signatures(json::object& key, std::string_view owner, std::string_view reader) {
    auto const* all = base::find_object(key, "signatures");
    if (all == nullptr) return;
    json::object shown;
    for (auto const& [signer, made] : *all) {
        std::string_view const who = signer;
        if (who == owner || who == reader) shown[signer] = made;
    }
    key["signatures"] = std::move(shown);
}

json::object const* signatures_by(json::object const& key, std::string_view user) {
    auto const* all = base::find_object(key, "signatures");
    return all == nullptr ? nullptr : base::find_object(*all, user);
}

}  // namespace chatrixcd::homeserver
