// SPDX-License-Identifier: Apache-2.0
// A database file with a thread of its own. Work is a closure that runs on that thread as one savepoint and returns a value; closures
// queued up meanwhile share one transaction, and results leave only after its COMMIT. The loop never waits for the disk.
//
// A closure captures values and returns values: no pointer into the loop's memory, no co_await. A closure that throws is rolled back
// alone, and its exception reaches its caller. If COMMIT fails, every closure of that transaction fails with store_error and nothing
// of it is kept. Calls cannot be cancelled: the caller takes the result, then sees its cancellation at its next co_await.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <chatrixcd/base/error.hpp>
#include <chatrixcd/base/sealed_column.hpp>
#include <chatrixcd/base/store_key.hpp>

namespace chatrixcd::base {

using blob = std::vector<std::byte>;

// What a column holds: NULL, INTEGER, REAL, TEXT, BLOB.
using sql_value = std::variant<std::monostate, std::int64_t, double, std::string, blob>;

// What a statement binds. A std::string and a blob are looked at where they are and must outlive the call, as everything does that is
// named in it; other texts are copied.
class sql_parameter {
public:
    using bound = std::variant<std::monostate, std::int64_t, double, std::string const*, blob const*, std::string>;

    sql_parameter(std::monostate) {}
    sql_parameter(std::int64_t number) : bound_(number) {}
    sql_parameter(double number) : bound_(number) {}
    sql_parameter(std::string const& text) : bound_(&text) {}
    sql_parameter(std::string_view text) : bound_(std::string(text)) {}
    sql_parameter(char const* text) : bound_(std::string(text)) {}
    sql_parameter(blob const& bytes) : bound_(&bytes) {}
    sql_parameter(sql_value const& value);
    // The nothing of an optional is NULL.
    template <class T>
    sql_parameter(std::optional<T> const& value) : sql_parameter(value ? sql_parameter(*value) : sql_parameter(std::monostate())) {}

    bound const& get() const noexcept { return bound_; }

private:
    bound bound_;
};

// The database cannot do its work: disk full, file damaged, read-only. The environment is broken; nothing of the closure was kept.
class store_error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// One row of a result. Columns count from 0; asking for a type that the column does not have throws std::logic_error.
class row {
public:
    explicit row(std::vector<sql_value> columns) : columns_(std::move(columns)) {}
    std::int64_t integer(std::size_t column) const;
    std::string text(std::size_t column) const;
    blob bytes(std::size_t column) const;
    bool is_null(std::size_t column) const;
    std::optional<std::int64_t> optional_integer(std::size_t column) const;
    std::optional<std::string> optional_text(std::size_t column) const;

private:
    sql_value const& at(std::size_t column) const;
    std::vector<sql_value> columns_;
};

// What a closure may do. Exists only inside it. SQL is the common part of SQLite and PostgreSQL; parameters are ?1, ?2, ….
class transaction {
public:
    virtual ~transaction() = default;
    // Runs one statement; returns the number of rows changed. Throws store_error, or constraint_violation.
    virtual std::int64_t run(std::string_view sql, std::span<sql_parameter const> parameters) = 0;
    // All rows of a query. Bound what it can return with LIMIT.
    virtual std::vector<row> query(std::string_view sql, std::span<sql_parameter const> parameters) = 0;
    // The first row, or nothing.
    std::optional<row> first(std::string_view sql, std::span<sql_parameter const> parameters);

    // What a sealed column is given for `content`: encrypted if the store has a key. A column that the store was not opened with throws
    // std::logic_error.
    virtual blob seal(sealed_column const& column, std::string_view content) = 0;
    // What seal() was given for this column. Errors (environment): it was changed since, belongs to another column or another store, or is
    // not encrypted though the store has a key.
    virtual result<std::string> unseal(sealed_column const& column, blob const& value) = 0;

