// SPDX-License-Identifier: Apache-2.0
// What a transaction that takes events in has to know, and the one way from an event to the inbox. Called inside store closures.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/store.hpp>

#include "inbox/filter.hpp"
#include "inbox/table.hpp"
#include "sync/presence.hpp"

namespace chatrixcd::matrix::crypto {
class driver;
}

namespace chatrixcd::matrix::detail {

class decryption;
struct opened_event;

// Numbers what arrives together: "kT3bQ9xAz1Lm-4" is a row's trace.
class trace_series {
public:
    explicit trace_series(std::string seed) : seed_(std::move(seed)) {}
    std::string next() { return seed_ + "-" + std::to_string(++count_); }

private:
    std::string seed_;
    unsigned count_ = 0;
};

class receiving {
public:
    receiving(std::int64_t of_account, user_id who, std::string trace_seed)
        : account(of_account), me(std::move(who)), traces(std::move(trace_seed)) {}
    std::int64_t account;
    user_id me;
    trace_series traces;
    inbox_filter filter;
    std::size_t places = 0;        // for so many rows somebody is free: they are taken at once
    bool deliver_first = false;    // what the very first sync shows
    bool lazy_members = false;     // the homeserver leaves out members that say nothing
    bool follow_upgrades = false;  // a room that ends is followed to its successor
    base::time_point now;
    bool restored = false;          // what arrives may have been handled before
    crypto::driver* olm = nullptr;  // null: what is encrypted stays so
    device_id device;
    decryption* decrypts = nullptr;  // of the transaction, while it runs
};

arrival arrival_at(receiving const& how, room_id const& room, std::int64_t position);

// Whoever listens is told, in its place, of what was lost and why.
void store_loss(base::transaction& t, arrival const& where, std::string const& reason, receiving& how);

using event_place = std::vector<raw_event>::const_iterator;
// An encrypted event that was read after others: into its place. Returns whether it is wanted and new.
bool store_opened(base::transaction& t, opened_event const& opened, arrival const& where, receiving& how);
// Makes inbox rows of what is wanted of [first, last); returns how many. `keeper` owns what the events look into.
std::size_t store_events(base::transaction& t, event_place first, event_place last, arrival const& where, presence_walk& walk,
                         std::shared_ptr<void const> const& keeper, receiving& how);

}  // namespace chatrixcd::matrix::detail
