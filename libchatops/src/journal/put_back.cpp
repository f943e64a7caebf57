// SPDX-License-Identifier: Apache-2.0
#include "journal/put_back.hpp"

#include <chrono>
#include <utility>
#include <vector>

#include "journal/actor_json.hpp"
#include "journal/keys.hpp"
#include "journal/schema.hpp"
#include "journal/sealed_columns.hpp"
#include "outbox/table.hpp"

namespace chatrixcd::chatops::journal {

namespace {

constexpr char const* reason = "the bot's store was put back from a copy: whether this has run is not known";
// What comes so long after the first of a list belongs to another occasion.
constexpr std::chrono::hours occasion(1);
// More would not fit into one message.
constexpr std::int64_t most_listed = 150;

// When the room's list was begun.
std::int64_t occasion_of(base::transaction& in, chat::origin const& from, std::int64_t now) {
    auto const row = in.first("SELECT max(put_back) FROM journal WHERE service = ?1 AND room = ?2 AND put_back > ?3",
                              {from.service, from.room, now - std::int64_t{std::chrono::milliseconds(occasion).count()}});
    return row && !row->is_null(0) ? row->integer(0) : now;
}

std::string who_of(std::string const& actor) {
    auto const who = actor_from_text(actor);
    if (!who) return "?";
    auto const* person = std::get_if<chat::sender>(&*who);
    return person != nullptr ? person->user : std::get<local_operator>(*who).name;
}

view list_of(base::transaction& in, chat::origin const& from, std::int64_t begun, std::int64_t number) {
    std::vector<line> items;
    auto const rows =
        in.query("SELECT line, actor FROM journal WHERE service = ?1 AND room = ?2 AND put_back = ?3 ORDER BY number LIMIT ?4",
                 {from.service, from.room, begun, most_listed});
    for (auto const& row : rows) {
        auto const words = in.unseal(sealed_in::line, row.bytes(0));
        items.push_back(line{code(words ? *words : std::string("?")), span(" by " + who_of(row.text(1)))});
    }
    if (number > most_listed) items.push_back(line{span("and " + std::to_string(number - most_listed) + " more, which are in my journal")});
    line const words{
        span("⚠️ "), strong("My store was put back from a copy."),
        span(" I cannot know which of these commands I have run already, so I run none of them. Send again what is still to be done:")};
    return view().text(words).bullets(std::move(items));
}

}  // namespace

std::int64_t load_mark(base::transaction& in, std::string const& chat) {
    auto const row = in.first("SELECT value FROM marks WHERE chat = ?1", {chat});
    return row ? row->integer(0) : 0;
}

void save_mark(base::transaction& in, std::string const& chat, std::int64_t value) {
    in.run("DELETE FROM marks WHERE chat = ?1", {chat});
    in.run("INSERT INTO marks (chat, value) VALUES (?1, ?2)", {chat, value});
}

void put_in_doubt(base::transaction& in, entry const& asked, base::time_point now) {
    auto const& from = asked.from;
    auto const begun = occasion_of(in, from, to_column(now));
    auto const changed = in.run(
        "UPDATE journal SET state = 'done', outcome = 'in_doubt', reason = ?5, decided = ?6, put_back = ?7 "
        "WHERE service = ?1 AND account = ?2 AND room = ?3 AND event = ?4 AND state = 'received'",
        {from.service, from.account, from.room, from.event, std::string(reason), to_column(now), begun});
    if (changed == 0) return;
    auto const counted =
        in.first("SELECT count(*) FROM journal WHERE service = ?1 AND room = ?2 AND put_back = ?3", {from.service, from.room, begun});
    auto const number = counted->integer(0);
    chat::origin place = from;
    place.event = std::to_string(begun);
    outbox::message told;
    told.key = "put_back." + origin_key(place);
    told.service = from.service;
    told.room = from.room;
    told.notify = true;
    told.content = list_of(in, from, begun, number);
    if (number > 1) {
        told.what = outbox::kind::edit;
        told.target = told.key;
        told.key += "." + std::to_string(number);
    }
    outbox::put(in, told);
}

}  // namespace chatrixcd::chatops::journal
