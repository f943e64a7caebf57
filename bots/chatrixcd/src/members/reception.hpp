// SPDX-License-Identifier: Apache-2.0
// Newcomers in the rooms whose members are pinned (matrix.pinned_rooms): each is told of in their room, once, and gets keys when somebody
// lets them in. Who may is the business of whoever calls accept().
#pragma once

#include <boost/asio/awaitable.hpp>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <chatrixcd/base/log.hpp>
#include <chatrixcd/matrix/client.hpp>

#include "config/config.hpp"

namespace chatrixcd::bot {

class reception {
public:
    // Made before client.start(): it takes the client's newcomers. Both outlive it.
    reception(matrix::client& client, config const& settings, base::logger log);

    // Whether the room's members are pinned.
    bool watches(matrix::room_id const& room) const;
    // Who waits there. Whoever asks shows the identities of the first `shown` of them. Errors as matrix::room::newcomers().
    boost::asio::awaitable<base::result<std::vector<matrix::newcomer>>> waiting(matrix::room_id room, std::size_t shown);
    // Lets exactly that user in, as whom `identity` says (unpadded Base64); without it, as the only identity of theirs that was shown: the
    // homeserver could otherwise exchange it between a look and a word. Errors: not_found (they do not wait), conflict (it is not their
    // identity; or none or more than one was shown, and it has to be named), unavailable (they have none yet), forbidden (it is our own
    // account), and those of matrix::room::accept_newcomer().
    boost::asio::awaitable<base::result<matrix::newcomer>> accept(matrix::room_id room, matrix::user_id user,
                                                                  std::optional<std::string> identity);

private:
    boost::asio::awaitable<void> tell(matrix::room room, matrix::newcomer who);
    void note_shown(matrix::room_id const& room, matrix::newcomer const& who);
    bool is_only_shown(matrix::room_id const& room, matrix::newcomer const& who) const;

    matrix::client& client_;
    std::vector<std::string> rooms_;
    std::string prefix_;
    base::logger log_;
    // By room and user: the identity that was shown; nothing: several were.
    std::map<std::pair<std::string, std::string>, std::optional<std::string>> shown_;
    std::map<std::string, std::size_t> told_;  // how many a room was told of since somebody has asked
};

}  // namespace chatrixcd::bot
