// SPDX-License-Identifier: Apache-2.0
// The words that every CI shares, as regular values: no vendor's JSON, equality, a versioned JSON form (json.hpp). Types that are passed
// to coroutines have a constructor on purpose: as aggregates GCC 12 would destroy them twice.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/error.hpp>

namespace chatrixcd::chatops::ci {

template <class T>
using result = base::result<T>;
using base::time_point;

// Identifiers are the server's own, as text; the server's name in the bot's configuration is part of none of them.
template <class Tag>
class identifier {
public:
    identifier() = default;
    explicit identifier(std::string value) : value_(std::move(value)) {}
    std::string const& str() const noexcept { return value_; }
    bool empty() const noexcept { return value_.empty(); }
    friend auto operator<=>(identifier const&, identifier const&) = default;

private:
    std::string value_;
};
using project_id = identifier<struct project_tag>;
using run_id = identifier<struct run_tag>;
// A start that the server queued without naming the run yet.
using ticket = identifier<struct ticket_tag>;
// Made by us, at most 64 characters of [A-Za-z0-9_-]; travels with the run so that it can be found again.
using run_key = identifier<struct run_key_tag>;

class job_id {
public:
    job_id() = default;
    job_id(project_id in, std::string job) : project(std::move(in)), name(std::move(job)) {}
    project_id project;
    std::string name;  // the server's identifier of the job within its project
    friend auto operator<=>(job_id const&, job_id const&) = default;
};

struct project {
    project_id id;
    std::string name;
    std::string description;
    friend bool operator==(project const&, project const&) = default;
};

enum class parameter_type : std::uint8_t { text, integer, boolean, choice, secret };

// What a job takes. A secret's default is never carried here.
struct parameter_spec {
    // A name that begins with "--" is an option of the run itself, which the server understands and not the job's program: "--limit". Those
    // that `run` knows: --limit, --tags, --skip-tags, --branch, --inventory, --args, --message, and the booleans --dry-run, --diff,
    // --debug.
    std::string name;
    std::string help;
    parameter_type type = parameter_type::text;
    bool required = false;
    std::optional<std::string> default_value;
    std::vector<std::string> choices;  // for `choice`
    friend bool operator==(parameter_spec const&, parameter_spec const&) = default;
};

struct job {
    job_id id;
    std::string name;
    std::string description;
    std::vector<parameter_spec> parameters;  // complete only in job_details()
    friend bool operator==(job const&, job const&) = default;
};

using parameter_values = std::vector<std::pair<std::string, std::string>>;  // in the order given, names unique

class run_request {
public:
    run_request() = default;
    run_request(job_id what, parameter_values with) : job(std::move(what)), parameters(std::move(with)) {}
    job_id job;
    parameter_values parameters;
    friend bool operator==(run_request const&, run_request const&) = default;
};

// What would run, exactly. The fingerprint changes when the job's definition does.
class plan {
public:
    plan() = default;
    job_id job;
    std::string job_name;
    parameter_values effective;        // with defaults filled in
    std::vector<std::string> ignored;  // names the server would silently drop
    std::vector<std::string> warnings;
    std::string fingerprint;
    friend bool operator==(plan const&, plan const&) = default;
};

enum class phase : std::uint8_t { queued, gated, running, canceling, finished };
// Meaningful when finished; `none` before. `lost`: nobody can know how it ended, it is not running any more.
enum class outcome : std::uint8_t { none, success, unstable, failure, error, canceled, skipped, timed_out, rejected, lost };

struct run {
    run_id id;
    job_id job;
    std::string job_name;
    phase at = phase::queued;
    outcome how = outcome::none;
    std::string raw;     // the server's own word for its state, verbatim
    std::string detail;  // one line: "exit status 2"
    std::optional<time_point> created;
    std::optional<time_point> started;
    std::optional<time_point> ended;
    parameter_values parameters;  // secrets absent
    std::string url;
    friend bool operator==(run const&, run const&) = default;
};

// What start() achieved: the run, or a ticket for resolve().
using started = std::variant<run_id, ticket>;

struct found_run {
    run_id id;
    friend bool operator==(found_run const&, found_run const&) = default;
};
// The listing reached back before `since` and holds no such key.
struct absent {
    friend bool operator==(absent const&, absent const&) = default;
};
// It did not reach back that far, or cannot be searched.
struct unknown {
    friend bool operator==(unknown const&, unknown const&) = default;
};
using found = std::variant<found_run, absent, unknown>;

class page_request {
public:
    page_request() = default;
    std::string cursor;       // empty: from the start
    std::size_t limit = 100;  // 1–1000
};
template <class T>
struct page {
    std::vector<T> items;
    std::string next;  // empty: that was all
};

class job_query {
public:
    job_query() = default;
    std::string text;  // part of the name; empty: all
};

class run_query {
public:
    run_query() = default;
    std::optional<project_id> project;
    std::optional<time_point> since;
};

struct server_info {
    std::string kind;  // "executor", "semaphore"
    std::string version;
    std::string url;
    bool keyed_start_native = false;  // a second start with the same key is refused or is the same run, by the server itself
    friend bool operator==(server_info const&, server_info const&) = default;
};

// Lines in the server's order. `next` continues exactly after them.
struct log_chunk {
    std::vector<std::string> lines;
    std::string next;
    bool complete = false;   // nothing will follow
    bool truncated = false;  // the server dropped lines before these
    friend bool operator==(log_chunk const&, log_chunk const&) = default;
};

}  // namespace chatrixcd::chatops::ci
