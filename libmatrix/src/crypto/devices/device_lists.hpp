// SPDX-License-Identifier: Apache-2.0
// Whose devices we keep track of, whose lists are out of date, and what a query says (client-server API, "Tracking the device list for a
// user"). Called inside store closures.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "crypto/context.hpp"

namespace chatrixcd::matrix::crypto {

// Users of one query at most.
inline constexpr std::int64_t most_in_query = 250;

// A user to be asked about. `change` says which change of the list the question is younger than: an answer to an older question does not
// make a list current that was changed meanwhile.
struct query_entry {
    user_id user;
    std::int64_t change = 0;
};

// From now on; the list is out of date first. Nothing changes for who is tracked already.
void track(context const& with, user_id const& user);
// The homeserver says that the list is another one. Who is not tracked is of no interest.
void mark_changed(context const& with, user_id const& user);
// We share no room with them any more.
void untrack(context const& with, user_id const& user);
// News may have been missed: every list is out of date.
void mark_all_changed(context const& with);
bool is_current(context const& with, user_id const& user);
// At most `most` whose lists are out of date, of those behind `after`.
std::vector<query_entry> to_query(context const& with, user_id const& after = {}, std::int64_t most = most_in_query);
// The body of POST /keys/query for them.
boost::json::object query_body(std::vector<query_entry> const& asked);

struct query_outcome {
    std::vector<user_id> identity_changed;  // their master key is another one
    std::vector<std::string> refused;       // "@user:server DEVICE: why", of what cannot be used
    std::vector<std::string> not_trusted;   // "@user:server: why", of trusted keys that stand for nothing
    std::vector<user_id> failed;            // their homeserver did not answer: to be asked again
};
// Takes an answer in. Of a device that is known its keys must be the same as before.
query_outcome take_query_answer(context const& with, std::vector<query_entry> const& asked, boost::json::object const& answer);

}  // namespace chatrixcd::matrix::crypto
