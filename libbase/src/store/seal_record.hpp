// SPDX-License-Identifier: Apache-2.0
// What a database knows of its seal: the table store_seal with one row, or without. Its proof is a text under the key: whether
// everything is sealed already, and how many steps the schema had. A key that does not read it is another one; a schema that has not so
// many was set back by somebody, for whose values the steps would be done again.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <chatrixcd/base/store.hpp>

#include "store/column_seals.hpp"
#include "store/database.hpp"

namespace chatrixcd::base {

class seal_record {
public:
    // Reads what the database has. Before anything of it is changed. Errors (environment): sealed, and the key is not there or another;
    // its record is gone, or its schema is not that of the record.
    static result<seal_record> open(database& db, std::vector<sealed_column> columns, store_key_source source);

    // Before a step of the schema, in its transaction: from now on there may be values that are not encrypted, which the step writes.
    // Error (environment): somebody has put one there before.
    result<void> note_step(database& db, std::int64_t step);
    // Once the schema is there: a database that is not sealed yet is from now on, if there is a key, which is made if its file is missing.
    // Errors: those of store_key.
    result<void> begin(database& db);
    // Whether there may be values that are not encrypted, though there is a key.
    bool is_unfinished() const noexcept { return unfinished_; }
    void finish(database& db);

    column_seals& seals() noexcept { return seals_; }

private:
    seal_record(std::vector<sealed_column> columns, store_key_source source);
    result<seal_record> unsealed(database& db) &&;
    result<void> unlock(row const& stored);
    result<void> read_proof(std::string const& proof);
    blob proof_of_state();
    void keep_proof(database& db);

    std::vector<sealed_column> columns_;
    store_key_source source_;
    column_seals seals_;
    bool is_new_ = false;     // without any table
    bool is_sealed_ = false;  // has the row
    bool unfinished_ = false;
    std::int64_t steps_ = 0;     // of the schema
    bool has_no_steps_ = false;  // the record does not say how many
};

}  // namespace chatrixcd::base
