// SPDX-License-Identifier: Apache-2.0
#include "sim/whole_account.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <chatrixcd/chatops/render.hpp>

#include "sim/deserved_card.hpp"

namespace chatrixcd::test {

namespace {

using chatops::card_state;

// The first line of a card: "✅ demo / hello #3 · success".
std::string headline(card_state state, std::string const& title) {
    return chatops::symbol_of(state) + " " + title + " · " + chatops::word_of(state);
}
std::string first_line(std::string const& text) { return text.substr(0, text.find('\n')); }

class account {
public:
    explicit account(whole_script& life)
        : life_(life), world_(life.world()), journal_(world_.stores().journal()), runs_(world_.stores().runs()) {
        for (auto const& room : world_.rooms()) rooms_.emplace(room, world_.read_room(room));
    }

    void settle() {
        for (auto const& [id, room] : rooms_) {
            INFO(id);
            check_room(room);
        }
        for (auto const& one : life_.said()) {
            INFO(one.event << " " << one.text);
            check_said(one);
        }
        auto const commands = std::count_if(life_.said().begin(), life_.said().end(), [](auto const& one) { return one.is_command; });
        CHECK(journal_.size() == static_cast<std::size_t>(commands));
        std::size_t known_starts = 0;
        for (auto const& run : runs_) {
            INFO("run " << run.number << " of " << run.event << ", start " << run.start);
            check_run(run);
            known_starts += world_.ci.starts_of(chatops::ci::run_key(run.key));
        }
        // No run at the CI that the bot does not know.
        CHECK(world_.ci.starts() == known_starts);
    }

private:
    // Whoever sent it, and whatever it is: a key appears once.
    void check_room(whole_room const& room) {
        for (auto const& [whose, times] : room.keys()) {
            INFO(whose.first << " " << whose.second);
            CHECK(times == 1);
        }
        CHECK(room.stray_edits() == 0);
        for (auto const& message : room.messages()) {
            INFO(message.event << " " << message.sender);
            CHECK_FALSE(message.key.empty());
            // The person's client has been told of it, once.
            bool const told = world_.person().is_listening() && message.sender == whole_world::bot_id;
            if (told) CHECK(seen(message.event) == 1);
        }
    }

    std::size_t seen(std::string const& event) {
        auto const& all = world_.person().seen();
        auto const place = all.find(event);
        return place == all.end() ? 0 : place->second;
    }

    void check_said(said_line const& one) {
        auto const& messages = rooms_.at(one.room).messages();
        CHECK(std::count_if(messages.begin(), messages.end(), [&](auto const& m) { return m.event == one.event; }) == 1);
        auto const answers = std::count_if(messages.begin(), messages.end(), [&](auto const& m) {
            return m.sender == whole_world::bot_id && m.reply_to == one.event && !m.key.starts_with("end.");
        });
        CHECK(answers == (one.is_command ? 1 : 0));
        auto const rows = std::count_if(journal_.begin(), journal_.end(), [&](auto const& row) { return row.event == one.event; });
        CHECK(rows == (one.is_command ? 1 : 0));
        if (!one.is_command || rows != 1) return;
        auto const& row = row_of(one.event);
        INFO("outcome " << row.outcome << ": " << row.reason);
        CHECK(row.state == "done");
        // Refused before it was known which values are secret, it keeps none.
        auto const sign = one.text.find('=');
        auto const kept = row.outcome == "refused" && row.line.ends_with("=…") ? one.text.substr(0, sign + 1) + "…" : one.text;
        CHECK("!cd " + row.line == kept);
        bool const known = row.outcome == "ran" || row.outcome == "refused" || row.outcome == "in_doubt";
        CHECK(known);
        bool const runs_job = one.text.starts_with("!cd run ");
        auto const runs = std::count_if(runs_.begin(), runs_.end(), [&](auto const& run) { return run.event == one.event; });
        CHECK(runs <= (runs_job ? 1 : 0));
        // Neither refused nor in doubt, and yet nothing was started: forgotten.
        if (runs_job && row.outcome == "ran") CHECK(runs == 1);
    }

    whole_journal_row const& row_of(std::string const& event) const {
        return *std::find_if(journal_.begin(), journal_.end(), [&](auto const& row) { return row.event == event; });
    }

    void check_run(whole_run_row const& run) {
        auto const starts = world_.ci.starts_of(chatops::ci::run_key(run.key));
        CHECK(starts <= 1);
        CHECK_FALSE(run.open);
        auto const& row = row_of(run.event);
        auto const* const card = rooms_.at(run.room).with_key("card." + run.key);
        REQUIRE(card != nullptr);
        CHECK(card->reply_to == run.event);
        // What came last is what clients take for the newest.
        CHECK(card->body == card->last_body);
        auto const title = title_of(run);
        auto const shown = first_line(card->body);
        if (run.start == "started") {
            CHECK(row.outcome == "ran");
            CHECK(starts == 1);
            auto const truth = world_.ci.state_of(chatops::ci::run_id(run.id));
            REQUIRE(truth);
            CHECK(shown == headline(deserved(*truth), title));
        } else if (run.start == "refused") {
            CHECK(row.outcome == "refused");
            CHECK(starts == 0);
            CHECK(shown == headline(card_state::failure, title));
        } else {
            CHECK(run.start == "in_doubt");
            CHECK(row.outcome == "in_doubt");
            CHECK(shown == headline(card_state::in_doubt, title));
            bool const tried_out = row.reason.find("several requests") != std::string::npos;
            bool const allowed = !life_.is_native() || life_.could_be_unknown() || tried_out;
            CHECK(allowed);
        }
    }

    std::string title_of(whole_run_row const& run) const {
        auto const& line = row_of(run.event).line;
        for (auto const* const job : {"hello", "broken", "deploy"}) {
            if (line.find(job) != std::string::npos) return std::string("demo / ") + job + " #" + std::to_string(run.number);
        }
        return "no job";
    }

    whole_script& life_;
    whole_world& world_;
    std::map<std::string, whole_room> rooms_;
    std::vector<whole_journal_row> journal_;
    std::vector<whole_run_row> runs_;
};

}  // namespace

void settle_accounts(whole_script& life) { account(life).settle(); }

}  // namespace chatrixcd::test
