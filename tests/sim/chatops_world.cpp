// SPDX-License-Identifier: Apache-2.0
#include "sim/chatops_world.hpp"

#include <boost/asio/co_spawn.hpp>
#include <stdexcept>
#include <utility>

#include "journal/schema.hpp"
#include "journal/sealed_columns.hpp"

namespace chatrixcd::test {

namespace asio = boost::asio;

struct chatops_world::process {
    process(chatops_world& world, chatops::engine_parts (*parts)(chatops_world&, process&))
        : switched(world.loop.get_executor()),
          chat(world.chat, switched, world.thread),
          own_ci(world.make_ci ? world.make_ci(switched) : nullptr),
          ci(own_ci ? *own_ci : world.ci, switched, world.slow_start),
          bot(parts(world, *this)) {}

    power switched;
    powered_chat chat;
    std::shared_ptr<chatops::ci::server> own_ci;
    powered_ci ci;
    chatops::engine bot;
    bool running = false;
    std::exception_ptr failure;
};

chatops_world::chatops_world(std::uint64_t seed)
    : entropy(base::make_seeded_random(seed)),
      ci(time),
      chat(loop.get_executor(), time),
      background(loop.get_executor(), nullptr),
      folder_("chatops-world") {
    rules = std::make_shared<chatops::allow_list>(std::vector<std::string>{ann}, std::vector<std::string>{room});
}

chatops_world::~chatops_world() {
    if (process_) kill_bot();
    background.cancel();
    run(background.join());
}

void chatops_world::start_bot() {
    if (process_) throw std::logic_error("the bot is up");
    process_ = std::make_unique<process>(*this, [](chatops_world& world, process& of) {
        chatops::engine_parts parts(world.loop.get_executor(), world.time, *world.entropy);
        parts.log = world.log;
        parts.store_path = world.folder_.path() + "/chatops.db";
        parts.store_key = base::store_key_file{world.folder_.path() + "/store.key"};
        parts.make_runner = base::make_inline_store_runner;
        parts.store_hooks = of.switched.hooks();
        parts.servers.push_back({"local", &of.ci, world.rooms_of_ci});
        parts.servers.insert(parts.servers.end(), world.more_servers.begin(), world.more_servers.end());
        parts.chats.push_back(&of.chat);
        parts.rules = world.rules;
        parts.commands = world.commands;
        parts.options = world.options;
        return parts;
    });
    auto& up = *process_;
    up.running = true;
    auto both = [](process& of) -> asio::awaitable<void> {
        auto const opened = co_await of.bot.start();
        if (!opened) throw base::error_exception(opened.error());
        co_await of.bot.run();
    };
    asio::co_spawn(loop, both(up), [&up](std::exception_ptr failure) {
        up.failure = failure;
        up.running = false;
    });
}

void chatops_world::kill_bot() {
    if (!process_) return;
    process_->switched.cut();
    chat.restart();
    // The memory of a dead process has no effect any more; freeing it is our housekeeping.
    run(process_->bot.stop(base::duration(0)));
    if (!time.run_until(loop, [this] { return !process_->running; })) throw std::runtime_error("run() has not ended");
    process_.reset();
}

void chatops_world::stop_bot() {
    run(process_->bot.stop(std::chrono::seconds(5)));
    if (!time.run_until(loop, [this] { return !process_->running; })) throw std::runtime_error("run() has not ended");
    chat.restart();
    process_.reset();
}

chatops::engine& chatops_world::bot() { return process_->bot; }
power& chatops_world::switched() { return process_->switched; }
std::exception_ptr chatops_world::run_failure() const { return process_->failure; }

bool chatops_world::run_until(std::function<bool()> const& done, base::duration limit) {
    return time.run_until(
        loop, [&] { return (process_ && process_->switched.is_dead()) || done(); }, limit);
}

void chatops_world::let_pass(base::duration span) {
    bool over = false;
    auto wait = [](base::clock& clock, base::duration how_long, bool& done) -> asio::awaitable<void> {
        co_await clock.sleep(how_long);
        done = true;
    };
    background.spawn(wait(time, span, over));
    // Also when the process dies: `over` is on our stack.
    time.run_until(
        loop, [&] { return over; }, span + std::chrono::seconds(1));
}

template <class F>
auto chatops_world::look(F reader) {
    base::store_options at;
    at.path = folder_.path() + "/chatops.db";
    at.migrations = chatops::journal::migrations();
    at.sealed = chatops::journal::sealed_columns();
    at.key = base::store_key_file{folder_.path() + "/store.key"};
    auto store = base::store::open(std::move(at), base::make_inline_store_runner());
    if (!store) throw std::runtime_error(store.error().describe());
    return run((*store)->read(std::move(reader)));
}

std::vector<base::row> chatops_world::query(std::string sql) {
    return look([sql = std::move(sql)](base::transaction& in) { return in.query(sql); });
}

std::vector<journal_row> chatops_world::journal() {
    return look([](base::transaction& in) {
        std::vector<journal_row> all;
        for (auto const& row : in.query("SELECT event, line, state, outcome, reason FROM journal ORDER BY number")) {
            journal_row one;
            one.event = row.text(0);
            one.line = in.unseal(chatops::journal::sealed_in::line, row.bytes(1)).value();
            one.state = row.text(2);
            one.outcome = row.optional_text(3).value_or("");
            one.reason = row.text(4);
            all.push_back(std::move(one));
        }
        return all;
    });
}

std::vector<run_row> chatops_world::runs() {
    std::vector<run_row> all;
    for (auto const& row : query("SELECT number, event, run_key, start, run_id, open FROM runs ORDER BY number")) {
        run_row one;
        one.number = row.integer(0);
        one.event = row.text(1);
        one.key = row.text(2);
        one.start = row.text(3);
        one.id = row.text(4);
        one.open = row.integer(5) != 0;
        all.push_back(std::move(one));
    }
    return all;
}

std::size_t chatops_world::unsent() { return query("SELECT key FROM outbox WHERE state = 'pending'").size(); }

bool chatops_world::is_quiet() {
    if (chat.unacknowledged() > 0 || unsent() > 0) return false;
    if (!query("SELECT 1 FROM journal WHERE state <> 'done'").empty()) return false;
    return query("SELECT 1 FROM runs WHERE open = 1").empty();
}

std::optional<chatops::card> chatops_world::card_in(chatops::testing::shown_message const& message) {
    for (auto const& block : message.content.blocks()) {
        if (auto const* found = std::get_if<chatops::card>(&block)) return *found;
    }
    return std::nullopt;
}

std::vector<chatops::testing::shown_message> chatops_world::cards_of(std::int64_t run) const {
    std::vector<chatops::testing::shown_message> found;
    auto const number = "#" + std::to_string(run);
    for (auto const& message : chat.bot_messages()) {
        auto const card = card_in(message);
        if (card && card->title.ends_with(number)) found.push_back(message);
    }
    return found;
}

}  // namespace chatrixcd::test
