// SPDX-License-Identifier: Apache-2.0
// The account's backup of room keys at the homeserver (client-server API, "Server-side key backups"): what it is worth, and how far it is
// kept up. With a recovery key (options::recovery()) one is made where there is none, its private key in the account's secret storage.
// Nobody's is ever replaced or removed, but by client::replace_identity().
//
// What is restored reads old messages; it vouches for nobody (trust::source is key_source::backup then, and nothing is said of a device).
#pragma once

#include <cstdint>
#include <string>

namespace chatrixcd::matrix {

// Why keys are put into a backup that the homeserver shows.
enum class backup_voucher : std::uint8_t {
    nobody,      // they are not: it could be anybody's
    signature,   // our identity, or a device of ours, has signed it: keys are put there, and none can be read there
    private_key  // we hold its private key: keys are put there and read there
};

class key_backup_state {
public:
    key_backup_state() = default;

    // As the homeserver names it; empty: there is none.
    std::string version;
    backup_voucher vouched_by = backup_voucher::nobody;
    // Keys in it, as the homeserver said last.
    std::int64_t count = 0;
    // Keys of this store that are not in it.
    std::int64_t missing = 0;
    // What is wrong, and what to do, in one line; empty: nothing.
    std::string problem;
};

// What an import of keys brought.
struct imported_keys {
    std::size_t taken = 0;  // keys that are new, or read more than those that were here
    std::size_t known = 0;
    std::size_t refused = 0;  // malformed, or contradicting what was imported before
};

}  // namespace chatrixcd::matrix
