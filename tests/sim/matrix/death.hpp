// SPDX-License-Identifier: Apache-2.0
// Where a process dies: at its n-th commit, its n-th request, before or right after it took effect, or its n-th change of the disk, which
// then loses what was not synced: the power has failed. From then on it reaches nothing.
#pragma once

#include <cstdint>
#include <stdexcept>

#include <chatrixcd/base/random.hpp>
#include <chatrixcd/base/store.hpp>

#include "support/disk/fragile_disk.hpp"

namespace chatrixcd::test {

class death {
public:
    enum class place : std::uint8_t { before_commit, after_commit, before_request, after_request, power };
    // What becomes of a request.
    enum class fate : std::uint8_t { is_answered, never_leaves, answer_is_lost };

    death(place where, unsigned number) : where_(where), number_(number) {
        disk_.on_step = [this](std::string const&) {
            if (!dead_ && ++count_ == number_) dead_ = true;
            return dead_;
        };
    }
    death(death const&) = delete;
    death& operator=(death const&) = delete;

    bool dead() const { return dead_; }

    // It must outlive the store.
    base::store_hooks hooks() {
        base::store_hooks made;
        made.before_commit = [this] {
            if (dead_ || (where_ == place::before_commit && ++count_ == number_)) die();
        };
        made.after_commit = [this] {
            if (where_ == place::after_commit && ++count_ == number_) die();
        };
        if (where_ == place::power) made.vfs = disk_.vfs();
        return made;
    }
    // The power is back. What the disk has kept of what was not synced is drawn from the seed.
    void come_back(std::uint64_t seed) {
        if (where_ != place::power) return;
        auto const coin = base::make_seeded_random(seed);
        disk_.fail();
        disk_.come_back(*coin, seed % 2 == 0 ? fragile_disk::rest::nothing : fragile_disk::rest::torn);
    }
    // Of the next request of this process.
    fate next_request() {
        if (dead_) return fate::never_leaves;
        if (where_ != place::before_request && where_ != place::after_request) return fate::is_answered;
        if (++count_ != number_) return fate::is_answered;
        dead_ = true;
        return where_ == place::after_request ? fate::answer_is_lost : fate::never_leaves;
    }

private:
    [[noreturn]] void die() {
        dead_ = true;
        throw std::runtime_error("the process has died");
    }

    place where_;
    unsigned number_;
    unsigned count_ = 0;
    bool dead_ = false;
    fragile_disk disk_;
};

}  // namespace chatrixcd::test
