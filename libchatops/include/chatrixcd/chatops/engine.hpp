// SPDX-License-Identifier: Apache-2.0
// The heart of a chat-ops bot. It takes commands from chats and from local operators, runs them at CI servers, and keeps one card a run
// up to date. Its promise: each command that it journals starts at most one run and ends as exactly one of *ran*, *refused* or *in doubt,
// a person decides*, through SIGKILL and power loss.
//
// Everything happens on `parts.executor`; call every method there. The engine owns `chatops.db` and nothing else: CI servers, chats,
// clock and randomness are the caller's and must outlive it. Order of use: start(), run(), stop(), destruction. Before the engine is
// destroyed stop() has been awaited, also after start() has failed, and run() has returned. Two engines never share a store.
//
// A message that does not begin with the command prefix is acknowledged and forgotten: it leaves no row in the journal. Only the answer to
// a question (context::ask) needs no prefix; it is a command of its own.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/error.hpp>
#include <chatrixcd/base/log.hpp>
#include <chatrixcd/base/random.hpp>
#include <chatrixcd/base/store.hpp>
#include <chatrixcd/chatops/chat/service.hpp>
#include <chatrixcd/chatops/ci/server.hpp>
#include <chatrixcd/chatops/command.hpp>
#include <chatrixcd/chatops/policy.hpp>
#include <chatrixcd/chatops/snapshot.hpp>

namespace chatrixcd::chatops {

// A CI under the name that it has in the bot's configuration.
struct named_server {
    std::string name;
    ci::server* server = nullptr;
    // Where it exists; empty: wherever commands are taken. Whoever is at the machine, or alone at a console, sees it everywhere.
    std::vector<std::string> rooms;
};

class engine_options {
public:
    engine_options() = default;
    std::string command_prefix = "!cd";
    // How often an open run is asked for where the CI has no events, or they fail: first after `poll_first`, then ever less often while
    // nothing changes, at least every `poll_most`.
    base::duration poll_first{std::chrono::seconds(1)};
    base::duration poll_most{std::chrono::seconds(30)};
    // And where it has: its events leave nothing out, so this is for what no one thought of.
    base::duration poll_beside_events{std::chrono::minutes(5)};
    // A card is edited at once when its state changes; for lesser news at most this often.
    base::duration card_interval{std::chrono::seconds(5)};
    // How long a start that we sent can at most be under way: the CI client's total time-out, and a margin. Only after both may
    // "absent" be believed.
    base::duration start_limit{std::chrono::seconds(60)};
    base::duration start_margin{std::chrono::seconds(60)};
    // How long a CI that does not answer is asked for a start's fate before a person is.
    base::duration give_up_after{std::chrono::hours(1)};
    // How far find() looks back before the start: the most by which the CI's clock may be ahead or behind.
    base::duration clock_slack{std::chrono::minutes(15)};
};

class engine_parts {
public:
    engine_parts(boost::asio::any_io_executor on, base::clock& its_time, base::random& its_entropy)
        : executor(std::move(on)), time(&its_time), entropy(&its_entropy) {}

    boost::asio::any_io_executor executor;
    base::clock* time;
    base::random* entropy;
    base::logger log;
    std::string store_path;            // the file chatops.db, in a private folder whose lock the caller holds; empty: in memory
    base::store_key_source store_key;  // none: what people said is kept in the clear
    std::function<std::unique_ptr<base::store_runner>()> make_runner = base::make_store_thread;
    base::store_hooks store_hooks;
    std::vector<named_server> servers;    // projects are numbered in this order
    std::vector<chat::service*> chats;    // names are unique
    std::shared_ptr<policy const> rules;  // none: everybody is refused
    std::vector<command> commands;        // beside the built-in ones
    engine_options options;
};

class engine {
public:
    explicit engine(engine_parts parts);
    ~engine();
    engine(engine const&) = delete;
    engine& operator=(engine const&) = delete;

    // Opens the store and takes up what the last process left: starts whose fate is not known are looked for, open runs are asked for and
    // their cards edited, messages that were not sent are sent, commands that were not handled are handled. Returns as soon as all of
    // this is under way. Errors: those of base::store::open.
    boost::asio::awaitable<base::result<void>> start();

    // Takes deliveries from every chat until stop() or cancellation: rooms side by side, in order in a room. Throws
    // base::error_exception (environment) when the store cannot be written any more: then nothing is handled until the next start.
    boost::asio::awaitable<void> run();

    // In this order: no more deliveries are taken and commands refused, handlers may end (at most `grace`), the outbox is flushed (at most
    // `grace`), everything else is cut and joined, the store closed. Starts that were cut are found at the next start.
    boost::asio::awaitable<void> stop(base::duration grace = std::chrono::seconds(5));

    // Runs one line (with or without the prefix) for somebody who is not in a chat. The origin is (operator, nonce): two calls are two
    // commands. Errors: the refusal; `unavailable` before start() and after stop().
    boost::asio::awaitable<base::result<view>> execute(actor who, std::string words);

    engine_snapshot snapshot() const;
    // Waits until the revision is above `since`, and returns what changed. Revisions count from 1 in each process; one that is above the
    // current counts as 0. Returns with nothing changed once the engine is stopped.
    boost::asio::awaitable<engine_changes> changes(std::uint64_t since);

    // All commands, for completion and documentation.
    command_set const& commands() const noexcept;

private:
    struct impl;
    std::unique_ptr<impl> impl_;
};

}  // namespace chatrixcd::chatops
