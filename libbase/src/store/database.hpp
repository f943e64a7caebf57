// SPDX-License-Identifier: Apache-2.0
// One SQLite connection: everything that the store does with SQLite goes through here. Failures are store_error or
// constraint_violation.
#pragma once

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <chatrixcd/base/store.hpp>

namespace chatrixcd::base {

class database {
public:
    // Opens the file, which must exist, or a database in memory if the path is empty; through SQLite's VFS of that name, if there is one.
    explicit database(std::string const& path, std::string const& vfs = {});

    std::int64_t run(std::string_view sql, std::span<sql_parameter const> parameters);
    std::vector<row> query(std::string_view sql, std::span<sql_parameter const> parameters);
    // Several statements, without parameters and results.
    void execute(std::string const& script);
    // Whether a transaction is open. SQLite ends it by itself after some failures: a full disk, an I/O error.
    bool in_transaction() const noexcept;

private:
    SQLite::Statement& prepared(std::string_view sql);
    SQLite::Statement& prepare(std::string_view sql, std::span<sql_parameter const> parameters);

    struct text_hash : std::hash<std::string_view> {
        using is_transparent = void;
    };

    SQLite::Database connection_;
    // Statements by their text; the connection must outlive them.
    using statements = std::unordered_map<std::string, std::unique_ptr<SQLite::Statement>, text_hash, std::equal_to<>>;
    statements prepared_;
    statements::iterator last_ = prepared_.end();  // used last
};

}  // namespace chatrixcd::base
