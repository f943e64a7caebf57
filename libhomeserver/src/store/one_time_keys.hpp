// SPDX-License-Identifier: Apache-2.0
// The keys of a device that others claim: each one-time key for one of them, the fallback key of an algorithm when those have run out.
#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <chatrixcd/base/store.hpp>

namespace chatrixcd::homeserver {

struct one_time_key {
    std::string algorithm;
    std::string id;
    // A key as text, or an object that is signed.
    boost::json::value body;

    // As clients name it.
    std::string name() const { return algorithm + ":" + id; }
};

// False if another key has that id already, given out or not. The same one again changes nothing, even if it was given out.
bool put_one_time_key(base::transaction& db, std::string const& user, std::string const& device, one_time_key const& key);
// Those that nobody has yet, by algorithm; signed_curve25519 is always among them, for a client looks for it.
std::map<std::string, std::int64_t> count_one_time_keys(base::transaction& db, std::string const& user, std::string const& device);

// Takes the place of the algorithm's earlier one. The same one again stays as used as it is.
void put_fallback_key(base::transaction& db, std::string const& user, std::string const& device, one_time_key const& key);
std::vector<std::string> unused_fallback_algorithms(base::transaction& db, std::string const& user, std::string const& device);

struct claimed_key {
    one_time_key key;
    // The device has a key less than before; not so with a fallback key that was in use already.
    bool is_news = true;
};
// The oldest one-time key of the algorithm, which is used up by that; else the fallback key; none if there is neither.
std::optional<claimed_key> claim_one_time_key(base::transaction& db, std::string const& user, std::string const& device,
                                              std::string const& algorithm);

}  // namespace chatrixcd::homeserver
