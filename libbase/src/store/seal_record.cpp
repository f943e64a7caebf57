// SPDX-License-Identifier: Apache-2.0
#include "store/seal_record.hpp"

#include <array>
#include <span>
#include <utility>

#include <chatrixcd/base/random.hpp>

#include "store/sealed_values.hpp"

namespace chatrixcd::base {

namespace {

constexpr sealed_column proof_column("store_seal", "proof");
constexpr char const* all_is_sealed = "complete";
constexpr char const* some_may_not_be = "under way";
constexpr std::size_t salt_size = 16;

bool has_table(database& db, std::string const& name) {
    std::array<sql_parameter, 1> const named = {name};
    return !db.query("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?1", named).empty();
}

std::string text_of(blob const& bytes) { return std::string(reinterpret_cast<char const*>(bytes.data()), bytes.size()); }

blob new_salt() {
    blob salt(salt_size);
    make_system_random()->fill(salt);
    return salt;
}

std::string proof_text(std::string const& state, std::int64_t steps) { return state + ", schema " + std::to_string(steps); }

// A key that must exist already.
struct existing_key {
    result<store_key> operator()(std::monostate) const {
        return error(error_kind::environment, "what it holds is sealed, and no key was given");
    }
    result<store_key> operator()(store_key const& key) const { return key; }
    result<store_key> operator()(store_key_file const& file) const { return store_key::from_file(file.path); }
};

error not_opened(error const& why) {
    auto const advice =
        std::string("A store needs the key that it was made with: a copy of one is of no use without the other. Nothing was changed.");
    return error(error_kind::environment, why.message()).with_hint(why.hint().empty() ? advice : why.hint());
}

error changed_by_somebody(std::string const& how) {
    return error(error_kind::environment, how).with_hint("Somebody has changed the file: put back a copy of it. Nothing was changed.");
}

// Sealed anew, what somebody has put there in the clear would pass for the store's own, and what was sealed could be read by nobody: the
// salt of its keys is in the record.
error record_is_gone(sealed_column const& column) {
    return changed_by_somebody("the record of its seal is gone, and " + column.label() + " holds what was sealed");
}

std::string name_of(store_key_source const& source) {
    auto const* const file = std::get_if<store_key_file>(&source);
    return file == nullptr ? "the one that was given" : "that of " + file->path;
}

}  // namespace

seal_record::seal_record(std::vector<sealed_column> columns, store_key_source source)
    : columns_(std::move(columns)), source_(std::move(source)), seals_(columns_) {
    columns_.push_back(proof_column);
}

result<seal_record> seal_record::open(database& db, std::vector<sealed_column> columns, store_key_source source) {
    seal_record record(std::move(columns), std::move(source));
    record.is_new_ = !has_table(db, "schema_migrations");
    if (!has_table(db, "store_seal")) return std::move(record).unsealed(db);
    auto const stored = db.query("SELECT salt, proof, (SELECT count(*) FROM schema_migrations) FROM store_seal", {});
    if (stored.size() != 1) return error(error_kind::environment, "the record of its seal is damaged");
    auto const unlocked = record.unlock(stored.front());
    if (!unlocked) return not_opened(unlocked.error());
    return record;
}

result<seal_record> seal_record::unsealed(database& db) && {
    bool const will_be_sealed = !std::holds_alternative<std::monostate>(source_);
    auto const left = will_be_sealed ? find_value_of(db, columns_, encrypted_format) : std::nullopt;
    if (left) return record_is_gone(*left);
    return std::move(*this);
}

result<void> seal_record::unlock(row const& stored) {
    auto key = std::visit(existing_key(), source_);
    if (!key) return key.error();
    is_sealed_ = true;
    seals_ = column_seals(columns_, std::move(*key), text_of(stored.bytes(0)));
    auto const proof = seals_.unseal(proof_column, stored.bytes(1));
    if (!proof) return error(error_kind::environment, "what it holds is sealed with another key than " + name_of(source_));
    steps_ = stored.integer(2);
    return read_proof(*proof);
}

result<void> seal_record::read_proof(std::string const& proof) {
    // The first records were without the schema's steps.
    has_no_steps_ = proof == all_is_sealed || proof == some_may_not_be;
    unfinished_ = proof == some_may_not_be || proof == proof_text(some_may_not_be, steps_);
    if (has_no_steps_ || unfinished_ || proof == proof_text(all_is_sealed, steps_)) return {};
    return changed_by_somebody("its schema is not the one that it was sealed with");
}

blob seal_record::proof_of_state() { return seals_.seal(proof_column, proof_text(unfinished_ ? some_may_not_be : all_is_sealed, steps_)); }

void seal_record::keep_proof(database& db) {
    auto const proof = proof_of_state();
    std::array<sql_parameter, 1> const values = {proof};
    db.run("UPDATE store_seal SET proof = ?1", values);
}

result<void> seal_record::note_step(database& db, std::int64_t step) {
    steps_ = step;
    if (!is_sealed_) return {};
    // Where all is sealed nothing is in the clear but what somebody has put there, which would be sealed with what the step writes.
    auto const planted = unfinished_ ? std::nullopt : find_value_of(db, columns_, plain_format);
    if (planted) return changed_by_somebody("a value of " + planted->label() + " is not encrypted, though the store is");
    unfinished_ = true;
    keep_proof(db);
    return {};
}

result<void> seal_record::begin(database& db) {
    if (has_no_steps_) keep_proof(db);
    if (is_sealed_ || std::holds_alternative<std::monostate>(source_)) return {};
    auto const* const file = std::get_if<store_key_file>(&source_);
    auto key = file == nullptr ? result<store_key>(std::get<store_key>(source_)) : store_key::of_new_file(file->path);
    if (!key) return key.error();
    auto const salt = new_salt();
    seals_ = column_seals(columns_, std::move(*key), text_of(salt));
    steps_ = db.query("SELECT count(*) FROM schema_migrations", {}).front().integer(0);
    // Of a database that is being made nothing is there that would have to be sealed.
    unfinished_ = !is_new_;
    auto const proof = proof_of_state();
    std::array<sql_parameter, 2> const values = {salt, proof};
    db.execute("BEGIN IMMEDIATE; CREATE TABLE store_seal (id INTEGER PRIMARY KEY CHECK (id = 1), salt BLOB NOT NULL, proof BLOB NOT NULL)");
    db.run("INSERT INTO store_seal (id, salt, proof) VALUES (1, ?1, ?2)", values);
    db.execute("COMMIT");
    is_sealed_ = true;
    return {};
}

void seal_record::finish(database& db) {
    unfinished_ = false;
    keep_proof(db);
}

}  // namespace chatrixcd::base
