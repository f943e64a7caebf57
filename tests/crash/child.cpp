// SPDX-License-Identifier: Apache-2.0
#include "crash/child.hpp"

#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <exception>
#include <iostream>
#include <memory>
#include <stdexcept>

namespace chatrixcd::test {

// Told by the loop when the process is gone, or has said something; outlives the child if the loop still knows it.
class child::watch : public std::enable_shared_from_this<watch> {
public:
    watch(boost::asio::io_context& loop, int descriptor, int own_end) : process(loop, descriptor), line(loop, own_end) {}
    // What was said is of no interest: the loop has turned once more.
    void listen() {
        line.async_read_some(boost::asio::buffer(said), [kept = shared_from_this()](boost::system::error_code failure, std::size_t) {
            if (!failure) kept->listen();
        });
    }
    // Asio may report a descriptor as readable that is not (it keeps what it knows of closed ones for new ones): to wait here until the
    // process has ended would stop the homeserver, and with it the process, for good.
    void await_end() {
        process.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                           [kept = shared_from_this()](boost::system::error_code failure) {
                               if (failure || !kept->owner) return;
                               if (::waitpid(kept->owner->pid_, &kept->owner->how_, WNOHANG) == 0) {
                                   kept->await_end();
                               } else {
                                   kept->owner->ended_ = true;
                               }
                           });
    }
    boost::asio::posix::stream_descriptor process;
    boost::asio::posix::stream_descriptor line;
    std::array<char, 64> said{};
    child* owner = nullptr;
};

child::child(boost::asio::io_context& loop, life const& what) {
    std::array<int, 2> line{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, line.data()) != 0) throw std::runtime_error("no line to the process");
    pid_ = ::fork();
    if (pid_ < 0) throw std::runtime_error("no process");
    if (pid_ == 0) {
        // Nothing of the parent's is destroyed here, and its loop is left alone. But its descriptors are closed: a copy would keep open
        // what the parent closes, and its loop would go on hearing of it.
        auto const kept = static_cast<unsigned>(line[0]);
        ::close_range(3, kept - 1, 0);
        ::close_range(kept + 1, ~0U, 0);
        int status = 70;
        try {
            status = what(line[0]);
        } catch (std::exception const& e) {
            std::cerr << "the process threw: " << e.what() << '\n';
        }
        ::_exit(status);
    }
    ::close(line[0]);
    auto const descriptor = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
    if (descriptor < 0) throw std::runtime_error("no descriptor of the process");
    watch_ = std::make_shared<watch>(loop, descriptor, line[1]);
    watch_->owner = this;
    watch_->await_end();
    watch_->listen();
}

child::~child() {
    watch_->owner = nullptr;
    watch_->process.close();
    watch_->line.close();
    if (!ended_) {
        kill();
        ::waitpid(pid_, &how_, 0);
    }
}

void child::ask_to_stop() { ::shutdown(watch_->line.native_handle(), SHUT_WR); }

void child::kill() { ::kill(pid_, SIGKILL); }

bool child::was_killed() const { return WIFSIGNALED(how_) && WTERMSIG(how_) == SIGKILL; }

int child::status() const { return WIFEXITED(how_) ? WEXITSTATUS(how_) : 128 + WTERMSIG(how_); }

}  // namespace chatrixcd::test
