// SPDX-License-Identifier: Apache-2.0
// Everything here runs between fork() and exec() of a process that had threads: only system calls, no allocation, no exceptions.
#include "process/supervisor.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "process/descendants.hpp"

namespace chatrixcd::base::supervisor {

namespace {

// Where the supervisor keeps what it needs; everything above is closed.
constexpr int channel_fd = 3;
constexpr int output_fd = 4;
constexpr int first_free_fd = 5;
// In the job, until exec closes it.
constexpr int report_fd = 3;

void send(report const& told) noexcept { ::send(channel_fd, &told, sizeof told, MSG_NOSIGNAL); }

[[noreturn]] void give_up(int channel, int number) noexcept {
    report failed;
    failed.number = number;
    ::send(channel, &failed, sizeof failed, MSG_NOSIGNAL);
    ::_exit(1);
}

// Our handlers would run our code in the wrong process, and what is ignored stays ignored over exec.
void reset_signals() noexcept {
    struct sigaction action = {};
    action.sa_handler = SIG_DFL;
    for (int number = 1; number < NSIG; ++number) ::sigaction(number, &action, nullptr);
}

// The supervisor must hold nothing of ours open: neither the other end of a pipe, nor a lock, nor a listening socket.
bool keep_only(int channel, int output) noexcept {
    int const null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    // Out of the way first, so that no step overwrites what the next one needs.
    int const high_null = ::fcntl(null, F_DUPFD_CLOEXEC, first_free_fd);
    int const high_channel = ::fcntl(channel, F_DUPFD_CLOEXEC, first_free_fd);
    int const high_output = ::fcntl(output, F_DUPFD_CLOEXEC, first_free_fd);
    if (high_null < 0 || high_channel < 0 || high_output < 0) return false;
    for (int standard = 0; standard < 3; ++standard) {
        if (::dup2(high_null, standard) < 0) return false;
    }
    if (::dup3(high_channel, channel_fd, O_CLOEXEC) < 0 || ::dup3(high_output, output_fd, O_CLOEXEC) < 0) return false;
    ::closefrom(first_free_fd);
    return true;
}

[[noreturn]] void fail_in_job(report::step at) noexcept {
    report failed;
    failed.at = at;
    failed.number = errno;
    auto const written = ::write(report_fd, &failed, sizeof failed);
    ::_exit(written == sizeof failed ? 127 : 126);
}

[[noreturn]] void become_job(launch const& job, pid_t supervisor, int report_pipe) noexcept {
    ::dup3(report_pipe, report_fd, O_CLOEXEC);
    ::setsid();
    // If the supervisor itself is killed, at least the job goes with it.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != supervisor) ::_exit(127);
    if (::dup2(output_fd, STDOUT_FILENO) < 0 || ::dup2(output_fd, STDERR_FILENO) < 0) fail_in_job(report::step::set_up);
    ::closefrom(report_fd + 1);
    if (job.folder != nullptr && ::chdir(job.folder) != 0) fail_in_job(report::step::folder);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::execve(job.program, job.argv, job.environment);
    fail_in_job(report::step::program);
}

// Returns once the job's program runs.
pid_t start(launch const& job) noexcept {
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC) != 0) give_up(channel_fd, errno);
    pid_t const self = ::getpid();
    pid_t const pid = ::_Fork();
    if (pid < 0) give_up(channel_fd, errno);
    if (pid == 0) become_job(job, self, ends[1]);
    ::close(ends[1]);
    ::close(output_fd);
    report failed;
    auto const count = ::read(ends[0], &failed, sizeof failed);
    ::close(ends[0]);
    if (count == sizeof failed) {
        ::waitpid(pid, nullptr, 0);
        send(failed);
        ::_exit(1);
    }
    report started;
    started.what = report::kind::started;
    started.number = pid;
    send(started);
    return pid;
}

bool has_ended(pid_t job) noexcept {
    siginfo_t info = {};
    return ::waitid(P_PID, static_cast<id_t>(job), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == job;
}

// Buries orphans that were handed to us, but leaves the job, whose pid must not be given away while its group may be signalled.
void reap_orphans(pid_t job) noexcept {
    while (true) {
        siginfo_t info = {};
        if (::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0) return;
        if (info.si_pid == 0 || info.si_pid == job) return;
        ::waitpid(info.si_pid, nullptr, WNOHANG);
    }
}

// True if the order is to end everything.
bool obey(pid_t job) noexcept {
    char order = 0;
    auto const count = ::recv(channel_fd, &order, 1, MSG_DONTWAIT);
    if (count < 0) return errno != EAGAIN && errno != EINTR;
    if (count == 0) return true;
    ::kill(-job, order == order_kill ? SIGKILL : SIGTERM);
    return false;
}

// True if the parent has died, or somebody tells us to end.
bool is_told_to_end(int signals) noexcept {
    bool told = false;
    signalfd_siginfo info = {};
    while (::read(signals, &info, sizeof info) == sizeof info) told = told || info.ssi_signo == SIGTERM;
    return told;
}

// Returns when the job is a zombie.
void watch(pid_t job, int signals) noexcept {
    bool ending = false;
    while (!has_ended(job)) {
        reap_orphans(job);
        pollfd watched[2] = {{signals, POLLIN, 0}, {ending ? -1 : channel_fd, POLLIN, 0}};
        ::poll(watched, 2, -1);
        bool const ordered = watched[1].revents != 0 && obey(job);
        bool const told = watched[0].revents != 0 && is_told_to_end(signals);
        if (!ordered && !told) continue;
        ending = true;
        ::kill(-job, SIGKILL);
        kill_children();
    }
}

}  // namespace

void supervise(launch const& job) noexcept {
    reset_signals();
    // Out of the parent's session: what is sent to its terminal or its group must not reach the one who cleans up.
    ::setsid();
    ::prctl(PR_SET_NAME, "job-supervisor");
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    // The parent may have died before that was set.
    if (::getppid() != job.parent) ::_exit(1);
    if (!keep_only(job.channel, job.output)) give_up(job.channel, errno);

    sigset_t waited;
    ::sigemptyset(&waited);
    ::sigaddset(&waited, SIGCHLD);
    ::sigaddset(&waited, SIGTERM);
    pid_t const pid = start(job);
    int const signals = ::signalfd(-1, &waited, SFD_CLOEXEC | SFD_NONBLOCK);
    watch(pid, signals);

    // The group first: while its leader is a zombie, its number cannot belong to anybody else.
    ::kill(-pid, SIGKILL);
    int const status = kill_descendants(pid, signals);
    report ended;
    ended.what = WIFSIGNALED(status) ? report::kind::signalled : report::kind::exited;
    ended.number = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
    send(ended);
    ::_exit(0);
}

}  // namespace chatrixcd::base::supervisor
