// SPDX-License-Identifier: Apache-2.0
// Keys that others ask us for. Only the account's other verified devices are answered; everybody else hears nothing, not even that. Called
// inside store closures.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "crypto/context.hpp"
#include "crypto/devices/device_table.hpp"
#include "crypto/keys/own_device.hpp"

namespace chatrixcd::matrix::crypto {

// Of questions the newest so many are kept; the same one of the same device is answered once an hour.
inline constexpr std::int64_t most_questions = 500;
inline constexpr base::duration answer_again = std::chrono::hours(1);

// An m.room_key_request, which comes in clear: whose it is shows when it is answered, to the device that it names.
void note_key_request(context const& with, user_id const& sender, boost::json::object const& content);
// Leaves out what is not to be answered. Returns with which devices a session is to be begun first.
std::vector<device_row> review_questions(context const& with);
// Answers some, those first that came first. What cannot be sent is left out. `token`: as of ask_for_keys(). Returns whether there were
// any.
bool answer_questions(context const& with, own_device& own, std::string const& token);

}  // namespace chatrixcd::matrix::crypto
