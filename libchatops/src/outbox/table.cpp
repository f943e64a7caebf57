// SPDX-License-Identifier: Apache-2.0
#include "outbox/table.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/chatops/view_json.hpp>

#include "journal/json_text.hpp"
#include "journal/sealed_columns.hpp"

namespace chatrixcd::chatops::outbox {

namespace {

std::string word_of(kind k) {
    switch (k) {
        case kind::send:
            return "send";
        case kind::edit:
            return "edit";
        case kind::react:
            break;
    }
    return "react";
}

kind kind_from(std::string const& word) {
    if (word == "send") return kind::send;
    return word == "edit" ? kind::edit : kind::react;
}

view view_of(std::string const& text) {
    auto const parsed = base::parse_json_object(text);
    if (!parsed) throw base::error_exception(parsed.error());
    auto document = view_from_json(*parsed);
    if (!document) throw base::error_exception(document.error());
    return std::move(*document);
}

std::string id_of(base::transaction& in, std::string const& key) {
    auto const row = in.first("SELECT message FROM outbox WHERE key = ?1 AND state = 'sent'", {key});
    return row ? row->text(0) : std::string();
}

}  // namespace

void put(base::transaction& in, message const& what) {
    if (what.what == kind::edit) {
        in.run("DELETE FROM outbox WHERE kind = 'edit' AND state = 'pending' AND service = ?1 AND room = ?2 AND target = ?3",
               {what.service, what.room, what.target});
    }
    auto const body = what.what == kind::react ? what.symbol : journal::json_text(to_json(what.content));
    in.run(
        "INSERT INTO outbox (number, key, service, room, kind, target, thread, thread_of, reply_to, notify, body, state, message) "
        "SELECT coalesce((SELECT max(number) FROM outbox), 0) + 1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 'pending', '' "
        "WHERE NOT EXISTS (SELECT 1 FROM outbox WHERE key = ?1)",
        {what.key, what.service, what.room, word_of(what.what), what.target, what.thread, what.thread_of, what.reply_to,
         std::int64_t(what.notify ? 1 : 0), in.seal(journal::sealed_in::outbox, body)});
}

std::optional<pending> next_of_room(base::transaction& in, std::string const& service, std::string const& room) {
    auto const row = in.first(
        "SELECT key, kind, target, thread, thread_of, reply_to, notify, body FROM outbox "
        "WHERE service = ?1 AND room = ?2 AND state = 'pending' ORDER BY number LIMIT 1",
        {service, room});
    if (!row) return std::nullopt;
    pending next;
    next.what.key = row->text(0);
    next.what.service = service;
    next.what.room = room;
    next.what.what = kind_from(row->text(1));
    next.what.target = row->text(2);
    next.what.thread = row->optional_text(3);
    next.what.thread_of = row->optional_text(4);
    next.what.reply_to = row->optional_text(5);
    next.what.notify = row->integer(6) != 0;
    auto const body = in.unseal(journal::sealed_in::outbox, row->bytes(7));
    if (!body) throw base::error_exception(body.error());
    if (next.what.what == kind::react) {
        next.what.symbol = *body;
    } else {
        next.what.content = view_of(*body);
    }
    if (next.what.what == kind::edit) next.referred = id_of(in, next.what.target);
    if (next.what.thread_of) next.referred = id_of(in, *next.what.thread_of);
    return next;
}

void mark_sent(base::transaction& in, message const& what, std::string const& id) {
    if (what.what == kind::send) {
        in.run("UPDATE outbox SET state = 'sent', message = ?2, body = NULL WHERE key = ?1", {what.key, id});
    } else {
        in.run("DELETE FROM outbox WHERE key = ?1", {what.key});
    }
}

void mark_failed(base::transaction& in, message const& what) {
    in.run("UPDATE outbox SET state = 'failed', body = NULL WHERE key = ?1", {what.key});
}

std::vector<std::pair<std::string, std::string>> rooms_with_pending(base::transaction& in) {
    std::vector<std::pair<std::string, std::string>> all;
    for (auto const& row : in.query("SELECT DISTINCT service, room FROM outbox WHERE state = 'pending' ORDER BY service, room")) {
        all.emplace_back(row.text(0), row.text(1));
    }
    return all;
}

}  // namespace chatrixcd::chatops::outbox
