// SPDX-License-Identifier: Apache-2.0
// How this device stands, and how the bot stands to others, in words.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/chatops/command/context.hpp>
#include <chatrixcd/chatops/view.hpp>
#include <chatrixcd/matrix/client.hpp>
#include <chatrixcd/matrix/identity.hpp>

namespace chatrixcd::bot {

// client::identity(), waited for as long as somebody waits for an answer. Errors also: timeout_unknown.
boost::asio::awaitable<base::result<matrix::own_identity_state>> own_identity(matrix::client& of, base::clock& time, base::duration limit);
// "I am device `ABC` with the fingerprint `abcd efgh …`, cross-signed."
chatops::line shown_own(matrix::own_identity_state const& own);
// Why what they say can be believed to be theirs, or not: one sentence. Nobody but who sent a message is spoken to.
std::string shown_trust(chatops::chat::trust_level trust);

}  // namespace chatrixcd::bot
