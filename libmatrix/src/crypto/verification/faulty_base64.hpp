// SPDX-License-Identifier: Apache-2.0
// How libolm once wrote the MACs of a verification: its Base64 was written over the bytes that were still to be read, so that six of the
// thirty-two count (client-server API, "MAC calculation": `hkdf-hmac-sha256`; MSC3783). Clients of that time know nothing else.
#pragma once

#include <string>
#include <string_view>

namespace chatrixcd::matrix::crypto {

// `mac`: 32 bytes. What is made of it has 43.
std::string faulty_base64(std::string_view mac);

}  // namespace chatrixcd::matrix::crypto
