// SPDX-License-Identifier: Apache-2.0
// This device's account: made once, kept before anything of it leaves, and its keys at the homeserver kept up. Called inside store
// closures.
#pragma once

#include <boost/json/object.hpp>
#include <memory>
#include <optional>
#include <string>

#include "crypto/context.hpp"

namespace chatrixcd::matrix::crypto {

// One-time keys that the homeserver shall have. Half of what libolm remembers.
inline constexpr std::int64_t wanted_one_time_keys = 50;

class own_device {
public:
    // The keys of context::device; makes them if there are none. Those of another device of this account are forgotten with all its
    // sessions: nobody sends to them any more.
    explicit own_device(context const& with);

    // Public keys, in unpadded Base64.
    std::string const& curve25519() const noexcept { return curve25519_; }
    std::string const& ed25519() const noexcept { return ed25519_; }
    // The account itself. Taken out of the store when it is wanted: that is dear, and a message to a room needs none of its secrets.
    account& keys();
    // The device's keys as they are published.
    boost::json::object const& published();
    // Once keys() have changed.
    void save();

    // The body of POST /keys/upload; nothing if the homeserver has all it needs. The keys in it are kept first; until uploaded() they are
    // the same each time.
    std::optional<boost::json::object> to_upload();
    // What was asked for has been done. The answer has the counts.
    void uploaded(boost::json::object const& answer);
    // From a sync response: how many keys the homeserver has left, and whether the fallback key is unused. Nothing: it did not say, which
    // of counts means none.
    void note_counts(std::optional<std::int64_t> one_time_keys, std::optional<bool> has_fallback);

private:
    context const& with_;
    std::string curve25519_;
    std::string ed25519_;
    std::optional<base::row> stored_;
    std::unique_ptr<account> account_;
    bool is_published_ = false;          // the device's keys are at the homeserver
    std::optional<std::int64_t> count_;  // of one-time keys there; nothing: unknown
    bool wants_fallback_ = true;         // the one there was used, or there is none
    base::time_point fallback_made_;
    boost::json::object keys_as_published_;
};

// Forgets this device's keys, and whatever was agreed with others by them.
void forget_device(base::transaction& t, std::int64_t account);
// Whether own_device::note_counts() would change something: for what is asked of every sync response.
bool counts_differ(context const& with, std::optional<std::int64_t> one_time_keys, std::optional<bool> has_fallback);

}  // namespace chatrixcd::matrix::crypto
