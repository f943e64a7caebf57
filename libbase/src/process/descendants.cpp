// SPDX-License-Identifier: Apache-2.0
#include "process/descendants.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

namespace chatrixcd::base::supervisor {

namespace {

constexpr int rounds = 250;
constexpr int round_ms = 20;

// True once there are no children. Keeps the status of `job`.
bool reap(pid_t job, int& job_status) noexcept {
    while (true) {
        int status = 0;
        pid_t const pid = ::waitpid(-1, &status, WNOHANG);
        if (pid == job) job_status = status;
        if (pid == 0) return false;
        if (pid < 0) return true;
    }
}

}  // namespace

void kill_children() noexcept {
    // "12 345 " (proc(5)); needs no more than the one thread that a forked process has.
    int const list = ::open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
    if (list < 0) return;
    std::array<char, 4096> text{};
    pid_t pid = 0;
    ssize_t count = 0;
    while ((count = ::read(list, text.data(), text.size())) > 0) {
        for (ssize_t i = 0; i < count; ++i) {
            char const c = text[static_cast<std::size_t>(i)];
            if (c >= '0' && c <= '9') {
                pid = pid * 10 + (c - '0');
                continue;
            }
            if (pid > 0) ::kill(pid, SIGKILL);
            pid = 0;
        }
    }
    ::close(list);
}

int kill_descendants(pid_t job, int signals) noexcept {
    int job_status = 0;
    for (int round = 0; round < rounds; ++round) {
        if (reap(job, job_status)) break;
        kill_children();
        pollfd watched = {signals, POLLIN, 0};
        ::poll(&watched, 1, round_ms);
        signalfd_siginfo info = {};
        while (::read(signals, &info, sizeof info) == sizeof info) {
        }
    }
    return job_status;
}

}  // namespace chatrixcd::base::supervisor
