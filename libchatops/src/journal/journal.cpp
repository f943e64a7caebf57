// SPDX-License-Identifier: Apache-2.0
#include "journal/journal.hpp"

#include "journal/actor_json.hpp"
#include "journal/schema.hpp"
#include "journal/sealed_columns.hpp"

namespace chatrixcd::chatops::journal {

namespace {

// A row that this program cannot read means a store of another program: the environment is broken.
template <class T>
T readable(base::result<T> value) {
    if (!value) throw base::error_exception(value.error());
    return std::move(*value);
}

}  // namespace

std::string_view to_string(outcome o) noexcept {
    switch (o) {
        case outcome::ran:
            return "ran";
        case outcome::refused:
            return "refused";
        case outcome::in_doubt:
            break;
    }
    return "in_doubt";
}

bool insert(base::transaction& in, entry const& what) {
    auto const added = in.run(
        "INSERT INTO journal (service, account, room, event, number, actor, thread, line, trace, received, attempts, answers, state, "
        "reason) "
        "SELECT ?1, ?2, ?3, ?4, coalesce((SELECT max(number) FROM journal), 0) + 1, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 'received', '' "
        "WHERE NOT EXISTS (SELECT 1 FROM journal WHERE service = ?1 AND account = ?2 AND room = ?3 AND event = ?4)",
        {what.from.service, what.from.account, what.from.room, what.from.event, actor_to_text(what.who), what.thread,
         in.seal(sealed_in::line, what.line), what.trace, to_column(what.received), what.attempts, what.answers});
    return added > 0;
}

bool is_known(base::transaction& in, chat::origin const& from) {
    auto const row = in.first("SELECT 1 FROM journal WHERE service = ?1 AND account = ?2 AND room = ?3 AND event = ?4",
                              {from.service, from.account, from.room, from.event});
    return row.has_value();
}

void count_attempt(base::transaction& in, chat::origin const& from) {
    in.run("UPDATE journal SET attempts = attempts + 1 WHERE service = ?1 AND account = ?2 AND room = ?3 AND event = ?4",
           {from.service, from.account, from.room, from.event});
}

void forgive_attempts(base::transaction& in) {
    in.run("UPDATE journal SET attempts = attempts - 1 WHERE state = 'received' AND attempts > 0");
}

void mark_sending(base::transaction& in, chat::origin const& from) {
    in.run("UPDATE journal SET state = 'sending' WHERE service = ?1 AND account = ?2 AND room = ?3 AND event = ?4 AND state = 'received'",
           {from.service, from.account, from.room, from.event});
}

void finish(base::transaction& in, chat::origin const& from, outcome how, std::string const& reason, base::time_point now) {
    in.run(
        "UPDATE journal SET state = 'done', outcome = ?5, reason = ?6, decided = ?7 "
        "WHERE service = ?1 AND account = ?2 AND room = ?3 AND event = ?4 AND state = 'received'",
        {from.service, from.account, from.room, from.event, std::string(to_string(how)), reason, to_column(now)});
}

void forget_values(base::transaction& in, chat::origin const& from) {
    auto const row = in.first("SELECT line FROM journal WHERE service = ?1 AND account = ?2 AND room = ?3 AND event = ?4",
                              {from.service, from.account, from.room, from.event});
    auto const line = row ? in.unseal(sealed_in::line, row->bytes(0)) : base::result<std::string>(std::string());
    auto const sign = line ? line->find('=') : std::string::npos;
    if (sign == std::string::npos) return;
    in.run("UPDATE journal SET line = ?5 WHERE service = ?1 AND account = ?2 AND room = ?3 AND event = ?4",
           {from.service, from.account, from.room, from.event, in.seal(sealed_in::line, line->substr(0, sign + 1) + "…")});
}

void settle(base::transaction& in, chat::origin const& from, outcome how, std::string const& reason, base::time_point now) {
    in.run(
        "UPDATE journal SET state = 'done', outcome = ?5, reason = ?6, decided = ?7 "
        "WHERE service = ?1 AND account = ?2 AND room = ?3 AND event = ?4 AND state = 'sending'",
        {from.service, from.account, from.room, from.event, std::string(to_string(how)), reason, to_column(now)});
}

std::vector<entry> unhandled(base::transaction& in, std::string const& service) {
    std::vector<entry> all;
    auto const rows = in.query(
        "SELECT service, account, room, event, actor, thread, line, trace, received, attempts, answers FROM journal "
        "WHERE state = 'received' AND service = ?1 ORDER BY number LIMIT 1000",
        {service});
    for (auto const& row : rows) {
        entry e;
        e.from = {row.text(0), row.text(1), row.text(2), row.text(3)};
        e.who = readable(actor_from_text(row.text(4)));
        e.thread = row.optional_text(5);
        e.line = readable(in.unseal(sealed_in::line, row.bytes(6)));
        e.trace = row.text(7);
        e.received = time_from_column(row.integer(8));
        e.attempts = row.integer(9);
        e.answers = row.text(10);
        all.push_back(std::move(e));
    }
    return all;
}

bool is_unhandled(base::transaction& in, chat::origin const& from) {
    auto const row =
        in.first("SELECT 1 FROM journal WHERE service = ?1 AND account = ?2 AND room = ?3 AND event = ?4 AND state = 'received'",
                 {from.service, from.account, from.room, from.event});
    return row.has_value();
}

std::optional<std::string> thread_of(base::transaction& in, chat::origin const& from) {
    auto const row = in.first("SELECT thread FROM journal WHERE service = ?1 AND account = ?2 AND room = ?3 AND event = ?4",
                              {from.service, from.account, from.room, from.event});
    if (!row) return std::nullopt;
    return row->optional_text(0);
}

}  // namespace chatrixcd::chatops::journal
