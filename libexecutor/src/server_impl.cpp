// SPDX-License-Identifier: Apache-2.0
#include "server_impl.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "definition/names.hpp"
#include "store/output.hpp"

namespace chatrixcd::executor {

namespace asio = boost::asio;
using base::error;
using base::error_kind;
using base::result;

namespace {

// Old output is looked for after so many runs: a transaction for each would be too many.
constexpr run_id forget_interval = 50;

template <class Named>
std::vector<std::string_view> names_of(std::vector<Named> const& things) {
    std::vector<std::string_view> names;
    for (auto const& thing : things) names.push_back(thing.name);
    return names;
}

template <class Named>
Named const* named(std::vector<Named> const& things, std::string_view name) {
    auto const found = std::find_if(things.begin(), things.end(), [&](Named const& thing) { return thing.name == name; });
    return found == things.end() ? nullptr : &*found;
}

result<job const*> find_job_of(std::vector<project> const& projects, std::string const& project_name, std::string const& name) {
    auto const* const in = named(projects, project_name);
    if (!in) {
        return error(error_kind::not_found, "there is no project " + quoted(project_name))
            .with_hint(suggestion(project_name, names_of(projects)));
    }
    auto const* const what = named(in->jobs, name);
    if (!what) {
        return error(error_kind::not_found, "project " + quoted(project_name) + " has no job " + quoted(name))
            .with_hint(suggestion(name, names_of(in->jobs)));
    }
    return what;
}

// A job finds PATH in its environment, and what its definition lists.
void add_path(base::process_spec& spec, std::string const& path) {
    auto const has_path = std::any_of(spec.environment.begin(), spec.environment.end(), [](auto const& v) { return v.first == "PATH"; });
    if (!has_path) spec.environment.emplace_back("PATH", path);
}

}  // namespace

server::impl::impl(asio::any_io_executor on, base::clock& clock, spawner& processes, options given)
    : executor(on),
      time(clock),
      settings(std::move(given)),
      book(on),
      drives(on, clock, processes, book, settings.log, settings.grace),
      places(std::max<std::size_t>(1, settings.max_running)),
      tasks(on, [log = settings.log](std::exception_ptr) { log.error("a run ended in an unexpected way"); }),
      start_ended(on) {}

result<server::impl::candidate> server::impl::examine(start_request const& what) const {
    auto const found = find_job_of(settings.projects, what.project, what.job);
    if (!found) return found.error();
    job const& wanted = **found;
    candidate out;
    out.row.fingerprint = fingerprint(wanted);
    if (!what.fingerprint.empty() && what.fingerprint != out.row.fingerprint) {
        return error(error_kind::conflict, "the job " + quoted(what.job) + " was changed since this run was prepared")
            .with_hint("look at it again, then repeat the command");
    }
    auto bound = bind(wanted, what.parameters);
    if (!bound) return bound.error();
    auto spec = expand(wanted, *bound, what.key);
    if (!spec) return spec.error();
    out.spec = std::move(*spec);
    add_path(out.spec, settings.path);
    out.timeout = wanted.timeout;
    out.row.key = what.key;
    out.row.project = what.project;
    out.row.job = what.job;
    out.row.parameters = without_secrets(wanted, *bound);
    out.row.created = time.now();
    return out;
}

asio::awaitable<result<std::optional<run_of_key>>> server::impl::look_up(std::string key) {
    progress lost;
    lost.state = run_state::lost;
    lost.detail = "the database failed while it was started";
    lost.when = time.now();
    bool const in_doubt = doubtful.contains(key);
    auto const search = [key, in_doubt, lost](base::transaction& in) {
        auto found = find_by_key(in, key);
        if (found && in_doubt) advance_run(in, found->id, lost);
        return std::make_pair(std::move(found), last_revision(in));
    };
    auto answer = co_await book.attempt(search);
    if (!answer) co_return answer.error();
    doubtful.erase(key);
    if (in_doubt) book.publish(answer->second);
    co_return std::move(answer->first);
}

asio::awaitable<result<run_id>> server::impl::insert(candidate what) {
    auto run = std::make_shared<active_run>(executor, places, settings, std::move(what.spec), what.timeout);
    if (!run->place.has_come() && places.waiting() > settings.max_queued) {
        co_return error(error_kind::unavailable, "too many runs wait already").with_hint("wait until some have ended");
    }
    what.row.state = run_state::queued;
    if (run->place.has_come()) what.row.state = run_state::starting;
    auto const add = [row = what.row](base::transaction& in) { return insert_run(in, row); };
    doubtful.insert(what.row.key);
    auto const stored = co_await book.attempt(add);
    if (stored) {
        doubtful.erase(what.row.key);
        launch(run, *stored, what.row);
        co_return stored->id;
    }
    // Whether it was kept is asked at once; without an answer nobody knows.
    auto const search = [key = what.row.key](base::transaction& in) {
        auto const found = find_by_key(in, key);
        return found ? std::optional(stored_run{found->id, last_revision(in)}) : std::nullopt;
    };
    auto const seen = co_await book.attempt(search);
    if (!seen) {
        co_return error(error_kind::timeout_unknown, "the executor's database failed while the run was started")
            .with_hint(stored.error().message());
    }
    doubtful.erase(what.row.key);
    if (!*seen) co_return stored.error();
    launch(run, **seen, what.row);
    co_return (*seen)->id;
}

void server::impl::launch(std::shared_ptr<active_run> run, stored_run where, new_run const& row) {
    run->id = where.id;
    active.emplace(run->id, run);
    book.publish(where.revision);
    tasks.spawn(drive(std::move(run), row.state));
}

asio::awaitable<void> server::impl::drive(std::shared_ptr<active_run> run, run_state state) {
    co_await drives.drive(run, state);
    active.erase(run->id);
    if (run->id % forget_interval != 0) co_return;
    auto const forget = [keep = settings.keep_output_of](base::transaction& in) {
        forget_output(in, keep);
        return true;
    };
    // What cannot be forgotten now is at the next run's end.
    (void)co_await book.attempt(forget);
}

std::shared_ptr<active_run> server::impl::active_of(run_id id) const {
    auto const found = active.find(id);
    return found == active.end() ? nullptr : found->second;
}

asio::awaitable<result<run>> server::impl::load(run_id id) {
    auto const search = [id](base::transaction& in) { return load_run(in, id); };
    auto found = co_await book.attempt(search);
    if (!found) co_return found.error();
    if (!*found) co_return error(error_kind::not_found, "there is no run " + std::to_string(id));
    co_return std::move(**found);
}

asio::awaitable<result<output_lines>> server::impl::output(run_id id, std::uint64_t first, std::size_t max_lines) {
    if (auto const run = active_of(id)) co_return run->output.read(first, max_lines);
    // The database counts with a sign.
    first = std::min<std::uint64_t>(first, std::numeric_limits<std::int64_t>::max());
    auto const read = [id, first, max_lines](base::transaction& in) {
        auto lines = read_output(in, id, first, max_lines);
        auto const found = load_run(in, id);
        lines.complete = found && is_finished(found->state) && lines.next >= output_size(in, id);
        return std::make_pair(found.has_value(), std::move(lines));
    };
    auto answer = co_await book.attempt(read);
    if (!answer) co_return answer.error();
    if (!answer->first) co_return error(error_kind::not_found, "there is no run " + std::to_string(id));
    co_return std::move(answer->second);
}

}  // namespace chatrixcd::executor
