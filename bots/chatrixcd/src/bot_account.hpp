// SPDX-License-Identifier: Apache-2.0
// The bot's Matrix account with all that it owes to people whatever it is started for: commands are kept for it, invitations of its
// admins followed, rooms told of what was lost and of who is new among pinned members.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <chatrixcd/base/log.hpp>
#include <chatrixcd/base/store_key.hpp>
#include <chatrixcd/chatops/chat/service.hpp>
#include <chatrixcd/matrix/client.hpp>

#include "config/config.hpp"
#include "members/reception.hpp"
#include "wiring.hpp"

namespace chatrixcd::bot {

// What the account's store and its identity are kept under.
class account_secrets {
public:
    account_secrets() = default;
    account_secrets(std::optional<matrix::recovery_key> of_identity, base::store_key_source of_store)
        : recovery(std::move(of_identity)), store_key(std::move(of_store)) {}

    std::optional<matrix::recovery_key> recovery;
    base::store_key_source store_key;
};

class bot_account {
public:
    // What is around must outlive it.
    bot_account(surroundings const& around, config const& settings, account_secrets const& secrets);

    matrix::client& client() noexcept { return client_; }
    reception& newcomers() noexcept { return newcomers_; }
    // Commands that nobody takes from it wait in the store for the next start.
    chatops::chat::service& chat() noexcept { return *chat_; }

private:
    boost::asio::awaitable<void> answer_invitation(matrix::invite invitation);
    boost::asio::awaitable<void> tell_of_gap(matrix::room room, std::string reason);

    std::vector<std::string> admins_;
    base::logger log_;
    matrix::client client_;
    reception newcomers_;
    std::unique_ptr<chatops::chat::service> chat_;
};

}  // namespace chatrixcd::bot