    // The same with the parameters spelled out: run("…", {id, name}).
    std::int64_t run(std::string_view sql, std::initializer_list<sql_parameter> parameters = {}) {
        return run(sql, std::span(parameters.begin(), parameters.size()));
    }
    std::vector<row> query(std::string_view sql, std::initializer_list<sql_parameter> parameters = {}) {
        return query(sql, std::span(parameters.begin(), parameters.size()));
    }
    std::optional<row> first(std::string_view sql, std::initializer_list<sql_parameter> parameters = {}) {
        return first(sql, std::span(parameters.begin(), parameters.size()));
    }
};

// A UNIQUE, PRIMARY KEY, NOT NULL, CHECK or foreign key rule refused a statement.
class constraint_violation : public store_error {
public:
    using store_error::store_error;
};

// Migrations are numbered from 1 by their place in the list; each runs once, in its own transaction, before the store is opened.
// A file written by a newer program (a higher number) is refused with a clear error.
struct migration {
    std::string name;
    std::string sql;  // one or more statements
};

// Runs closures one after another. Production: a thread. Simulations: make_inline_store_runner().
class store_runner {
public:
    virtual ~store_runner() = default;
    // Queues a job, from any thread. Jobs run in order, never two at once.
    virtual void post(std::function<void()> job) = 0;
};
// One thread; joined by the destructor after what was queued has run.
std::unique_ptr<store_runner> make_store_thread();
// Runs each job inside post(): for simulations under a virtual clock.
std::unique_ptr<store_runner> make_inline_store_runner();

// Seams for tests of crashes. The functions are called on the store's runner; a test makes them fail, wait or kill the process.
struct store_hooks {
    std::function<void()> before_commit;  // an exception here makes the COMMIT fail
    std::function<void()> after_commit;   // an exception here loses the answer: callers get it, yet the transaction is kept
    std::string vfs;                      // the name of a registered SQLite VFS to reach the disk through; empty: the system's own
};

class store_options {
public:
    store_options() = default;
    std::string path;  // a file; empty: in memory, gone with the store
    std::vector<migration> migrations;
    std::vector<sealed_column> sealed;  // every column that seal() is asked for
    store_key_source key;               // what they are sealed with
    store_hooks hooks;
};

class store {
public:
    // Opens (creating it with mode 0600), sets WAL and synchronous=FULL, migrates. An executor that waits for
    // a result must outlive the store. A store from before, whose columns are not sealed, is sealed if there is a key, in steps that go on
    // where a killed process left them; then what deleted rows have left in the file is overwritten.
    // So is one in whose sealed columns a migration may have written.
    // Errors (environment): unwritable folder, not a database, newer than this program, locked by another process; sealed, and there is no
    // key or another one, or somebody without the key has changed what the seal rests on: then nothing was changed.
    static result<std::unique_ptr<store>> open(store_options options, std::unique_ptr<store_runner> runner);
    // Whether the key is that of the database, of which nothing is changed, also while another process uses it. One that is not there or
    // not sealed has none. Errors (environment): no key or another one; not a database.
    static result<void> examine_key(std::string const& path, store_key_source const& key);
    ~store();
    store(store const&) = delete;
    store& operator=(store const&) = delete;

    // Runs `work(transaction&)` and returns its value after COMMIT. At most 256 closures wait; then callers wait for a place.
    template <class F>
    boost::asio::awaitable<std::invoke_result_t<F&, transaction&>> write(F work);
    // As write(), for closures that only read: they run in the same queue, so they see every write awaited before.
    template <class F>
    boost::asio::awaitable<std::invoke_result_t<F&, transaction&>> read(F work) {
        return write(std::move(work));
    }
    // How many transactions were committed since opening: for benchmarks and tests of "one transaction".
    std::uint64_t commits() const noexcept;

private:
    struct impl;
    explicit store(std::unique_ptr<impl> self);
    boost::asio::awaitable<void> run(std::function<void(transaction&)> work);

    std::unique_ptr<impl> impl_;
};

template <class F>
boost::asio::awaitable<std::invoke_result_t<F&, transaction&>> store::write(F work) {
    using value = std::invoke_result_t<F&, transaction&>;
    if constexpr (std::is_void_v<value>) {
        auto callable = std::make_shared<F>(std::move(work));
        std::function<void(transaction&)> closure = [callable](transaction& t) { (*callable)(t); };
        co_await run(std::move(closure));
    } else {
        auto callable = std::make_shared<F>(std::move(work));
        auto kept = std::make_shared<std::optional<value>>();
        std::function<void(transaction&)> closure = [callable, kept](transaction& t) { kept->emplace((*callable)(t)); };
        co_await run(std::move(closure));
        co_return std::move(**kept);
    }
}

// An exclusive lock on a folder: the file `lock` in it, flock'ed, close-on-exec, our pid inside. Held until destroyed.
class folder_lock {
public:
    // Makes the folder (0700) if it is not there. Errors: environment ("… is not writable: …"), conflict ("another process (pid 12)
    // uses …").
    static result<folder_lock> acquire(std::string const& folder);
    folder_lock(folder_lock&& other) noexcept;
    folder_lock& operator=(folder_lock&& other) noexcept;
    ~folder_lock();

private:
    explicit folder_lock(int descriptor) : descriptor_(descriptor) {}
    int descriptor_ = -1;
};

}  // namespace chatrixcd::base
