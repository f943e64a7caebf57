// SPDX-License-Identifier: Apache-2.0
// Verifies one person with whoever sits at the machine: there, nobody can stand between the bot and who compares for it.
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
#include "verification/desk.hpp"
#include "verification/machine_session.hpp"
#include "wiring.hpp"

namespace chatrixcd::bot {

class verification_at_machine final : public machine_session {
public:
    // `whom`: is asked; nothing: an admin's request is waited for. What is around, and `out`, must outlive it.
    verification_at_machine(surroundings const& around, config settings, account_secrets const& secrets,
                            std::optional<matrix::user_id> whom, answers from, std::ostream& out);

    // Returns whether somebody was verified; if not, why has been shown. Errors as matrix::client::start() (conflict: the bot runs), and
    // those of asking.
    boost::asio::awaitable<base::result<bool>> run(std::shared_ptr<matrix::token_source> tokens) override;
    void request_stop() override;
    boost::asio::awaitable<void> stop() override;

private:
    boost::asio::awaitable<base::result<void>> begin(std::shared_ptr<matrix::token_source> tokens);
    boost::asio::awaitable<base::result<void>> ask();
    boost::asio::awaitable<std::optional<verification_case>> wait_for_codes();
    boost::asio::awaitable<bool> compare(verification_case with);
    boost::asio::awaitable<std::optional<bool>> answer(unsigned number);
    boost::asio::awaitable<void> read_answer(std::shared_ptr<std::optional<bool>> into);
    boost::asio::awaitable<void> watch_desk();
    bool is_over(unsigned number) const;
    void say(std::string const& line);

    surroundings around_;
    config settings_;
    std::optional<matrix::user_id> whom_;
    answers answers_;
    std::ostream& out_;
    bot_account account_;
    verification_desk desk_;
    base::notifier changed_;
    base::task_group tasks_;
    bool stopping_ = false;
};

}  // namespace chatrixcd::bot
