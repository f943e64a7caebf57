// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/matrix/fingerprint.hpp>

#include <chatrixcd/matrix/user_identity.hpp>
#include <chatrixcd/protocol/signing.hpp>
#include <utility>

namespace chatrixcd::matrix {

std::string shown_fingerprint(std::string_view key) {
    constexpr std::size_t group = 4;
    std::string shown;
    for (std::size_t at = 0; at < key.size(); at += group) {
        if (at > 0) shown += ' ';
        shown += key.substr(at, group);
    }
    return shown;
}

result<std::string> parse_fingerprint(std::string_view shown) {
    std::string text;
    for (char const each : shown) {
        if (each != ' ' && each != '\t') text += each;
    }
    auto const key = protocol::verify_key::parse(text);
    if (!key) return error(error_kind::invalid, "it is no key: 43 letters, digits, + and /, with or without blanks");
    return key->base64();
}

result<trusted_key> trusted_key::parse(user_id user, std::string_view shown) {
    auto key = parse_fingerprint(shown);
    if (!key) return key.error();
    return trusted_key(std::move(user), std::move(*key));
}

}  // namespace chatrixcd::matrix
