// SPDX-License-Identifier: Apache-2.0
// Child processes: an argument vector, never a shell. Each runs in a session and process group of its own below a small supervisor;
// when the parent dies, however it dies, the supervisor kills the group and every descendant that fled from it. Linux ties the notice
// of death to the thread that called spawn(): it must live as long as the program does, as the loop's thread should.
#pragma once

#include <sys/types.h>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <chatrixcd/base/error.hpp>

namespace chatrixcd::base {

class process_spec {
public:
    process_spec() = default;
    std::vector<std::string> argv;                                 // argv[0]: a path, or a name looked up in PATH of `environment`
    std::string folder;                                            // working folder; empty: the parent's
    std::vector<std::pair<std::string, std::string>> environment;  // all of it: nothing is inherited
};

// The file that would be run: argv[0], or where it is in PATH of the spec's environment. Errors: not_found (no such program), forbidden
// (not executable). A relative path is given back as it is: where it leads depends on the folder.
result<std::string> find_program(process_spec const& spec);

// A piece of what the process wrote, in the order written; standard output and error share one pipe.
struct process_output {
    std::string bytes;
};
// How it ended: an exit status (0–255), or the signal that killed it.
struct process_exit {
    int status = 0;
    int signal = 0;
};
using process_event = std::variant<process_output, process_exit>;

class process {
public:
    // Has everything killed if it still runs. That is under way, not done, when this returns: to wait for the end, kill() and take
    // events until process_exit.
    virtual ~process() = default;
    virtual pid_t pid() const noexcept = 0;  // of the job itself
    // The next event; process_exit is the last, and comes when every descendant is gone. Cancellable; one call at a time. What nobody
    // takes stays in the pipe, and a job that fills it waits.
    virtual boost::asio::awaitable<process_event> next() = 0;
    // Sends SIGTERM (or SIGKILL) to the whole group.
    virtual void terminate() = 0;
    virtual void kill() = 0;
};

// Starts it, with standard input at its end, no descriptor of ours open, and default signal handling. Errors: invalid (what exec cannot
// take), not_found (no such program), forbidden (not executable), environment (folder missing, no more processes): known when this
// returns, since the exec itself has happened. Cancelled, it has killed what it started.
boost::asio::awaitable<result<std::unique_ptr<process>>> spawn(boost::asio::any_io_executor executor, process_spec spec);

}  // namespace chatrixcd::base
