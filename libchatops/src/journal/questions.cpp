// SPDX-License-Identifier: Apache-2.0
#include "journal/questions.hpp"

#include <utility>
#include <variant>

#include "journal/schema.hpp"
#include "journal/sealed_columns.hpp"

namespace chatrixcd::chatops::journal {

question open_question_of(base::transaction& in, entry const& asked, open_question const& what, base::time_point expires) {
    question made;
    made.from = asked.from;
    made.thread = asked.thread.value_or(asked.from.event);
    made.user = std::get<chat::sender>(asked.who).user;
    made.line = what.line;
    made.name = what.name;
    made.expires = expires;
    auto const& from = made.from;
    in.run("DELETE FROM questions WHERE service = ?1 AND account = ?2 AND room = ?3 AND thread = ?4 AND person = ?5",
           {from.service, from.account, from.room, made.thread, made.user});
    in.run(
        "INSERT INTO questions (number, service, account, room, event, thread, person, line, name, expires) "
        "SELECT number, service, account, room, event, ?5, ?6, ?7, ?8, ?9 FROM journal "
        "WHERE service = ?1 AND account = ?2 AND room = ?3 AND event = ?4",
        {from.service, from.account, from.room, from.event, made.thread, made.user, in.seal(sealed_in::question, made.line), made.name,
         to_column(made.expires)});
    auto const row = in.first("SELECT number FROM journal WHERE service = ?1 AND account = ?2 AND room = ?3 AND event = ?4",
                              {from.service, from.account, from.room, from.event});
    made.number = row->integer(0);
    return made;
}

bool is_open(base::transaction& in, std::int64_t number) {
    return in.first("SELECT 1 FROM questions WHERE number = ?1", {number}).has_value();
}

bool close_question(base::transaction& in, std::int64_t number) { return in.run("DELETE FROM questions WHERE number = ?1", {number}) > 0; }

std::vector<question> open_questions_of(base::transaction& in, std::string const& service) {
    std::vector<question> all;
    auto const rows = in.query(
        "SELECT number, service, account, room, event, thread, person, line, name, expires FROM questions "
        "WHERE service = ?1 ORDER BY number",
        {service});
    for (auto const& row : rows) {
        question one;
        one.number = row.integer(0);
        one.from = {row.text(1), row.text(2), row.text(3), row.text(4)};
        one.thread = row.text(5);
        one.user = row.text(6);
        auto line = in.unseal(sealed_in::question, row.bytes(7));
        if (!line) throw base::error_exception(line.error());
        one.line = std::move(*line);
        one.name = row.text(8);
        one.expires = time_from_column(row.integer(9));
        all.push_back(std::move(one));
    }
    return all;
}

}  // namespace chatrixcd::chatops::journal
