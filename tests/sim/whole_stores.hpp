// SPDX-License-Identifier: Apache-2.0
// What the bot has written down: chatops.db and matrix.db, read with a connection of our own.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <chatrixcd/base/store.hpp>

namespace chatrixcd::test {

struct whole_journal_row {
    std::string room;
    std::string event;
    std::string line;
    std::string state;
    std::string outcome;  // empty: none yet
    std::string reason;
};
struct whole_run_row {
    std::int64_t number = 0;
    std::string room;
    std::string event;
    std::string key;
    std::string start;
    std::string id;
    bool open = true;
};

// What is not done yet, for people: a row each.
inline constexpr char const* open_in_chatops =
    "SELECT 'undecided command ' || event FROM journal WHERE state <> 'done'"
    " UNION ALL SELECT 'open run ' || number FROM runs WHERE open = 1"
    " UNION ALL SELECT 'intent of run ' || run FROM intents"
    " UNION ALL SELECT 'unsent ' || state || ' ' || key FROM outbox WHERE state <> 'sent'";
inline constexpr char const* open_in_matrix =
    "SELECT 'inbox state ' || state || ' ' || event_id FROM inbox WHERE state <> 4"
    " UNION ALL SELECT 'gap in ' || room_id FROM gap"
    " UNION ALL SELECT 'outbox state ' || state || ' ' || key FROM outbox WHERE state IN (0, 2, 5)";

class whole_stores {
public:
    explicit whole_stores(std::string folder) : folder_(std::move(folder)) {}

    std::vector<whole_journal_row> journal() const;
    std::vector<whole_run_row> runs() const;
    // What is not done yet, for people; empty: every command decided, every run ended, every message taken in and every one sent.
    std::vector<std::string> open_ends() const;

private:
    std::vector<base::row> query_chatops(std::string sql) const;
    std::vector<base::row> query_matrix(std::string sql) const;

    std::string folder_;
};

}  // namespace chatrixcd::test
