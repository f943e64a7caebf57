// SPDX-License-Identifier: Apache-2.0
#include "crypto/sha256.hpp"

#include <openssl/evp.h>

#include <chatrixcd/base/error.hpp>

namespace chatrixcd::protocol {

std::array<std::byte, 32> sha256(std::string_view bytes) {
    std::array<std::byte, 32> digest;
    auto* out = reinterpret_cast<unsigned char*>(digest.data());
    if (EVP_Digest(bytes.data(), bytes.size(), out, nullptr, EVP_sha256(), nullptr) != 1)
        throw base::error_exception(base::error(base::error_kind::environment, "SHA-256 is not available"));
    return digest;
}

}  // namespace chatrixcd::protocol
