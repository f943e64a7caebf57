// SPDX-License-Identifier: Apache-2.0
#include "runs/table.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <utility>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/chatops/ci/json.hpp>

#include "journal/json_text.hpp"
#include "journal/schema.hpp"
#include "journal/sealed_columns.hpp"

namespace chatrixcd::chatops::runs {

namespace {

using journal::time_from_column;
using journal::to_column;
namespace sealed_in = journal::sealed_in;

constexpr char const* columns =
    "SELECT number, service, account, room, event, ordinal, run_key, thread, requested_by, trace, server, run_id, project, project_name, "
    "job, job_name, given, has_secrets, created, start, answer, reason, stopped_by, excerpt, open, ended, revision, shown, decision, "
    "decided_in FROM "
    "runs ";

base::sql_value nullable(std::optional<base::time_point> const& when) {
    if (!when) return std::monostate();
    return to_column(*when);
}
base::sql_value number_of(bool truth) { return std::int64_t(truth ? 1 : 0); }

base::sql_value answer_column(base::transaction& in, std::optional<ci::run> const& latest) {
    if (!latest) return std::monostate();
    return in.seal(sealed_in::answer, journal::json_text(ci::to_json(*latest)));
}

// What this program wrote and cannot read any more: the environment is broken.
template <class T>
T readable(base::result<T> value) {
    if (!value) throw base::error_exception(value.error());
    return std::move(*value);
}

std::string text_of(ci::parameter_values const& values) {
    boost::json::array all;
    for (auto const& [name, value] : values) all.push_back(boost::json::array{name, value});
    return journal::json_text(all);
}

ci::parameter_values parameters_of(std::string const& text) {
    ci::parameter_values values;
    auto const parsed = readable(base::parse_json(text));
    if (!parsed.is_array()) return values;
    for (auto const& item : parsed.get_array()) {
        auto const* pair = item.if_array();
        if (!pair || pair->size() != 2 || !pair->at(0).is_string() || !pair->at(1).is_string()) continue;
        values.emplace_back(std::string(pair->at(0).get_string()), std::string(pair->at(1).get_string()));
    }
    return values;
}

ci::run answer_of(std::string const& text) { return readable(ci::run_from_json(readable(base::parse_json_object(text)))); }

record record_of(base::transaction& in, base::row const& row) {
    record r;
    r.number = row.integer(0);
    r.from = {row.text(1), row.text(2), row.text(3), row.text(4)};
    r.ordinal = row.integer(5);
    r.key = ci::run_key(row.text(6));
    r.thread = row.optional_text(7);
    r.requested_by = row.text(8);
    r.trace = row.text(9);
    r.server = row.text(10);
    r.id = ci::run_id(row.text(11));
    r.job = ci::job_id(ci::project_id(row.text(12)), row.text(14));
    r.project_name = row.text(13);
    r.job_name = row.text(15);
    r.parameters = parameters_of(readable(in.unseal(sealed_in::given, row.bytes(16))));
    r.has_secrets = row.integer(17) != 0;
    r.created = time_from_column(row.integer(18));
    r.start = start_state_from(row.text(19)).value_or(start_state::in_doubt);
    if (!row.is_null(20)) r.latest = answer_of(readable(in.unseal(sealed_in::answer, row.bytes(20))));
    r.reason = row.text(21);
    r.stopped_by = row.text(22);
    r.excerpt = readable(in.unseal(sealed_in::excerpt, row.bytes(23)));
    r.open = row.integer(24) != 0;
    if (auto const ended = row.optional_integer(25)) r.ended = time_from_column(*ended);
    r.revision = row.integer(26);
    r.shown = row.text(27);
    r.decision = row.text(28);
    r.decided_in = row.text(29);
    return r;
}

std::vector<record> records_of(base::transaction& in, std::vector<base::row> const& rows) {
    std::vector<record> all;
    all.reserve(rows.size());
    for (auto const& row : rows) all.push_back(record_of(in, row));
    return all;
}

}  // namespace

std::int64_t insert(base::transaction& in, record const& what, intent const& start) {
    auto const highest = in.first("SELECT coalesce(max(number), 0) FROM runs");
    auto const number = highest->integer(0) + 1;
    in.run(
        "INSERT INTO runs (number, service, account, room, event, ordinal, run_key, thread, requested_by, trace, server, run_id, project, "
        "project_name, job, job_name, given, has_secrets, created, start, answer, reason, stopped_by, excerpt, open, ended, revision, "
        "shown) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, "
        "?25, ?26, ?27, ?28)",
        {number,
         what.from.service,
         what.from.account,
         what.from.room,
         what.from.event,
         what.ordinal,
         what.key.str(),
         what.thread,
         what.requested_by,
         what.trace,
         what.server,
         what.id.str(),
         what.job.project.str(),
         what.project_name,
         what.job.name,
         what.job_name,
         in.seal(sealed_in::given, text_of(what.parameters)),
         number_of(what.has_secrets),
         to_column(what.created),
         std::string(to_string(what.start)),
         answer_column(in, what.latest),
         what.reason,
         what.stopped_by,
         in.seal(sealed_in::excerpt, what.excerpt),
         number_of(what.open),
         nullable(what.ended),
         what.revision,
         what.shown});
    in.run("INSERT INTO intents (run, plan, attempt, first_sent, ticket) VALUES (?1, ?2, ?3, ?4, NULL)",
           {number, in.seal(sealed_in::plan, journal::json_text(ci::to_json(start.what))), start.attempt, to_column(start.first_sent)});
    return number;
}

void save(base::transaction& in, record const& what) {
    in.run(
        "UPDATE runs SET run_id = ?2, start = ?3, answer = ?4, reason = ?5, stopped_by = ?6, excerpt = ?7, open = ?8, ended = ?9, "
        "revision = ?10, shown = ?11, decision = ?12, decided_in = ?13 WHERE number = ?1",
        {what.number, what.id.str(), std::string(to_string(what.start)), answer_column(in, what.latest), what.reason, what.stopped_by,
         in.seal(sealed_in::excerpt, what.excerpt), number_of(what.open), nullable(what.ended), what.revision, what.shown, what.decision,
         what.decided_in});
}

void save_attempt(base::transaction& in, std::int64_t run, std::int64_t attempt) {
    in.run("UPDATE intents SET attempt = ?2 WHERE run = ?1", {run, attempt});
}

void save_ticket(base::transaction& in, std::int64_t run, ci::ticket const& waiting) {
    in.run("UPDATE intents SET ticket = ?2 WHERE run = ?1", {run, waiting.str()});
}

void drop_intent(base::transaction& in, std::int64_t run) { in.run("DELETE FROM intents WHERE run = ?1", {run}); }

std::optional<record> load(base::transaction& in, std::int64_t run) {
    auto const row = in.first(std::string(columns) + "WHERE number = ?1", {run});
    if (!row) return std::nullopt;
    return record_of(in, *row);
}

std::optional<intent> load_intent(base::transaction& in, std::int64_t run) {
    auto const row = in.first("SELECT plan, attempt, first_sent, ticket FROM intents WHERE run = ?1", {run});
    if (!row) return std::nullopt;
    intent kept;
    auto const text = readable(in.unseal(sealed_in::plan, row->bytes(0)));
    kept.what = readable(ci::plan_from_json(readable(base::parse_json_object(text))));
    kept.attempt = row->integer(1);
    kept.first_sent = time_from_column(row->integer(2));
    if (auto const waiting = row->optional_text(3)) kept.waiting = ci::ticket(*waiting);
    return kept;
}

std::vector<record> open_runs(base::transaction& in, std::int64_t after, std::int64_t limit) {
    return records_of(in, in.query(std::string(columns) + "WHERE open = 1 AND number > ?1 ORDER BY number LIMIT ?2", {after, limit}));
}

std::vector<record> newest_runs(base::transaction& in, std::int64_t limit) {
    return records_of(in, in.query(std::string(columns) + "ORDER BY number DESC LIMIT ?1", {limit}));
}

std::vector<record> runs_called(base::transaction& in, std::string const& id, std::string const& service, std::string const& room) {
    return records_of(
        in, in.query(std::string(columns) + "WHERE (run_id = ?1 OR run_id LIKE '%/' || ?1) AND (?3 = '' OR (service = ?2 AND room = ?3)) "
                                            "ORDER BY number DESC LIMIT 2",
                     {id, service, room}));
}

std::optional<std::int64_t> last_of_room(base::transaction& in, std::string const& service, std::string const& room) {
    auto const row = in.first("SELECT number FROM runs WHERE service = ?1 AND room = ?2 ORDER BY number DESC LIMIT 1", {service, room});
    if (!row) return std::nullopt;
    return row->integer(0);
}

}  // namespace chatrixcd::chatops::runs
