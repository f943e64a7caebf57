// SPDX-License-Identifier: Apache-2.0
#include "store/runs.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <stdexcept>

#include <chatrixcd/base/json_reader.hpp>

#include "store/sealed_columns.hpp"

namespace chatrixcd::executor {

namespace {

namespace json = boost::json;
using base::sql_value;

constexpr char const* columns = "SELECT id, run_key, project, job, parameters, state, detail, created, started, ended, revision FROM runs";
constexpr char const* unfinished = " state IN ('queued', 'starting', 'running', 'canceling')";

std::int64_t to_sql(base::time_point when) { return when.time_since_epoch().count(); }
base::time_point from_sql(std::int64_t when) { return base::time_point(base::duration(when)); }
std::optional<base::time_point> from_sql(std::optional<std::int64_t> when) { return when ? std::optional(from_sql(*when)) : std::nullopt; }
sql_value word(run_state state) { return std::string(to_string(state)); }

[[noreturn]] void damaged(std::string const& what) { throw base::store_error("executor.db holds " + what + " that cannot be read"); }

base::blob write_parameters(base::transaction& in, parameter_values const& values) {
    json::array list;
    for (auto const& [name, value] : values) list.push_back(json::array{name, value});
    return in.seal(sealed_in::parameters, json::serialize(list));
}

parameter_values read_parameters(base::transaction& in, base::blob const& column) {
    auto const text = in.unseal(sealed_in::parameters, column);
    if (!text) damaged("parameters");
    auto const parsed = base::parse_json(*text);
    auto const* const list = parsed ? parsed->if_array() : nullptr;
    if (!list) damaged("parameters");
    parameter_values values;
    for (auto const& each : *list) {
        auto const* const pair = each.if_array();
        if (!pair || pair->size() != 2 || !(*pair)[0].is_string() || !(*pair)[1].is_string()) damaged("parameters");
        values.emplace_back(std::string((*pair)[0].get_string()), std::string((*pair)[1].get_string()));
    }
    return values;
}

run read_run(base::transaction& in, base::row const& from) {
    run out;
    out.id = from.integer(0);
    out.key = from.text(1);
    out.project = from.text(2);
    out.job = from.text(3);
    out.parameters = read_parameters(in, from.bytes(4));
    auto const state = run_state_from(from.text(5));
    if (!state) damaged("a state");
    out.state = *state;
    out.detail = from.text(6);
    out.created = from_sql(from.integer(7));
    out.started = from_sql(from.optional_integer(8));
    out.ended = from_sql(from.optional_integer(9));
    out.revision = static_cast<std::uint64_t>(from.integer(10));
    return out;
}

std::optional<run> first_run(base::transaction& in, std::string const& rest, std::initializer_list<base::sql_parameter> parameters) {
    auto const found = in.first(columns + rest, parameters);
    return found ? std::optional(read_run(in, *found)) : std::nullopt;
}

std::int64_t next_revision(base::transaction& in) { return static_cast<std::int64_t>(last_revision(in)) + 1; }

}  // namespace

std::uint64_t last_revision(base::transaction& in) {
    return static_cast<std::uint64_t>(in.query("SELECT COALESCE(MAX(revision), 0) FROM runs").front().integer(0));
}

stored_run insert_run(base::transaction& in, new_run const& what) {
    auto const id = in.query("SELECT COALESCE(MAX(id), 0) + 1 FROM runs").front().integer(0);
    auto const revision = next_revision(in);
    in.run(
        "INSERT INTO runs (id, run_key, project, job, fingerprint, parameters, state, detail, created, revision) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, '', ?8, ?9)",
        {id, what.key, what.project, what.job, what.fingerprint, write_parameters(in, what.parameters), word(what.state),
         to_sql(what.created), revision});
    in.run("INSERT INTO stages (run, position, name, state) VALUES (?1, 0, ?2, ?3)", {id, what.job, word(what.state)});
    in.run("INSERT INTO steps (run, stage, position, name, state) VALUES (?1, 0, 0, ?2, ?3)", {id, what.job, word(what.state)});
    return {id, static_cast<std::uint64_t>(revision)};
}

std::uint64_t advance_run(base::transaction& in, run_id id, progress const& to) {
    sql_value started;
    sql_value ended;
    sql_value status;
    sql_value signal;
    if (to.state == run_state::running) started = to_sql(to.when);
    if (is_finished(to.state)) ended = to_sql(to.when);
    if (to.exit && to.exit->signal == 0) status = std::int64_t{to.exit->status};
    if (to.exit && to.exit->signal != 0) signal = std::int64_t{to.exit->signal};
    auto const changed = in.run(
        "UPDATE runs SET state = ?2, detail = ?3, exit_status = ?4, exit_signal = ?5, "
        "started = COALESCE(started, ?6), ended = ?7, revision = ?8 WHERE id = ?1 AND" +
            std::string(unfinished),
        {id, word(to.state), to.detail, status, signal, started, ended, next_revision(in)});
    if (changed > 0) {
        in.run("UPDATE stages SET state = ?2, started = COALESCE(started, ?3), ended = ?4 WHERE run = ?1",
               {id, word(to.state), started, ended});
        in.run(
            "UPDATE steps SET state = ?2, exit_status = ?3, exit_signal = ?4, started = COALESCE(started, ?5), ended = ?6 WHERE run = ?1",
            {id, word(to.state), status, signal, started, ended});
    }
    return last_revision(in);
}

std::uint64_t lose_unfinished(base::transaction& in, progress const& to) {
    for (auto const& each : in.query("SELECT id FROM runs WHERE" + std::string(unfinished) + " ORDER BY id")) {
        advance_run(in, each.integer(0), to);
    }
    return last_revision(in);
}

std::optional<run_of_key> find_by_key(base::transaction& in, std::string const& key) {
    auto const found = in.first("SELECT id, project, job, state FROM runs WHERE run_key = ?1", {key});
    if (!found) return std::nullopt;
    auto const state = run_state_from(found->text(3));
    if (!state) damaged("a state");
    return run_of_key{found->integer(0), found->text(1), found->text(2), *state};
}

std::optional<run> load_run(base::transaction& in, run_id id) { return first_run(in, " WHERE id = ?1", {id}); }

std::optional<run> next_changed(base::transaction& in, std::uint64_t after) {
    return first_run(in, " WHERE revision > ?1 ORDER BY revision LIMIT 1", {static_cast<std::int64_t>(after)});
}

std::vector<run> list_runs(base::transaction& in, run_filter const& matching) {
    std::string sql = columns;
    std::vector<base::sql_parameter> parameters = {static_cast<std::int64_t>(matching.limit)};
    char const* joint = " WHERE ";
    auto const also = [&](std::string const& condition, base::sql_parameter value) {
        parameters.push_back(std::move(value));
        sql += joint + condition + "?" + std::to_string(parameters.size());
        joint = " AND ";
    };
    if (matching.project) also("project = ", *matching.project);
    if (matching.since) also("created >= ", to_sql(*matching.since));
    if (matching.before) also("id < ", *matching.before);
    std::vector<run> found;
    for (auto const& each : in.query(sql + " ORDER BY id DESC LIMIT ?1", parameters)) found.push_back(read_run(in, each));
    return found;
}

}  // namespace chatrixcd::executor
