// SPDX-License-Identifier: Apache-2.0
// What the store knows of the account's key backup. Called inside store closures.
#pragma once

#include <optional>
#include <string>

#include "crypto/backup/backup_key.hpp"
#include "crypto/context.hpp"

namespace chatrixcd::matrix::crypto {

// The private key; nothing: this store does not hold it.
std::optional<backup_key> load_backup_key(context const& with);
void save_backup_key(context const& with, backup_key const& key);

// Where keys go. Empty: nowhere yet.
struct backup_place {
    std::string version;
    std::string public_key;

    friend bool operator==(backup_place const&, backup_place const&) = default;
};
backup_place load_backup_place(context const& with);
// Of another one than before it is not known which keys lie there: all are put there, and what waits is looked for again.
void use_backup_place(context const& with, backup_place const& place);

}  // namespace chatrixcd::matrix::crypto
