// SPDX-License-Identifier: Apache-2.0
// Lies that a homeserver can tell about end-to-end encryption, for fault::lie(): whose keys are whose, and what devices said to each other.
// A right client believes none of the first and survives the second. Each returns a function that rewrites an answer; one that keeps
// something of earlier answers is for one client (faults::rule::for_user()).
#pragma once

#include <cstdint>
#include <string>

#include <chatrixcd/homeserver/testing/lies.hpp>

namespace chatrixcd::homeserver::testing::lies {

// --- In answers to POST /keys/query; nothing happens in those that say nothing of the user -------------------------------------------
// Each of two devices has the keys of the other, under its own id. Nothing happens unless both are there.
rewrite swap_device_keys(std::string user, std::string one, std::string other);
// The device, if it is there, has these keys (JSON text of the whole object) instead.
rewrite replace_device(std::string user, std::string device, std::string keys);
// The user has one more device, with these keys.
rewrite add_device(std::string user, std::string device, std::string keys);
// The user's master key, if there is one, is this (JSON text). What the old one signed stays as it is.
rewrite replace_master_key(std::string user, std::string key);

// --- In answers to GET /sync ---------------------------------------------------------------------------------------------------------
// Messages to the device of that type, or all of them, never come. The server believes that they were read.
rewrite drop_device_messages(std::string type = {});
// Each answer has the messages of the answers before once more, as if they had just been sent (the last 100).
rewrite replay_device_messages();
// The messages of an answer come in the opposite order.
rewrite reverse_device_messages();
// The messages of each answer come with the next answer, behind the ones of that: later ones overtake earlier ones.
rewrite delay_device_messages();
// So many one-time keys of the algorithm are left.
rewrite claim_key_count(std::string algorithm, std::int64_t count);

}  // namespace chatrixcd::homeserver::testing::lies
