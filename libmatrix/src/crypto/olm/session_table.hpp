// SPDX-License-Identifier: Apache-2.0
// Olm sessions by the Curve25519 key of the other device, and which messages were read. Called inside store closures.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "crypto/context.hpp"

namespace chatrixcd::matrix::crypto {

struct session_row {
    std::string id;
    bool is_copied = false;  // it reads, and is not sent with (crypto/copied.hpp)
    std::unique_ptr<olm_session> session;
};

// The one that read a message last comes first, for the other side uses it; one that has read none counts from when it was made. Behind
// them those that are not sent with.
std::vector<session_row> sessions_with(context const& with, std::string const& their_key);
// Whether there is one to send with.
bool has_session(context const& with, std::string const& their_key);
// A new one; of more than a few with one device the oldest is forgotten.
void add_session(context const& with, std::string const& their_key, olm_session& session);
// It has sent, or (`read_one`) read, one more message. To be kept before what was encrypted leaves.
void save_session(context const& with, std::string const& their_key, olm_session& session, bool read_one);

// A message that was read; returns false if it had been before. (A homeserver repeats what was not acknowledged.)
bool note_seen(context const& with, std::string const& their_key, olm_message const& message);
bool was_seen(context const& with, std::string const& their_key, olm_message const& message);
void forget_seen(context const& with, base::time_point before);

// When a session with that key was last begun anew because the one there was of no use.
std::optional<base::time_point> last_unwedged(context const& with, std::string const& their_key);
void note_unwedged(context const& with, std::string const& their_key);

}  // namespace chatrixcd::matrix::crypto
