// SPDX-License-Identifier: Apache-2.0
// A bot's engine, a CI and a chat under one virtual clock, in one thread: the process can end at any step and be started again on the
// same store. Everything is a function of the script and the seed.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <chatrixcd/base/files.hpp>
#include <chatrixcd/base/log.hpp>
#include <chatrixcd/base/random.hpp>
#include <chatrixcd/base/task_group.hpp>
#include <chatrixcd/base/virtual_clock.hpp>
#include <chatrixcd/chatops/engine.hpp>
#include <chatrixcd/chatops/testing/scripted_chat.hpp>
#include <chatrixcd/chatops/testing/scripted_ci.hpp>

#include "sim/chatops_power.hpp"

namespace chatrixcd::test {

// A row of the journal, as the next process finds it.
struct journal_row {
    std::string event;
    std::string line;
    std::string state;
    std::string outcome;  // empty: none yet
    std::string reason;
};
// A row of the runs.
struct run_row {
    std::int64_t number = 0;
    std::string event;
    std::string key;
    std::string start;
    std::string id;
    bool open = true;
};

class chatops_world {
public:
    explicit chatops_world(std::uint64_t seed = 1);
    ~chatops_world();

    static constexpr char const* room = "!room:example.org";
    static constexpr char const* ann = "@ann:example.org";  // may command in `room`

    // What the next process is made of; the defaults allow ann in the room.
    chatops::engine_options options;
    std::vector<chatops::command> commands;
    std::shared_ptr<chatops::policy const> rules;
    powered_ci::slow_start slow_start;
    // Makes the CI of the next process, which belongs to it, instead of `ci`.
    std::function<std::shared_ptr<chatops::ci::server>(power&)> make_ci;
    std::vector<std::string> rooms_of_ci;             // where it exists; empty: everywhere
    std::vector<chatops::named_server> more_servers;  // behind it
    std::optional<std::string> thread;                // in which everything is said

    // A new process on the same store. Fails the test if it does not start.
    void start_bot();
    // It ends at once: SIGKILL.
    void kill_bot();
    // It ends in good order.
    void stop_bot();
    bool is_up() const noexcept { return process_ != nullptr; }
    chatops::engine& bot();
    power& switched();
    // What run() threw, if it has ended by itself.
    std::exception_ptr run_failure() const;

    // Lets time pass until `done` or the process dies; false if neither happens within `limit` of virtual time.
    bool run_until(std::function<bool()> const& done, base::duration limit = std::chrono::hours(3));
    void let_pass(base::duration span);
    // Runs a coroutine to its end, on virtual time.
    template <class T>
    T run(boost::asio::awaitable<T> work);

    // Nothing is left to do: every message acknowledged, every command decided, every run ended, every message sent.
    bool is_quiet();
    std::vector<journal_row> journal();
    std::vector<run_row> runs();
    std::size_t unsent();
    // Where its files are.
    std::string const& folder() const noexcept { return folder_.path(); }
    // The bot's messages that hold a card, by its title's number.
    std::vector<chatops::testing::shown_message> cards_of(std::int64_t run) const;
    static std::optional<chatops::card> card_in(chatops::testing::shown_message const& message);

    boost::asio::io_context loop;
    base::virtual_clock time;
    std::unique_ptr<base::random> entropy;
    chatops::testing::scripted_ci ci;
    chatops::testing::scripted_chat chat;
    base::logger log;
    base::task_group background;  // what goes on whatever happens to the process

private:
    struct process;
    template <class F>
    auto look(F reader);
    std::vector<base::row> query(std::string sql);

    base::temporary_folder folder_;
    std::unique_ptr<process> process_;
};

}  // namespace chatrixcd::test

#include "support/run_coroutine.hpp"

namespace chatrixcd::test {

template <class T>
T chatops_world::run(boost::asio::awaitable<T> work) {
    return run_virtual<T>(loop, time, std::move(work));
}

}  // namespace chatrixcd::test
