// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/chatops/engine.hpp>

#include <algorithm>
#include <cassert>
#include <chrono>
#include <exception>
#include <utility>

#include "commands/services.hpp"
#include "engine/board.hpp"
#include "engine/catalog.hpp"
#include "engine/database.hpp"
#include "engine/desk.hpp"
#include "engine/failures.hpp"
#include "engine/intake.hpp"
#include "journal/journal.hpp"
#include "journal/schema.hpp"
#include "journal/sealed_columns.hpp"
#include "outbox/sender.hpp"
#include "runs/card_view.hpp"
#include "runs/table.hpp"
#include "runs/tracker.hpp"

namespace chatrixcd::chatops {

namespace asio = boost::asio;

namespace {

constexpr std::int64_t shown_at_start = 100;

}  // namespace

// The parts in the order in which they need each other.
struct engine::impl {
    explicit impl(engine_parts given)
        : parts(std::move(given)),
          log(parts.log.named("chatops")),
          changed(parts.executor),
          store([this] { changed.notify_all(); }),
          shown(std::make_shared<board>(parts.executor)),
          ci(parts.servers),
          messages(parts.executor, *parts.time, log.named("outbox"), store, parts.chats),
          tracked(parts, log.named("runs"), store, *shown, messages),
          with{ci, tracked, store, *shown, parts.chats, *parts.time, parts.time->now()},
          handlers(parts, log.named("commands"), store, all),
          commands_in(parts, log.named("intake"), store, *shown, messages, handlers) {
        all.add(commands::run_command(with));
        all.add(commands::stop_command(with));
        all.add(commands::approve_command(with));
        all.add(commands::reject_command(with));
        all.add(commands::projects_command(with));
        all.add(commands::templates_command(with));
        all.add(commands::schedules_command(with));
        all.add(commands::schedule_command(with));
        all.add(commands::status_command(with));
        all.add(commands::logs_command(with));
        all.add_help();
        all.add(commands::ping_command());
        all.add(commands::info_command(with));
        for (auto const& own : parts.commands) all.add(own);
        for (auto const& server : parts.servers) shown->add_server(server.name, parts.time->now());
    }

    base::error problem() const {
        return {base::error_kind::environment,
                "chatops.db cannot be used any more: " + store.problem() + "; what was not finished is taken up at the next start"};
    }

    engine_parts parts;
    base::logger log;
    base::notifier changed;  // stopping, or the store is broken
    database store;
    std::shared_ptr<board> shown;
    catalog ci;
    outbox::sender messages;
    runs::tracker tracked;
    commands::services with;
    command_set all;
    desk handlers;
    intake commands_in;
    bool started = false;
    bool stopping = false;
};

engine::engine(engine_parts parts) : impl_(std::make_unique<impl>(std::move(parts))) {}
engine::~engine() = default;

asio::awaitable<base::result<void>> engine::start() {
    auto& self = *impl_;
    assert(!self.started);
    base::store_options options;
    options.path = self.parts.store_path;
    options.migrations = journal::migrations();
    options.sealed = journal::sealed_columns();
    options.key = self.parts.store_key;
    options.hooks = self.parts.store_hooks;
    if (auto opened = self.store.open(std::move(options), self.parts.make_runner()); !opened) co_return opened.error();
    base::result<void> taken_up;
    try {
        auto newest = [](base::transaction& in) { return runs::newest_runs(in, shown_at_start); };
        auto recent = co_await self.store.write(std::move(newest));
        std::reverse(recent.begin(), recent.end());
        for (auto const& run : recent) self.shown->put(runs::entry_of(run, {}));
        co_await self.tracked.resume();
        co_await self.messages.resume();
        co_await self.commands_in.resume();
        self.started = true;
    } catch (base::store_error const&) {
        taken_up = self.problem();
    } catch (base::error_exception const& e) {
        taken_up = e.why();
    }
    co_return taken_up;
}

asio::awaitable<void> engine::run() {
    auto& self = *impl_;
    base::task_group pullers(self.parts.executor, [log = self.log](std::exception_ptr failure) {
        log.error("a chat is not listened to any more", {{"why", words_of(failure)}});
    });
    for (auto* const chat : self.parts.chats) pullers.spawn(self.commands_in.pull(*chat));
    auto const throws = co_await asio::this_coro::throw_if_cancelled();
    std::exception_ptr interrupted;
    try {
        while (!self.stopping && !self.store.is_broken()) co_await self.changed.wait();
    } catch (...) {
        interrupted = std::current_exception();
    }
    // Asio would refuse a cancelled caller the join.
    co_await asio::this_coro::throw_if_cancelled(false);
    pullers.cancel();
    co_await pullers.join();
    co_await asio::this_coro::throw_if_cancelled(throws);
    if (interrupted) std::rethrow_exception(interrupted);
    if (self.store.is_broken()) throw base::error_exception(self.problem());
}

asio::awaitable<void> engine::stop(base::duration grace) {
    auto& self = *impl_;
    self.stopping = true;
    self.changed.notify_all();
    self.commands_in.close();
    if (self.store.is_open()) {
        co_await self.commands_in.finish(grace);
        co_await self.tracked.settle(grace);
        co_await self.messages.flush(grace);
    }
    co_await self.commands_in.stop();
    co_await self.tracked.stop();
    co_await self.messages.stop();
    if (self.store.is_open() && !self.store.is_broken()) {
        try {
            co_await self.store.write(journal::forgive_attempts);
        } catch (base::store_error const& e) {
            self.log.warning("the journal could not be written at the end", {{"why", e.what()}});
        }
    }
    self.store.close();
    self.shown->close();
}

asio::awaitable<base::result<view>> engine::execute(actor who, std::string words) {
    auto& self = *impl_;
    if (!self.started || self.stopping) co_return base::error(base::error_kind::unavailable, "the bot is not running, or is stopping");
    co_return co_await self.commands_in.execute(std::move(who), std::move(words));
}

engine_snapshot engine::snapshot() const { return impl_->shown->snapshot(); }

asio::awaitable<engine_changes> engine::changes(std::uint64_t since) { return board::changes(impl_->shown, since); }

command_set const& engine::commands() const noexcept { return impl_->all; }

}  // namespace chatrixcd::chatops
