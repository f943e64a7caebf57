// SPDX-License-Identifier: Apache-2.0
// Gives the bot's account a new identity when the old one is lost, with whoever sits at the machine and is sure of it.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>

#include <chatrixcd/base/notifier.hpp>
#include <chatrixcd/base/task_group.hpp>

#include "bot_account.hpp"
#include "config/config.hpp"
#include "verification/machine_session.hpp"
#include "wiring.hpp"

namespace chatrixcd::bot {

class new_identity final : public machine_session {
public:
    // `is_sure`: nobody is asked for the account's id. What is around, and `out`, must outlive it.
    new_identity(surroundings const& around, config settings, account_secrets const& secrets, bool is_sure, answers from,
                 std::ostream& out);

    // Returns whether this device holds the account's identity in the end; if not, why has been shown. Errors as matrix::client::start()
    // (conflict: the bot runs) and matrix::client::replace_identity().
    boost::asio::awaitable<base::result<bool>> run(std::shared_ptr<matrix::token_source> tokens) override;
    // What was done so far is whole, and another run goes on from there.
    void request_stop() override;
    boost::asio::awaitable<void> stop() override;

private:
    boost::asio::awaitable<void> work(std::shared_ptr<matrix::token_source> tokens);
    boost::asio::awaitable<base::result<matrix::own_identity_state>> begin(std::shared_ptr<matrix::token_source> tokens);
    boost::asio::awaitable<base::result<bool>> renew(std::shared_ptr<matrix::token_source> tokens);
    boost::asio::awaitable<bool> has_everything(matrix::own_identity_state own);
    boost::asio::awaitable<bool> is_wanted();
    boost::asio::awaitable<base::result<boost::json::object>> wait_for_approval(matrix::uia::challenge of, std::string stage);
    boost::asio::awaitable<base::result<bool>> replace();
    void say(std::string const& line);

    surroundings around_;
    config settings_;
    bool is_sure_;
    answers answers_;
    std::ostream& out_;
    bot_account account_;
    std::optional<base::result<bool>> outcome_;
    base::notifier changed_;
    base::task_group tasks_;
    bool stopping_ = false;
};

}  // namespace chatrixcd::bot
