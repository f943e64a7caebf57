// SPDX-License-Identifier: Apache-2.0
#include "process/supervised.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

namespace chatrixcd::base::supervisor {

namespace {

namespace asio = boost::asio;

constexpr std::size_t read_size = 64U << 10U;

error cannot_start(int number) {
    return error(error_kind::environment, "no process can be started: " + std::generic_category().message(number));
}

// Our signal handlers must not run in the child, not even for the moment until it has got rid of them.
class all_signals_blocked {
public:
    all_signals_blocked() noexcept {
        sigset_t all;
        ::sigfillset(&all);
        ::pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    ~all_signals_blocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    all_signals_blocked(all_signals_blocked const&) = delete;
    all_signals_blocked& operator=(all_signals_blocked const&) = delete;

private:
    sigset_t before_{};
};

}  // namespace

result<std::shared_ptr<supervised>> supervised::fork(asio::any_io_executor executor, program runs) {
    std::array<int, 2> channel = {-1, -1};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, channel.data()) != 0) return cannot_start(errno);
    files::descriptor our_channel(channel[0]);
    files::descriptor const its_channel(channel[1]);
    std::array<int, 2> output = {-1, -1};
    if (::pipe2(output.data(), O_CLOEXEC) != 0) return cannot_start(errno);
    files::descriptor our_output(output[0]);
    files::descriptor const its_output(output[1]);
    ::fcntl(our_output.get(), F_SETFL, O_NONBLOCK);

    auto const argv = runs.argv();
    auto const environment = runs.environment();
    launch job;
    job.program = runs.path();
    job.argv = argv.data();
    job.environment = environment.data();
    job.folder = runs.folder();
    job.output = its_output.get();
    job.channel = its_channel.get();
    job.parent = ::getpid();
    pid_t pid = -1;
    int failure = 0;
    {
        all_signals_blocked const quiet;
        pid = ::fork();
        if (pid == 0) supervise(job);
        failure = errno;
    }
    if (pid < 0) return cannot_start(failure);
    auto started = std::make_shared<supervised>(std::move(executor), std::move(our_output), std::move(our_channel), pid);
    started->listen();
    return started;
}

supervised::supervised(asio::any_io_executor executor, files::descriptor output, files::descriptor channel, pid_t pid)
    : output_(executor, output.release()), channel_(executor, channel.release()), changed_(executor), pid_(pid) {}

supervised::~supervised() {
    // Not gone only if the loop was destroyed first: the supervisor then sees its channel end, and cleans up without us.
    if (!gone_) ::waitpid(pid_, nullptr, WNOHANG);
}

void supervised::order(char what) noexcept {
    if (!gone_) ::send(channel_.native_handle(), &what, 1, MSG_NOSIGNAL | MSG_DONTWAIT);
}

void supervised::abandon() noexcept {
    if (!gone_) ::shutdown(channel_.native_handle(), SHUT_WR);
    boost::system::error_code ignored;
    output_.close(ignored);
}

void supervised::listen() {
    auto readable = [self = shared_from_this()](boost::system::error_code failure) {
        if (failure) return;
        self->receive();
        if (!self->gone_) self->listen();
    };
    channel_.async_wait(asio::posix::stream_descriptor::wait_read, std::move(readable));
}

void supervised::receive() {
    report told;
    auto const count = ::recv(channel_.native_handle(), &told, sizeof told, MSG_DONTWAIT);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (count == sizeof told) {
        (first_ ? last_ : first_) = told;
    } else {
        // It has closed everything, which is nearly the last thing that a process does: this does not wait.
        ::waitpid(pid_, nullptr, 0);
        gone_ = true;
    }
    changed_.notify_all();
}

void supervised::wait_for_output() {
    if (waiting_for_output_) return;
    waiting_for_output_ = true;
    auto readable = [self = shared_from_this()](boost::system::error_code) {
        self->waiting_for_output_ = false;
        self->changed_.notify_all();
    };
    output_.async_wait(asio::posix::stream_descriptor::wait_read, std::move(readable));
}

asio::awaitable<std::optional<report>> supervised::first_report() {
    auto const self = shared_from_this();
    while (!first_ && !gone_) co_await changed_.wait();
    co_return first_;
}

asio::awaitable<std::string> supervised::read_output() {
    auto const self = shared_from_this();
    std::string bytes;
    while (!output_ended_) {
        // Read once more after the end: what was written before it is in the pipe now.
        bool const last = gone_;
        bytes.resize(read_size);
        auto const count = ::read(output_.native_handle(), bytes.data(), bytes.size());
        bytes.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
        if (count > 0) co_return bytes;
        bool const nothing_yet = count < 0 && (errno == EAGAIN || errno == EINTR);
        output_ended_ = !nothing_yet || last;
        if (output_ended_) break;
        wait_for_output();
        co_await changed_.wait();
    }
    co_return bytes;
}

asio::awaitable<std::optional<report>> supervised::last_report() {
    auto const self = shared_from_this();
    while (!gone_) co_await changed_.wait();
    co_return last_;
}

}  // namespace chatrixcd::base::supervisor
