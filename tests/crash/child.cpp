// SPDX-License-Identifier: Apache-2.0
#include "crash/child.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <exception>
#include <iostream>
#include <memory>
#include <stdexcept>

namespace chatrixcd::test {

// Told by the loop when the process is gone; outlives the child if the loop still knows it.
class child::watch {
public:
    watch(boost::asio::io_context& loop, int descriptor) : process(loop, descriptor) {}
    boost::asio::posix::stream_descriptor process;
    child* owner = nullptr;
};

child::child(boost::asio::io_context& loop, life const& what) {
    std::array<int, 2> pipe{};
    if (::pipe2(pipe.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    pid_ = ::fork();
    if (pid_ < 0) throw std::runtime_error("no process");
    if (pid_ == 0) {
        // Nothing of the parent's is destroyed here, and its loop is left alone.
        ::close(pipe[1]);
        int status = 70;
        try {
            status = what(pipe[0]);
        } catch (std::exception const& e) {
            std::cerr << "the process threw: " << e.what() << '\n';
        }
        ::_exit(status);
    }
    ::close(pipe[0]);
    stop_ = pipe[1];
    auto const descriptor = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
    if (descriptor < 0) throw std::runtime_error("no descriptor of the process");
    watch_ = std::make_shared<watch>(loop, descriptor);
    watch_->owner = this;
    watch_->process.async_wait(boost::asio::posix::stream_descriptor::wait_read, [kept = watch_](boost::system::error_code failure) {
        if (failure || !kept->owner) return;
        ::waitpid(kept->owner->pid_, &kept->owner->how_, 0);
        kept->owner->ended_ = true;
    });
}

child::~child() {
    watch_->owner = nullptr;
    watch_->process.close();
    if (!ended_) {
        kill();
        ::waitpid(pid_, &how_, 0);
    }
    ask_to_stop();
}

void child::ask_to_stop() {
    if (stop_ >= 0) ::close(stop_);
    stop_ = -1;
}

void child::kill() { ::kill(pid_, SIGKILL); }

bool child::was_killed() const { return WIFSIGNALED(how_) && WTERMSIG(how_) == SIGKILL; }

int child::status() const { return WIFEXITED(how_) ? WEXITSTATUS(how_) : 128 + WTERMSIG(how_); }

}  // namespace chatrixcd::test
