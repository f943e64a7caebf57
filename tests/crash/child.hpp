// SPDX-License-Identifier: Apache-2.0
// A real process that a test makes by fork(), watches, asks to stop and kills. The test itself must have no second thread.
#pragma once

#include <sys/types.h>

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>

namespace chatrixcd::test {

class child {
public:
    // What the process does: it must begin to end in good order once the descriptor can be read. What it writes there wakes the loop, no
    // more. Returns its exit status.
    using life = std::function<int(int line)>;

    child(boost::asio::io_context& loop, life const& what);
    // Kills it if it is still there.
    ~child();
    child(child const&) = delete;
    child& operator=(child const&) = delete;

    void ask_to_stop();
    void kill();
    // Known once the loop has run.
    bool has_ended() const noexcept { return ended_; }
    // After its end: whether SIGKILL was it; otherwise its exit status.
    bool was_killed() const;
    int status() const;

private:
    class watch;
    pid_t pid_ = -1;
    int how_ = 0;
    bool ended_ = false;
    std::shared_ptr<watch> watch_;
};

}  // namespace chatrixcd::test
