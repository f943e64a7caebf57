// SPDX-License-Identifier: Apache-2.0
#include "store/sequences.hpp"

#include <string>

namespace chatrixcd::homeserver::sequences {

std::int64_t next(base::transaction& db, std::string_view name) {
    return db.query("UPDATE sequences SET value = value + 1 WHERE name = ?1 RETURNING value", {std::string(name)}).at(0).integer(0);
}

std::int64_t last(base::transaction& db, std::string_view name) {
    return db.query("SELECT value FROM sequences WHERE name = ?1", {std::string(name)}).at(0).integer(0);
}

}  // namespace chatrixcd::homeserver::sequences
