// SPDX-License-Identifier: Apache-2.0
#include "store/migrate.hpp"

#include <array>

namespace chatrixcd::base {

namespace {

std::string numbered(std::size_t number, std::string const& name) { return std::to_string(number) + " (" + name + ")"; }

// The steps that the file has seen, by their names.
std::vector<std::string> applied(database& db) {
    db.execute("CREATE TABLE IF NOT EXISTS schema_migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL)");
    std::vector<std::string> names;
    for (auto const& step : db.query("SELECT name FROM schema_migrations ORDER BY number", {})) names.push_back(step.text(0));
    return names;
}

result<void> apply(database& db, std::int64_t number, migration const& step, before_step const& before) {
    db.execute("BEGIN IMMEDIATE");
    try {
        auto allowed = before(number);
        if (!allowed) {
            db.execute("ROLLBACK");
            return allowed;
        }
        db.execute(step.sql);
        std::array<sql_parameter, 2> const entry = {number, step.name};
        db.run("INSERT INTO schema_migrations (number, name) VALUES (?1, ?2)", entry);
        db.execute("COMMIT");
        return {};
    } catch (...) {
        if (db.in_transaction()) db.execute("ROLLBACK");
        throw;
    }
}

}  // namespace

result<void> migrate(database& db, std::vector<migration> const& steps, before_step const& before) {
    auto const seen = applied(db);
    if (seen.size() > steps.size()) {
        return error(error_kind::environment, "the database was written by a newer version of this program (schema " +
                                                  std::to_string(seen.size()) + ", known: " + std::to_string(steps.size()) + ")")
            .with_hint("Use the newer version.");
    }
    for (std::size_t i = 0; i < seen.size(); ++i) {
        if (seen[i] == steps[i].name) continue;
        return error(error_kind::environment, "the database belongs to another program: its schema step " + numbered(i + 1, seen[i]) +
                                                  " should be " + numbered(i + 1, steps[i].name));
    }
    for (std::size_t i = seen.size(); i < steps.size(); ++i) {
        try {
            auto applied = apply(db, static_cast<std::int64_t>(i + 1), steps[i], before);
            if (!applied) return applied;
        } catch (store_error const& e) {
            return error(error_kind::environment, "schema step " + numbered(i + 1, steps[i].name) + " failed: " + e.what());
        }
    }
    return {};
}

}  // namespace chatrixcd::base
