// SPDX-License-Identifier: Apache-2.0
// A quick look into a database of a process that lives, as often as it commits. The connection changes nothing, not even when it is the
// last one of a process that died meanwhile: what the next process finds is what the dead one has left. It must be closed before a process
// is made (SQLite's locks do not pass a fork()) and before one ends in good order, which shall be the last to close its database.
#pragma once

#include <memory>
#include <string>
#include <vector>

struct sqlite3;

namespace chatrixcd::test {

class glance {
public:
    explicit glance(std::string path) : path_(std::move(path)) {}

    // The first column of each row. While the database cannot be read: one row that says so.
    std::vector<std::string> rows(char const* sql);
    void close() { open_.reset(); }

private:
    struct closer {
        void operator()(sqlite3* connection) const;
    };
    std::string path_;
    std::unique_ptr<sqlite3, closer> open_;
};

}  // namespace chatrixcd::test
