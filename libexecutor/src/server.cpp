// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/executor/server.hpp>

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <utility>

#include <chatrixcd/base/files.hpp>

#include "definition/names.hpp"
#include "server_impl.hpp"
#include "store/output.hpp"
#include "store/schema.hpp"
#include "store/sealed_columns.hpp"

namespace chatrixcd::executor {

namespace asio = boost::asio;
using base::error;
using base::error_kind;
using base::result;

namespace {

error stopped() { return error(error_kind::unavailable, "the executor has stopped"); }

// The mark that a start under this key is under way.
class key_mark {
public:
    key_mark(std::set<std::string>& marked, base::notifier& gone, std::string key) : marked_(marked), gone_(gone), key_(std::move(key)) {
        marked_.insert(key_);
    }
    ~key_mark() {
        marked_.erase(key_);
        gone_.notify_all();
    }
    key_mark(key_mark const&) = delete;
    key_mark& operator=(key_mark const&) = delete;

private:
    std::set<std::string>& marked_;
    base::notifier& gone_;
    std::string key_;
};

result<void> make_folder(std::string const& folder) {
    if (folder.empty()) return {};
    return base::make_private_folder(folder);
}

}  // namespace

server::server(asio::any_io_executor executor, base::clock& time, spawner& processes, options settings)
    : impl_(std::make_shared<impl>(std::move(executor), time, processes, std::move(settings))) {}

server::~server() = default;

asio::awaitable<result<void>> server::open() {
    auto const self = impl_;
    if (auto const wrong = validate(self->settings.projects); !wrong.empty()) {
        co_return error(error_kind::invalid, wrong.front().path + ": " + wrong.front().message).with_hint(wrong.front().hint);
    }
    auto const& folder = self->settings.store_folder;
    if (auto made = make_folder(folder); !made) co_return made.error();
    base::store_options how;
    if (!folder.empty()) how.path = folder + "/executor.db";
    how.migrations = migrations();
    how.sealed = sealed_columns();
    how.key = self->settings.store_key;
    how.hooks = self->settings.store_hooks;
    auto opened = base::store::open(std::move(how), self->settings.store_runner());
    if (!opened) co_return opened.error();
    self->book.open(std::move(*opened));

    progress lost;
    lost.state = run_state::lost;
    lost.detail = "it was killed when the program that had started it ended";
    lost.when = self->time.now();
    auto const lose = [lost, keep = self->settings.keep_output_of](base::transaction& in) {
        forget_output(in, keep);
        auto const before = last_revision(in);
        return std::make_pair(before, lose_unfinished(in, lost));
    };
    auto const revisions = co_await self->book.attempt(lose);
    if (!revisions) co_return revisions.error();
    self->revision_before_open = revisions->first;
    self->book.publish(revisions->second);
    co_return result<void>();
}

asio::awaitable<void> server::stop() {
    auto const self = impl_;
    co_await asio::this_coro::throw_if_cancelled(false);
    self->stopping = true;
    // A start whose row is being committed becomes a run, which then ends like the others.
    while (!self->starting.empty()) co_await self->start_ended.wait_to_the_end();
    self->drives.give_up_on_failure();
    for (auto const& [id, run] : self->active) run->end(ending::stopped);
    co_await self->tasks.join();
    self->book.close();
}

std::vector<project> const& server::projects() const noexcept { return impl_->settings.projects; }

project const* server::find_project(std::string_view name) const noexcept {
    auto const& all = impl_->settings.projects;
    auto const found = std::find_if(all.begin(), all.end(), [&](project const& each) { return each.name == name; });
    return found == all.end() ? nullptr : &*found;
}

job const* server::find_job(std::string_view project_name, std::string_view name) const noexcept {
    auto const* const in = find_project(project_name);
    if (!in) return nullptr;
    auto const found = std::find_if(in->jobs.begin(), in->jobs.end(), [&](job const& each) { return each.name == name; });
    return found == in->jobs.end() ? nullptr : &*found;
}

asio::awaitable<result<run_id>> server::start(start_request what) {
    auto const self = impl_;
    if (!is_run_key(what.key)) {
        co_return error(error_kind::invalid, quoted(what.key) + " is no key of a run").with_hint("1–64 letters, digits, '_' and '-'");
    }
    while (self->starting.contains(what.key)) co_await self->start_ended.wait();
    if (self->stopping || !self->book.is_open()) co_return stopped();
    key_mark const mark(self->starting, self->start_ended, what.key);
    auto const earlier = co_await self->look_up(what.key);
    if (!earlier) co_return earlier.error();
    if (*earlier) {
        if ((*earlier)->project == what.project && (*earlier)->job == what.job) co_return (*earlier)->id;
        co_return error(error_kind::conflict, "this key belongs to a run of another job").with_hint("use a new key for each start");
    }
    auto checked = self->examine(what);
    if (!checked) co_return checked.error();
    co_return co_await self->insert(std::move(*checked));
}

asio::awaitable<result<std::optional<run_id>>> server::find(std::string key) {
    auto const self = impl_;
    while (self->starting.contains(key)) co_await self->start_ended.wait();
    auto const found = co_await self->look_up(std::move(key));
    if (!found) co_return found.error();
    std::optional<run_id> id;
    if (*found) id = (*found)->id;
    co_return id;
}

asio::awaitable<result<run>> server::get(run_id id) {
    auto const self = impl_;
    co_return co_await self->load(id);
}

asio::awaitable<result<std::vector<run>>> server::runs(run_filter matching) {
    auto const self = impl_;
    if (matching.limit < 1 || matching.limit > 1000) {
        co_return error(error_kind::invalid, "a page of runs cannot have " + std::to_string(matching.limit)).with_hint("1–1000");
    }
    auto const list = [matching](base::transaction& in) { return list_runs(in, matching); };
    co_return co_await self->book.attempt(list);
}

asio::awaitable<result<void>> server::cancel(run_id id) {
    auto const self = impl_;
    if (auto const run = self->active_of(id)) {
        run->end(ending::canceled);
        co_return result<void>();
    }
    auto const found = co_await self->load(id);
    if (!found) co_return found.error();
    co_return error(error_kind::conflict, "run " + std::to_string(id) + " has ended already: " + std::string(to_string(found->state)));
}

asio::awaitable<result<output_lines>> server::output(run_id id, std::uint64_t first, std::size_t max_lines) {
    auto const self = impl_;
    co_return co_await self->output(id, first, max_lines);
}

asio::awaitable<result<output_lines>> server::tail(run_id id, std::size_t lines) {
    auto const self = impl_;
    if (auto const run = self->active_of(id)) co_return run->output.last(lines);
    auto const measure = [id](base::transaction& in) { return output_size(in, id); };
    auto const size = co_await self->book.attempt(measure);
    if (!size) co_return size.error();
    co_return co_await self->output(id, *size - std::min<std::uint64_t>(*size, lines), lines);
}

asio::awaitable<result<run>> server::changes(std::uint64_t after) {
    auto const self = impl_;
    while (self->book.is_open()) {
        if (self->book.revision() > after) {
            auto const next = [after](base::transaction& in) { return next_changed(in, after); };
            auto found = co_await self->book.attempt(next);
            if (!found) co_return found.error();
            if (*found) co_return std::move(**found);
        }
        co_await self->book.changed().wait();
    }
    co_return stopped();
}

std::uint64_t server::revision_before_open() const noexcept { return impl_->revision_before_open; }

}  // namespace chatrixcd::executor
