// SPDX-License-Identifier: Apache-2.0
#include "crypto/verification/sas_keys.hpp"

#include <span>
#include <utility>

#include <chatrixcd/protocol/base64.hpp>

#include "crypto/primitives/hashes.hpp"
#include "crypto/verification/faulty_base64.hpp"

namespace chatrixcd::matrix::crypto {

namespace {

constexpr std::size_t mac_key_size = 32;

std::string encoded(std::string_view bytes) {
    return protocol::encode_base64(std::as_bytes(std::span<char const>(bytes.data(), bytes.size())));
}

}  // namespace

base::result<void> sas_keys::agree(std::string_view their_key) {
    auto shared = own_.agree(their_key);
    if (!shared) return base::error(base::error_kind::invalid, "the other's key of the verification is unusable");
    shared_ = std::move(*shared);
    return {};
}

base::secret sas_keys::bytes(std::string_view info, std::size_t count) const { return hkdf_sha256(shared_, info, count); }

std::string sas_keys::mac_bytes(std::string_view info, std::string_view of) const {
    return hmac_sha256(hkdf_sha256(shared_, info, mac_key_size).reveal(), of);
}

std::string sas_keys::mac(std::string_view info, std::string_view of) const { return encoded(mac_bytes(info, of)); }

std::string sas_keys::old_mac(std::string_view info, std::string_view of) const { return faulty_base64(mac_bytes(info, of)); }

}  // namespace chatrixcd::matrix::crypto
