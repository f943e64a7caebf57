// SPDX-License-Identifier: Apache-2.0
#include "store/database.hpp"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

#include <cstddef>
#include <utility>

namespace chatrixcd::base {

namespace {

constexpr int busy_timeout_ms = 5000;
// A program has some dozens of statements. Past this the texts are built at run time, and a cache is of no use.
constexpr std::size_t max_prepared = 256;

[[noreturn]] void rethrow_as_ours(SQLite::Exception const& e, std::string_view sql) {
    auto what = std::string(e.what());
    if (!sql.empty()) what += " in: " + std::string(sql);
    if (e.getErrorCode() == SQLITE_CONSTRAINT) throw constraint_violation(what);
    throw store_error(what);
}

class binder {
public:
    binder(SQLite::Statement& statement, int place) : statement_(statement), place_(place) {}
    void operator()(std::monostate) const { statement_.bind(place_); }
    void operator()(std::int64_t number) const { statement_.bind(place_, number); }
    void operator()(double number) const { statement_.bind(place_, number); }
    // The parameters outlive the statement's run: nothing is copied.
    void operator()(std::string const* text) const { statement_.bindNoCopy(place_, *text); }
    void operator()(std::string const& text) const { statement_.bindNoCopy(place_, text); }
    void operator()(blob const* bytes) const {
        // A null pointer would bind NULL instead of an empty blob.
        static constexpr std::byte nothing{};
        void const* start = bytes->empty() ? &nothing : bytes->data();
        statement_.bindNoCopy(place_, start, static_cast<int>(bytes->size()));
    }

private:
    SQLite::Statement& statement_;
    int place_;
};

sql_value value_of(SQLite::Column const& column) {
    if (column.isInteger()) return column.getInt64();
    if (column.isFloat()) return column.getDouble();
    if (column.isText()) return column.getString();
    if (column.isNull()) return std::monostate();
    auto const* bytes = static_cast<std::byte const*>(column.getBlob());
    auto const size = static_cast<std::size_t>(column.getBytes());
    return bytes == nullptr ? blob() : blob(bytes, bytes + size);
}

// A prepared statement in use; afterwards it holds no row, no lock and no parameter.
class running {
public:
    explicit running(SQLite::Statement& statement) : statement_(statement) {}
    running(running const&) = delete;
    running& operator=(running const&) = delete;
    ~running() {
        statement_.tryReset();
        statement_.clearBindings();
    }
    SQLite::Statement* operator->() const noexcept { return &statement_; }

private:
    SQLite::Statement& statement_;
};

}  // namespace

database::database(std::string const& path, std::string const& vfs) try
    : connection_(path.empty() ? ":memory:" : path, SQLite::OPEN_READWRITE | SQLite::OPEN_NOMUTEX, busy_timeout_ms,
                  path.empty() ? std::string() : vfs) {
    execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;");
    // In a transaction of many rows the same pages change again and again. SQLite would write them out each time the cache (4 MB) is full;
    // so it grows for the transaction, to 32 MB at most. What a closure's savepoint must be able to take back need not go to a file either.
    execute("PRAGMA cache_size=-4000; PRAGMA cache_spill=8192; PRAGMA temp_store=MEMORY;");
    // The write-ahead log goes into the database when it has 16 MB, not 4: that waits for the disk twice, and the same pages change often.
    execute("PRAGMA wal_autocheckpoint=4000;");
} catch (SQLite::Exception const& e) {
    rethrow_as_ours(e, {});
}

std::int64_t database::run(std::string_view sql, std::span<sql_parameter const> parameters) try {
    running const statement(prepare(sql, parameters));
    auto const before = connection_.getTotalChanges();
    while (statement->executeStep()) {
    }
    // SQLite's own count is that of the last INSERT, UPDATE or DELETE, whichever statement that was.
    return connection_.getTotalChanges() == before ? 0 : connection_.getChanges();
} catch (SQLite::Exception const& e) {
    rethrow_as_ours(e, sql);
}

std::vector<row> database::query(std::string_view sql, std::span<sql_parameter const> parameters) try {
    running const statement(prepare(sql, parameters));
    std::vector<row> rows;
    while (statement->executeStep()) {
        std::vector<sql_value> columns;
        columns.reserve(static_cast<std::size_t>(statement->getColumnCount()));
        for (int i = 0; i < statement->getColumnCount(); ++i) columns.push_back(value_of(statement->getColumn(i)));
        rows.emplace_back(std::move(columns));
    }
    return rows;
} catch (SQLite::Exception const& e) {
    rethrow_as_ours(e, sql);
}

void database::execute(std::string const& script) try { connection_.exec(script); } catch (SQLite::Exception const& e) {
    rethrow_as_ours(e, script);
}

bool database::in_transaction() const noexcept { return sqlite3_get_autocommit(connection_.getHandle()) == 0; }

// The same statement often runs many times in a row, and comparing a text is cheaper than its hash.
SQLite::Statement& database::prepared(std::string_view sql) {
    if (last_ != prepared_.end() && last_->first == sql) return *last_->second;
    last_ = prepared_.find(sql);
    if (last_ == prepared_.end()) {
        if (prepared_.size() >= max_prepared) prepared_.clear();
        auto text = std::string(sql);
        auto fresh = std::make_unique<SQLite::Statement>(connection_, text);
        last_ = prepared_.emplace(std::move(text), std::move(fresh)).first;
    }
    return *last_->second;
}

SQLite::Statement& database::prepare(std::string_view sql, std::span<sql_parameter const> parameters) {
    auto& statement = prepared(sql);
    // A parameter left out would silently be NULL.
    if (static_cast<std::size_t>(statement.getBindParameterCount()) != parameters.size()) {
        throw store_error("wrong number of parameters for: " + std::string(sql));
    }
    for (std::size_t i = 0; i < parameters.size(); ++i) std::visit(binder(statement, static_cast<int>(i) + 1), parameters[i].get());
    return statement;
}

}  // namespace chatrixcd::base
