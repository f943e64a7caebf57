// SPDX-License-Identifier: Apache-2.0
// Looks at processes from outside, without being misled by a number that is given away anew.
#pragma once

#include <poll.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace chatrixcd::test {

// A process that ran when this was made.
class watched_process {
public:
    explicit watched_process(pid_t pid) : descriptor_(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))) {
        if (descriptor_ < 0) throw std::runtime_error("there is no process " + std::to_string(pid));
    }
    ~watched_process() { ::close(descriptor_); }
    watched_process(watched_process const&) = delete;
    watched_process& operator=(watched_process const&) = delete;

    bool has_ended() const { return ends_within(0); }
    // Waits for it, ten seconds at most.
    bool ends() const { return ends_within(10000); }

private:
    bool ends_within(int milliseconds) const {
        pollfd ended = {descriptor_, POLLIN, 0};
        return ::poll(&ended, 1, milliseconds) == 1;
    }
    int descriptor_;
};

// Zombies included.
inline std::vector<pid_t> children_of(pid_t parent) {
    auto const id = std::to_string(parent);
    std::ifstream list("/proc/" + id + "/task/" + id + "/children");
    std::vector<pid_t> all;
    for (pid_t pid = 0; list >> pid;) all.push_back(pid);
    return all;
}

}  // namespace chatrixcd::test
