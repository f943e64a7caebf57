// SPDX-License-Identifier: Apache-2.0
#include "wiring.hpp"

#include <algorithm>
#include <chatrixcd/base/notifier.hpp>
#include <chatrixcd/base/store.hpp>
#include <chatrixcd/base/task_group.hpp>
#include <chatrixcd/base/timeout.hpp>
#include <chatrixcd/chatops/adapters/executor.hpp>
#include <chatrixcd/chatops/engine.hpp>
#include <chatrixcd/executor/server.hpp>
#include <chatrixcd/executor/spawner.hpp>
#include <chatrixcd/matrix/client.hpp>
#include <chatrixcd/matrix/fingerprint.hpp>

#include "bot_account.hpp"
#include "config/verified_entry.hpp"
#include "members/members_command.hpp"
#include "push/listener.hpp"
#include "semaphore_server.hpp"
#include "verification/desk.hpp"
#include "verification/sessions_command.hpp"
#include "verification/verify_command.hpp"

namespace chatrixcd::bot {
namespace {

namespace asio = boost::asio;
using asio::awaitable;

// How long the cards of local runs may take to say that they were ended.
constexpr std::chrono::seconds cards_may_take{5};

awaitable<bool> finished(awaitable<void> work) {
    co_await std::move(work);
    co_return true;
}

// One local executor of the configuration, and its face to the engine.
struct local_ci {
    std::string name;
    std::unique_ptr<executor::server> jobs;
    std::unique_ptr<chatops::ci::server> face;
};

}  // namespace

matrix::options matrix_options(surroundings const& around, matrix_config const& settings) {
    matrix::options how;
    how.homeserver(settings.homeserver)
        .store(settings.store_path)
        .device_name(settings.device_name)
        .encryption(settings.encryption == "on")
        .trusted_keys(verified_entries(settings.verified))
        .store_runner(around.make_runner)
        .time(*around.time)
        .random(*around.entropy)
        .transport(*around.network)
        .log(around.log);
    return how;
}

struct running_bot::impl {
    impl(surroundings outside, config what, std::shared_ptr<matrix::token_source> how_to_log_in, std::optional<matrix::recovery_key> key,
         base::store_key_source of_store, chatops::chat::service* other)
        : around(std::move(outside)),
          settings(std::move(what)),
          tokens(std::move(how_to_log_in)),
          recovery(std::move(key)),
          store_key(std::move(of_store)),
          other_chat(other),
          log(around.log.named("bot")),
          processes(executor::make_process_spawner()),
          stop_asked(around.executor) {}

    awaitable<base::result<void>> start_chat();
    awaitable<base::result<void>> start_executors();
    base::result<void> make_semaphores();
    awaitable<base::result<void>> start_engine();
    base::result<void> open_listener();
    awaitable<void> tell_identity();
    awaitable<void> end_local_runs();
    bool is_local(std::string const& server) const;
    awaitable<void> work();
    void end(base::result<void> how);

    surroundings around;
    config settings;
    std::shared_ptr<matrix::token_source> tokens;
    std::optional<matrix::recovery_key> recovery;
    base::store_key_source store_key;
    chatops::chat::service* other_chat;
    base::logger log;
    std::unique_ptr<executor::spawner> processes;
    base::notifier stop_asked;
    bool stopping = false;
    base::result<void> outcome;

