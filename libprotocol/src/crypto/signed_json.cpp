// SPDX-License-Identifier: Apache-2.0
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <chatrixcd/protocol/base64.hpp>
#include <chatrixcd/protocol/signing.hpp>

#include "json/canonical_writer.hpp"

namespace json = boost::json;

namespace chatrixcd::protocol {

namespace {

base::result<std::string> signed_bytes(json::object const& object) { return canonical_json_without(object, {"signatures", "unsigned"}); }

json::string const* find_signature(json::object const& object, std::string_view entity, std::string_view key_id) {
    auto const* signatures = object.if_contains("signatures");
    auto const* of_all = signatures != nullptr ? signatures->if_object() : nullptr;
    auto const* entry = of_all != nullptr ? of_all->if_contains(entity) : nullptr;
    auto const* of_entity = entry != nullptr ? entry->if_object() : nullptr;
    auto const* signature = of_entity != nullptr ? of_entity->if_contains(key_id) : nullptr;
    return signature != nullptr ? signature->if_string() : nullptr;
}

// Whether a signature can be added without overwriting something that is no object of objects.
bool takes_signature(json::object const& object, std::string_view entity) {
    auto const* signatures = object.if_contains("signatures");
    if (signatures == nullptr) return true;
    if (!signatures->is_object()) return false;
    auto const* of_entity = signatures->get_object().if_contains(entity);
    return of_entity == nullptr || of_entity->is_object();
}

json::object& member_object(json::object& object, std::string_view key) {
    auto& member = object[key];
    return member.is_null() ? member.emplace_object() : member.get_object();
}

}  // namespace

base::result<void> sign_json(json::object& object, std::string_view entity, signing_key const& key) {
    if (!takes_signature(object, entity)) return base::error(base::error_kind::invalid, "the member `signatures` is malformed");
    auto const bytes = signed_bytes(object);
    if (!bytes) return bytes.error();
    member_object(member_object(object, "signatures"), entity)[key.key_id()] = encode_base64(key.sign(*bytes));
    return {};
}

base::result<void> verify_json(json::object const& object, std::string_view entity, std::string_view key_id, verify_key const& key) {
    auto const* signature = find_signature(object, entity, key_id);
    if (signature == nullptr) return base::error(base::error_kind::not_found, "there is no signature of this signer with this key");
    auto const bytes = signed_bytes(object);
    if (!bytes) return bytes.error();
    if (!key.verify(*bytes, *signature)) return base::error(base::error_kind::forbidden, "the signature is wrong");
    return {};
}

}  // namespace chatrixcd::protocol
