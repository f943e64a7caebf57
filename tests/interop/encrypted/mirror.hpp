// SPDX-License-Identifier: Apache-2.0
// Answers encrypted files with encrypted files.
#pragma once

#include <chatrixcd/matrix/attachment.hpp>
#include <chatrixcd/matrix/client.hpp>

// Fetches what was sent and answers with a file "mirrored NAME", of the same bytes from the last to the first: whoever cannot decrypt
// cannot make it. With `stalls` half of the answer leaves, "half of the answer has left" is printed, and nothing more happens.
boost::asio::awaitable<void> mirror(chatrixcd::matrix::client& client, chatrixcd::matrix::message m, chatrixcd::matrix::attached sent,
                                    bool stalls);
