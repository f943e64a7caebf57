// SPDX-License-Identifier: Apache-2.0
#include "journal/schema.hpp"

#include "journal/sealed_columns.hpp"

namespace chatrixcd::chatops::journal {

namespace {

// journal: a row a command; its key is where the command came from. state: received (no start was tried) | sending (an intent was
// committed) | done, and only then an outcome: ran | refused | in_doubt.
// runs: a row a run that was ever tried, numbered from 1. start: sending | queued | started | refused | in_doubt. `latest` is the CI's
// last answer, as JSON; `shown` the digest of the card as it was last handed to the outbox.
// intents: beside a run while its start is undecided; the plan may hold secrets and goes with the row.
// outbox: messages by key. state: pending | sent | failed; the body goes once it is not pending.
constexpr char const* first = R"sql(
CREATE TABLE journal (
    service  TEXT NOT NULL,
    account  TEXT NOT NULL,
    room     TEXT NOT NULL,
    event    TEXT NOT NULL,
    number   BIGINT NOT NULL UNIQUE,
    actor    TEXT NOT NULL,
    thread   TEXT,
    line     BLOB NOT NULL,
    trace    TEXT NOT NULL,
    received BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    state    TEXT NOT NULL CHECK (state IN ('received', 'sending', 'done')),
    outcome  TEXT CHECK (outcome IN ('ran', 'refused', 'in_doubt')),
    reason   TEXT NOT NULL,
    decided  BIGINT,
    PRIMARY KEY (service, account, room, event),
    CHECK ((state = 'done') = (outcome IS NOT NULL))
);
CREATE INDEX journal_undone ON journal (number) WHERE state <> 'done';

CREATE TABLE runs (
    number       BIGINT NOT NULL PRIMARY KEY,
    service      TEXT NOT NULL,
    account      TEXT NOT NULL,
    room         TEXT NOT NULL,
    event        TEXT NOT NULL,
    ordinal      BIGINT NOT NULL,
    run_key      TEXT NOT NULL UNIQUE,
    thread       TEXT,
    requested_by TEXT NOT NULL,
    trace        TEXT NOT NULL,
    server       TEXT NOT NULL,
    run_id       TEXT NOT NULL,
    project      TEXT NOT NULL,
    project_name TEXT NOT NULL,
    job          TEXT NOT NULL,
    job_name     TEXT NOT NULL,
    parameters   TEXT NOT NULL,
    has_secrets  BIGINT NOT NULL,
    created      BIGINT NOT NULL,
    start        TEXT NOT NULL CHECK (start IN ('sending', 'queued', 'started', 'refused', 'in_doubt')),
    latest       TEXT,
    reason       TEXT NOT NULL,
    stopped_by   TEXT NOT NULL,
    excerpt      BLOB NOT NULL,
    open         BIGINT NOT NULL CHECK (open IN (0, 1)),
    ended        BIGINT,
    revision     BIGINT NOT NULL,
    shown        TEXT NOT NULL,
    UNIQUE (service, account, room, event, ordinal)
);
CREATE INDEX runs_open ON runs (number) WHERE open = 1;
CREATE INDEX runs_of_room ON runs (service, room, number);

CREATE TABLE intents (
    run        BIGINT NOT NULL PRIMARY KEY REFERENCES runs (number),
    plan       BLOB NOT NULL,
    attempt    BIGINT NOT NULL,
    first_sent BIGINT NOT NULL,
    ticket     TEXT
);

CREATE TABLE outbox (
    number    BIGINT NOT NULL PRIMARY KEY,
    key       TEXT NOT NULL UNIQUE,
    service   TEXT NOT NULL,
    room      TEXT NOT NULL,
    kind      TEXT NOT NULL CHECK (kind IN ('send', 'edit', 'react')),
    target    TEXT NOT NULL,
    thread    TEXT,
    thread_of TEXT,
    reply_to  TEXT,
    notify    BIGINT NOT NULL,
    body      BLOB,
    state     TEXT NOT NULL CHECK (state IN ('pending', 'sent', 'failed')),
    message   TEXT NOT NULL
);
CREATE INDEX outbox_pending ON outbox (service, room, number) WHERE state = 'pending';
)sql";

// marks: by chat, a number that the chat keeps, too: a lower one here means that this file was put back from a copy.
// journal.put_back: of a command that was found in what had been put back, when its room was told of the first of them; else 0.
constexpr char const* copies = R"sql(
CREATE TABLE marks (
    chat  TEXT NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
);
ALTER TABLE journal ADD COLUMN put_back BIGINT NOT NULL DEFAULT 0;
CREATE INDEX journal_put_back ON journal (service, room, put_back) WHERE put_back > 0;
)sql";

// runs.decision: what somebody decided about a run that waited for it; decided_in: the trace of the command that said so.
constexpr char const* decisions = R"sql(
ALTER TABLE runs ADD COLUMN decision TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN decided_in TEXT NOT NULL DEFAULT '';
)sql";

// questions: a row while the answer to a question is waited for; `line` is the command so far, `name` that of the value.
// journal.answers: of an answer, the name of the value that it gives; else empty.
constexpr char const* questions = R"sql(
CREATE TABLE questions (
    number  BIGINT NOT NULL PRIMARY KEY REFERENCES journal (number),
    service TEXT NOT NULL,
    account TEXT NOT NULL,
    room    TEXT NOT NULL,
    event   TEXT NOT NULL,
    thread  TEXT NOT NULL,
    person  TEXT NOT NULL,
    line    BLOB NOT NULL,
    name    TEXT NOT NULL,
    expires BIGINT NOT NULL,
    UNIQUE (service, account, room, thread, person)
);
ALTER TABLE journal ADD COLUMN answers TEXT NOT NULL DEFAULT '';
)sql";

// What a run was given, and the CI's last answer about it, which repeats that: in columns that are sealed. What is written here in their
// format without a key (base/sealed_column.hpp) is sealed with the rest of a store from before.
constexpr char const* sealed_values = R"sql(
ALTER TABLE runs ADD COLUMN given BLOB NOT NULL DEFAULT x'';
ALTER TABLE runs ADD COLUMN answer BLOB;
UPDATE runs SET given = CAST(x'00' || parameters AS BLOB), answer = CAST(x'00' || latest AS BLOB);
ALTER TABLE runs DROP COLUMN parameters;
ALTER TABLE runs DROP COLUMN latest;
)sql";

}  // namespace

std::vector<base::migration> migrations() {
    return {{"journal, runs, intents, outbox", first},
            {"marks against copies", copies},
            {"decisions about runs that wait", decisions},
            {"open questions", questions},
            {"values of runs are sealed", sealed_values}};
}

std::vector<base::sealed_column> sealed_columns() {
    return {sealed_in::line,    sealed_in::question, sealed_in::given, sealed_in::answer,
            sealed_in::excerpt, sealed_in::plan,     sealed_in::outbox};
}

}  // namespace chatrixcd::chatops::journal