    std::optional<base::folder_lock> lock;  // without Matrix; else the account's own
    std::unique_ptr<bot_account> account;
    std::unique_ptr<verification_desk> verifications;
    std::vector<local_ci> servers;
    std::vector<std::pair<std::string, std::unique_ptr<semaphore_server>>> semaphores;
    std::unique_ptr<chatops::engine> engine;
    std::unique_ptr<push_listener> listener;
    std::unique_ptr<base::task_group> tasks;
};

bool running_bot::impl::is_local(std::string const& server) const {
    return std::any_of(servers.begin(), servers.end(), [&](local_ci const& local) { return local.name == server; });
}

// Local jobs end with us. Their cards shall say so before we go, so they are ended while the engine still watches. Those of other servers
// go on, and are taken up at the next start.
awaitable<void> running_bot::impl::end_local_runs() {
    for (local_ci& local : servers) {
        auto const runs = co_await local.jobs->runs(executor::run_filter());
        if (!runs) continue;
        for (executor::run const& run : *runs) {
            if (!executor::is_finished(run.state)) (void)co_await local.jobs->cancel(run.id);
        }
    }
    std::uint64_t seen = 0;
    for (;;) {
        auto const now = engine->snapshot();
        auto const is_open_here = [this](chatops::run_summary const& r) { return r.open && is_local(r.server); };
        if (std::none_of(now.runs.begin(), now.runs.end(), is_open_here)) co_return;
        seen = now.revision;
        co_await engine->changes(seen);
    }
}

awaitable<base::result<void>> running_bot::impl::start_chat() {
    if (other_chat != nullptr) {
        auto acquired = base::folder_lock::acquire(settings.matrix.store_path);
        if (!acquired) co_return acquired.error();
        lock.emplace(std::move(*acquired));
        co_return base::result<void>();
    }
    account = std::make_unique<bot_account>(around, settings, account_secrets(recovery, store_key));
    verification_desk::options how;
    how.people = settings.bot.admin_users;
    how.agrees_with_known = true;
    how.command_prefix = settings.bot.command_prefix;
    verifications = std::make_unique<verification_desk>(around, account->client(), std::move(how));
    co_return co_await account->client().start(tokens);
}

awaitable<base::result<void>> running_bot::impl::start_executors() {
    for (ci_config const& wanted : settings.ci) {
        if (wanted.type != "executor") continue;
        executor::options options;
        options.projects = wanted.projects;
        options.store_folder = settings.matrix.store_path + "/ci-" + wanted.name;
        options.store_key = store_key;
        options.log = around.log.named("executor");
        local_ci local;
        local.name = wanted.name;
        local.jobs = std::make_unique<executor::server>(around.executor, *around.time, *processes, std::move(options));
        auto opened = co_await local.jobs->open();
        if (!opened) co_return opened.error();
        local.face = chatops::make_executor_ci(*local.jobs);
        servers.push_back(std::move(local));
    }
    co_return base::result<void>();
}

// Servers elsewhere: whether they are there is seen when somebody wants something of them.
base::result<void> running_bot::impl::make_semaphores() {
    for (ci_config const& wanted : settings.ci) {
        if (wanted.type != "semaphore") continue;
        auto made = semaphore_server::make(around, wanted);
        if (!made) return base::error(made.error().kind(), "ci " + wanted.name + ": " + made.error().message());
        semaphores.emplace_back(wanted.name, std::move(*made));
    }
    return {};
}

awaitable<base::result<void>> running_bot::impl::start_engine() {
    chatops::engine_parts parts(around.executor, *around.time, *around.entropy);
    parts.log = around.log;
    parts.store_path = settings.matrix.store_path + "/chatops.db";
    parts.store_key = store_key;
    // In the order of the configuration, which is that of the lists.
    for (ci_config const& wanted : settings.ci) {
        for (local_ci& local : servers) {
            if (local.name == wanted.name) parts.servers.push_back({local.name, local.face.get(), wanted.rooms});
        }
        for (auto& [name, server] : semaphores) {
            if (name == wanted.name) parts.servers.push_back({name, &server->face(), wanted.rooms});
        }
    }
    parts.make_runner = around.make_runner;
    parts.chats.push_back(other_chat == nullptr ? &account->chat() : other_chat);
    if (account) {
        parts.commands.push_back(verify_command(around, settings, account->client(), *verifications));
        parts.commands.push_back(sessions_command(around, settings, account->client()));
        parts.commands.push_back(members_command(settings, account->client(), account->newcomers()));
    }
    parts.rules = std::make_shared<chatops::allow_list>(settings.bot.admin_users, settings.bot.allowed_rooms);
    parts.options.command_prefix = settings.bot.command_prefix;
    engine = std::make_unique<chatops::engine>(std::move(parts));
    co_return co_await engine->start();
}

// What people compare, when they verify the bot by its keys.
awaitable<void> running_bot::impl::tell_identity() {
    auto const own = co_await account->client().identity();
    if (!own && stopping) co_return;
    if (!own) {
        log.error("encryption does not work", {{"why", own.error().describe()}});
        co_return;
    }
    log.info("this device, as others see it", {{"device", own->device.str()},
                                               {"fingerprint", matrix::shown_fingerprint(own->fingerprint)},
                                               {"cross_signed", own->is_cross_signed},
                                               {"missing", own->problem.empty() ? "nothing" : own->problem}});
}

// What others tell of a server makes us ask it sooner.
base::result<void> running_bot::impl::open_listener() {
    std::vector<push_endpoint> endpoints;
    for (ci_config const& wanted : settings.ci) {
        if (!wanted.semaphore.push) continue;
        auto endpoint = push_endpoint::make(wanted.name, *wanted.semaphore.push);
        if (!endpoint) return endpoint.error();
        for (auto& [name, server] : semaphores) {
            if (name != wanted.name) continue;
            endpoint->tell = [to = server.get()](semaphore::push_hint const& said) { to->hint(said.project); };
        }
        endpoints.push_back(std::move(*endpoint));
    }
    if (endpoints.empty()) return {};
    auto opened = push_listener::open(around.executor, *around.time, around.log.named("push"), settings.push.listen, std::move(endpoints));
    if (!opened) return opened.error();
    listener = std::move(*opened);
    return {};
}

void running_bot::impl::end(base::result<void> how) {
    if (stopping) return;
    stopping = true;
    outcome = std::move(how);
    stop_asked.notify_all();
}

awaitable<void> running_bot::impl::work() {
    try {
        co_await engine->run();
        end(base::result<void>());
    } catch (base::error_exception const& e) {
        end(e.why());
    }
}

running_bot::running_bot(surroundings around, config settings, std::shared_ptr<matrix::token_source> tokens,
                         std::optional<matrix::recovery_key> recovery, base::store_key_source store_key)
    : impl_(std::make_unique<impl>(std::move(around), std::move(settings), std::move(tokens), std::move(recovery), std::move(store_key),
                                   nullptr)) {}
running_bot::running_bot(surroundings around, config settings, chatops::chat::service& chat, base::store_key_source store_key)
    : impl_(std::make_unique<impl>(std::move(around), std::move(settings), nullptr, std::nullopt, std::move(store_key), &chat)) {}
running_bot::~running_bot() = default;

awaitable<base::result<void>> running_bot::start() {
    // The account first: it holds the store's lock, without which nothing else may touch the store.
    auto chat_up = co_await impl_->start_chat();
    if (!chat_up) co_return chat_up.error();
    auto executors_up = co_await impl_->start_executors();
    if (!executors_up) co_return executors_up.error();
    auto const semaphores_made = impl_->make_semaphores();
    if (!semaphores_made) co_return semaphores_made.error();
    auto engine_up = co_await impl_->start_engine();
    if (!engine_up) co_return engine_up.error();
    co_return impl_->open_listener();
}

awaitable<base::result<void>> running_bot::run() {
    impl* self = impl_.get();
    self->tasks = std::make_unique<base::task_group>(self->around.executor, [self](std::exception_ptr) {
        self->end(base::error(base::error_kind::internal, "the bot's main task failed; the log says how"));
    });
    self->tasks->spawn(self->work());
    for (auto& [name, server] : self->semaphores) self->tasks->spawn(server->listen());
    if (self->account) {
        auto watch = [](impl* bot) -> awaitable<void> { bot->end(co_await bot->account->client().run()); };
        self->tasks->spawn(watch(self));
        if (self->settings.matrix.encryption == "on") self->tasks->spawn(self->tell_identity());
    }
    while (!self->stopping) co_await self->stop_asked.wait();
    co_return self->outcome;
}

void running_bot::request_stop() { impl_->end(base::result<void>()); }

awaitable<void> running_bot::stop() {
    impl_->stopping = true;
    if (impl_->listener) co_await impl_->listener->stop();
    if (impl_->tasks) co_await base::with_timeout(*impl_->around.time, finished(impl_->end_local_runs()), cards_may_take);
    if (impl_->engine) co_await impl_->engine->stop();
    for (local_ci& local : impl_->servers) co_await local.jobs->stop();
    if (impl_->account) {
        co_await impl_->account->client().stop();
        co_await impl_->verifications->stop();
    }
    if (impl_->tasks) {
        impl_->tasks->cancel();
        co_await impl_->tasks->join();
    }
    impl_->lock.reset();
}

bool running_bot::has_open_runs() const {
    auto const seen = impl_->engine->snapshot();
    return std::any_of(seen.runs.begin(), seen.runs.end(), [](chatops::run_summary const& run) { return run.open; });
}

}  // namespace chatrixcd::bot
