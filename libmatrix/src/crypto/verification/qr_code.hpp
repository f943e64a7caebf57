// SPDX-License-Identifier: Apache-2.0
// The bytes of a QR code by which two devices verify each other, which keys they carry, and what a code proves whose keys are the known
// ones (client-server API, "QR codes", "QR code format"). Pure; the picture is drawn and read elsewhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <chatrixcd/base/error.hpp>
#include <chatrixcd/base/secret.hpp>

#include "crypto/verification/verified_party.hpp"

namespace chatrixcd::matrix::crypto {

// What the one who shows the code verifies. The values are those of the format.
enum class qr_mode : std::uint8_t {
    other_user = 0x00,       // another user, by both identities
    trusts_identity = 0x01,  // the other device, which is one of their own user, by the identity that they trust
    learns_identity = 0x02,  // the identity of their own user, by the other device, which trusts it
};

inline constexpr std::size_t qr_key_size = 32;
inline constexpr std::size_t shortest_qr_secret = 8;

struct qr_keys {
    qr_mode mode{};
    std::string first;   // 32 bytes: of the one who shows the code, the identity's, or the device's (learns_identity)
    std::string second;  // 32 bytes: what they take for the other device's (trusts_identity), or for the identity's

    bool operator==(qr_keys const&) const = default;
};

struct qr_code {
    qr_keys keys;
    std::string id;       // of the verification: of the transaction, or of the event that asked for it
    base::secret secret;  // who has seen the code knows it
};

// The bytes of the code's one segment. Error `invalid`: the keys, the id or the secret have not the lengths that the format has, or all
// of it is longer than a QR code can be (2,953 bytes).
base::result<base::secret> encode_qr_code(qr_code const& code);
// Error `invalid`: it is none of Matrix, of another version or an unknown mode, cut off, or with a secret of less than 8 bytes.
base::result<qr_code> decode_qr_code(std::string_view bytes);

// Which keys a code of `who` carries that is for `whom`. Nothing: one of them has not the keys that it takes. A device trusts its user's
// identity if `who` names it.
std::optional<qr_keys> qr_keys_of(verified_party const& who, verified_party const& whom);

// Which of the other's keys are proved.
struct qr_proof {
    bool device = false;
    bool identity = false;

    bool operator==(qr_proof const&) const = default;
};

// Of `them`, to us, once they have seen a code of ours of this mode, and our person has seen that they have.
qr_proof proof_of_shown(qr_mode mode);
// Of `them`, to us, who have scanned their code. Nothing: its keys are not theirs as we know them and ours as we are, or nothing follows
// from it, for neither device trusts the identity.
std::optional<qr_proof> proof_of_scanned(qr_keys const& code, verified_party const& us, verified_party const& them);

}  // namespace chatrixcd::matrix::crypto
