// SPDX-License-Identifier: Apache-2.0
// Changing what is queued: edits and redactions of messages by their keys, withdrawal, and refused messages that are sent again. Called
// inside store closures.
#pragma once

#include "outbox/table.hpp"

#include <chatrixcd/matrix/sending.hpp>

namespace chatrixcd::matrix::detail {

// An edit of the message with the key edit.target_key. If that cannot have left, its content becomes the edit's m.new_content and the
// edit's key leads to it; otherwise the edit is queued and leaves after it. Errors: not_found, conflict (refused or withdrawn), invalid
// (the key is no message's), and enqueue()'s.
result<std::vector<key_state>> enqueue_edit(base::transaction& t, std::int64_t account, outbox_item edit, queue_limits const& limits);

struct redaction_state {
    std::vector<key_state> states;       // of the redactions that were queued; empty if nothing is left to redact
    std::vector<std::string> withdrawn;  // keys of messages that will not be sent
};
// A redaction of the message with the key redaction.target_key, all its parts: what cannot have left is withdrawn. Errors as above.
result<redaction_state> enqueue_redaction(base::transaction& t, std::int64_t account, outbox_item redaction, queue_limits const& limits);

struct withdrawal {
    cancellation found = cancellation::unknown;
    std::vector<std::string> withdrawn;
};
withdrawal withdraw(base::transaction& t, std::int64_t account, std::string const& key);

// Refused messages, the newest first.
std::vector<dead_letter> find_dead_letters(base::transaction& t, std::int64_t account, std::int64_t most);
// Queues the refused parts of a message again, behind what waits; the item gives device and time, and its transaction begins the new ones.
// Error not_found: no such key, or its content is not kept.
result<std::vector<key_state>> requeue(base::transaction& t, std::int64_t account, outbox_item const& item);

}  // namespace chatrixcd::matrix::detail
