// SPDX-License-Identifier: Apache-2.0
#include "store/schema.hpp"

#include "store/sealed_columns.hpp"

namespace chatrixcd::executor {

namespace {

// A run has stages, a stage has steps; for now there is one of each. Times are milliseconds since 1970, UTC. `parameters` and `content`
// are sealed columns. Output belongs to a step: pieces of it by digest, so that what jobs print again and again is kept once.
constexpr char const* runs = R"sql(
CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    run_key TEXT NOT NULL UNIQUE,
    project TEXT NOT NULL,
    job TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    parameters BLOB NOT NULL,
    state TEXT NOT NULL,
    detail TEXT NOT NULL,
    exit_status INTEGER,
    exit_signal INTEGER,
    created INTEGER NOT NULL,
    started INTEGER,
    ended INTEGER,
    revision INTEGER NOT NULL UNIQUE
);
CREATE INDEX runs_of_project ON runs (project, id);
CREATE INDEX runs_by_state ON runs (state);

CREATE TABLE stages (
    run INTEGER NOT NULL REFERENCES runs (id),
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL,
    started INTEGER,
    ended INTEGER,
    PRIMARY KEY (run, position)
);

CREATE TABLE steps (
    run INTEGER NOT NULL,
    stage INTEGER NOT NULL,
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL,
    exit_status INTEGER,
    exit_signal INTEGER,
    started INTEGER,
    ended INTEGER,
    PRIMARY KEY (run, stage, position),
    FOREIGN KEY (run, stage) REFERENCES stages (run, position)
);

CREATE TABLE chunks (
    digest TEXT PRIMARY KEY,
    content BLOB NOT NULL
);

CREATE TABLE output (
    run INTEGER NOT NULL,
    stage INTEGER NOT NULL,
    step INTEGER NOT NULL,
    first_line INTEGER NOT NULL,
    end_line INTEGER NOT NULL,
    digest TEXT NOT NULL REFERENCES chunks (digest),
    PRIMARY KEY (run, stage, step, first_line),
    FOREIGN KEY (run, stage, step) REFERENCES steps (run, stage, position)
);
)sql";

constexpr char const* shared_chunks = "CREATE INDEX output_of_chunk ON output (digest);";

}  // namespace

std::vector<base::migration> migrations() {
    return {{"runs, stages, steps and output", runs}, {"which output a chunk is of", shared_chunks}};
}

std::vector<base::sealed_column> sealed_columns() { return {sealed_in::parameters, sealed_in::output}; }

}  // namespace chatrixcd::executor
