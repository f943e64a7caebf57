// SPDX-License-Identifier: Apache-2.0
// Ed25519 keys as people read and type them: what clients show as a session's key or fingerprint.
#pragma once

#include <string>
#include <string_view>

#include <chatrixcd/base/error.hpp>
#include <chatrixcd/matrix/ids.hpp>

namespace chatrixcd::matrix {

// In groups of four, as clients show it: "abcd efgh …".
std::string shown_fingerprint(std::string_view key);
// What is shown, or unpadded Base64, with blanks wherever they are; gives unpadded Base64 without any. Error `invalid`: no key.
result<std::string> parse_fingerprint(std::string_view shown);

}  // namespace chatrixcd::matrix
