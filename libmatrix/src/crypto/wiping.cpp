// SPDX-License-Identifier: Apache-2.0
#include "crypto/wiping.hpp"

#include <openssl/crypto.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

namespace chatrixcd::matrix::crypto {

namespace json = boost::json;

void wipe_strings(json::value& in) noexcept {
    if (auto* const text = in.if_string()) OPENSSL_cleanse(text->data(), text->size());
    if (auto* const object = in.if_object()) wipe_strings(*object);
    if (auto* const array = in.if_array()) {
        for (auto& each : *array) wipe_strings(each);
    }
}

void wipe_strings(json::object& in) noexcept {
    for (auto& member : in) wipe_strings(member.value());
}

}  // namespace chatrixcd::matrix::crypto
