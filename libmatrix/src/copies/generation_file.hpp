// SPDX-License-Identifier: Apache-2.0
// The number of the store (copies/table.hpp, own_mark) once more, in a small file beside the database: when the database alone is put back
// from a copy, the file says so, whatever the homeserver keeps for us. Written with each step of the number and not with each message.
#pragma once

#include <cstdint>
#include <string>

#include <chatrixcd/base/error.hpp>

namespace chatrixcd::matrix::detail {

class generation_file {
public:
    // In memory (an empty folder) there is nothing to be put back.
    explicit generation_file(std::string const& folder) : path_(folder.empty() ? std::string() : folder + "/matrix.generation") {}

    bool is_used() const noexcept { return !path_.empty(); }
    // What was last written for the store of that name. Errors: not_found (nothing, or for another store), environment, invalid (damaged).
    base::result<std::int64_t> read(std::string const& store) const;
    // On the disk when it returns. Error: environment.
    base::result<void> write(std::string const& store, std::int64_t number) const;

private:
    std::string path_;
};

}  // namespace chatrixcd::matrix::detail
