// SPDX-License-Identifier: Apache-2.0
// How many jobs run at once, and who is next: first come, first served.
#pragma once

#include <cstddef>
#include <list>

#include <chatrixcd/base/notifier.hpp>

namespace chatrixcd::executor {

class turn;

class slots {
public:
    explicit slots(std::size_t most) : most_(most) {}
    std::size_t waiting() const noexcept { return waiting_.size(); }

private:
    friend class turn;
    void grant();

    std::size_t most_;
    std::size_t taken_ = 0;
    std::list<turn*> waiting_;
};

// A place in the queue from its construction on, then a slot; given back when it goes. The slots outlive it.
class turn {
public:
    // `changed` is notified when the slot is there.
    turn(slots& from, base::notifier& changed);
    ~turn();
    turn(turn const&) = delete;
    turn& operator=(turn const&) = delete;

    bool has_come() const noexcept { return has_come_; }

private:
    friend class slots;
    slots& from_;
    base::notifier& changed_;
    bool has_come_ = false;
};

}  // namespace chatrixcd::executor
