// SPDX-License-Identifier: Apache-2.0
#include "store/commit_queue.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace chatrixcd::base {

namespace {

// How many closures one transaction takes. Those beyond stay in line, first come first served; each belongs to a coroutine that
// waits for it, so that the line is no longer than the program has coroutines.
constexpr std::size_t max_batch = 256;

// SQLite ends a transaction by itself after some failures. A statement run after that would commit alone.
void require_transaction(database const& db) {
    if (!db.in_transaction()) throw store_error("the database ended the transaction by itself");
}

class open_transaction final : public transaction {
public:
    open_transaction(database& db, column_seals& seals) : db_(db), seals_(seals) {}

    std::int64_t run(std::string_view sql, std::span<sql_parameter const> parameters) override {
        require_transaction(db_);
        return db_.run(sql, parameters);
    }

    std::vector<row> query(std::string_view sql, std::span<sql_parameter const> parameters) override {
        require_transaction(db_);
        return db_.query(sql, parameters);
    }

    blob seal(sealed_column const& column, std::string_view content) override { return seals_.seal(column, content); }
    result<std::string> unseal(sealed_column const& column, blob const& value) override { return seals_.unseal(column, value); }

private:
    database& db_;
    column_seals& seals_;
};

// Whatever stopped the transaction, callers see one type.
std::exception_ptr as_store_error(std::string const& what) {
    try {
        throw;
    } catch (std::exception const& e) {
        return std::make_exception_ptr(store_error(what + ": " + e.what()));
    } catch (...) {
        return std::make_exception_ptr(store_error(what));
    }
}

void roll_back(database& db) noexcept {
    try {
        if (db.in_transaction()) db.execute("ROLLBACK");
    } catch (...) {
        // The next BEGIN will fail, and say so to its callers.
    }
}

}  // namespace

commit_queue::commit_queue(std::unique_ptr<database> db, column_seals seals, store_hooks hooks, std::unique_ptr<store_runner> runner)
    : db_(std::move(db)), seals_(std::move(seals)), hooks_(std::move(hooks)), runner_(std::move(runner)) {}

void commit_queue::push(closure work, answer done) {
    {
        std::lock_guard const lock(mutex_);
        waiting_.push_back(entry{std::move(work), std::move(done), nullptr});
        if (std::exchange(draining_, true)) return;
    }
    runner_->post([this] { drain(); });
}

void commit_queue::drain() {
    while (true) {
        auto batch = take();
        if (batch.empty()) return;
        run(batch);
    }
}

std::vector<commit_queue::entry> commit_queue::take() {
    std::lock_guard const lock(mutex_);
    auto const last = waiting_.begin() + static_cast<std::ptrdiff_t>(std::min(waiting_.size(), max_batch));
    std::vector<entry> batch(std::make_move_iterator(waiting_.begin()), std::make_move_iterator(last));
    waiting_.erase(waiting_.begin(), last);
    if (batch.empty()) draining_ = false;
    return batch;
}

void commit_queue::run(std::vector<entry>& batch) {
    auto const lost = commit(batch);
    for (auto& one : batch) {
        one.work = nullptr;  // what the closure captured goes before its caller runs again
        one.done(one.failure ? one.failure : lost);
    }
}

std::exception_ptr commit_queue::commit(std::vector<entry>& batch) {
    try {
        db_->run("BEGIN IMMEDIATE", {});
        for (auto& one : batch) run_one(one, /*alone=*/batch.size() == 1);
        if (std::ranges::all_of(batch, [](entry const& one) { return one.failure != nullptr; })) {
            roll_back(*db_);
            return nullptr;
        }
        if (hooks_.before_commit) hooks_.before_commit();
        db_->run("COMMIT", {});
    } catch (...) {
        auto lost = as_store_error("the transaction was not committed");
        roll_back(*db_);
        return lost;
    }
    ++commits_;
    try {
        if (hooks_.after_commit) hooks_.after_commit();
    } catch (...) {
        return as_store_error("the transaction was committed, but its answer was lost");
    }
    return nullptr;
}

void commit_queue::run_one(entry& one, bool alone) {
    // What has the transaction to itself is taken back with it: SQLite need not remember every page that it changes once more.
    if (!alone) db_->run("SAVEPOINT closure", {});
    try {
        open_transaction here(*db_, seals_);
        one.work(here);
    } catch (...) {
        one.failure = std::current_exception();
    }
    require_transaction(*db_);
    if (alone) return;
    if (one.failure) db_->run("ROLLBACK TO closure", {});
    db_->run("RELEASE closure", {});
}

}  // namespace chatrixcd::base
