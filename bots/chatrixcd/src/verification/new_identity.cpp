// SPDX-License-Identifier: Apache-2.0
#include "verification/new_identity.hpp"

#include <boost/json/object.hpp>
#include <chrono>
#include <ostream>
#include <utility>

#include <chatrixcd/base/text.hpp>
#include <chatrixcd/base/timeout.hpp>
#include <chatrixcd/matrix/fingerprint.hpp>

#include "verification/own_words.hpp"

namespace chatrixcd::bot {

namespace {

using base::text::trimmed;
using boost::asio::awaitable;

constexpr base::duration patience = std::chrono::minutes(1);

// Stages of homeservers whose accounts are kept elsewhere: the specification's, and that of before it.
constexpr char const* approval_stage = "m.oauth";
constexpr char const* older_approval_stage = "org.matrix.cross_signing_reset";

}  // namespace

new_identity::new_identity(surroundings const& around, config settings, account_secrets const& secrets, bool is_sure, answers from,
                           std::ostream& out)
    : around_(around),
      settings_(std::move(settings)),
      is_sure_(is_sure),
      answers_(std::move(from)),
      out_(out),
      account_(around_, settings_, secrets),
      changed_(around_.executor),
      tasks_(around_.executor, [this](std::exception_ptr) { request_stop(); }) {}

void new_identity::say(std::string const& line) { out_ << base::text::one_line(line) << std::endl; }

void new_identity::request_stop() {
    stopping_ = true;
    changed_.notify_all();
}

awaitable<void> new_identity::stop() {
    stopping_ = true;
    tasks_.cancel();
    co_await tasks_.join();
    co_await account_.client().stop();
}

awaitable<base::result<bool>> new_identity::run(std::shared_ptr<matrix::token_source> tokens) {
    tasks_.spawn(work(std::move(tokens)));
    while (!outcome_ && !stopping_) co_await changed_.wait();
    // A result that is not moved would be asked whether it is one.
    if (outcome_) co_return std::move(*outcome_);
    say("Ended. What was done so far is whole; started again, it goes on from there.");
    co_return false;
}

awaitable<void> new_identity::work(std::shared_ptr<matrix::token_source> tokens) {
    outcome_ = co_await renew(std::move(tokens));
    changed_.notify_all();
}

awaitable<base::result<matrix::own_identity_state>> new_identity::begin(std::shared_ptr<matrix::token_source> tokens) {
    auto started = co_await account_.client().start(std::move(tokens));
    if (!started && started.error().kind() == base::error_kind::conflict) {
        co_return base::error(base::error_kind::conflict, "the identity cannot be replaced from here: " + started.error().message())
            .with_hint("Stop the bot first.");
    }
    if (!started) co_return started.error();
    auto seen = co_await base::with_timeout(*around_.time, account_.client().synced(), patience);
    if (seen && !*seen) co_return seen->error();
    co_return co_await own_identity(account_.client(), *around_.time, patience);
}

// Its backup too: a replacement may have been interrupted before that.
awaitable<bool> new_identity::has_everything(matrix::own_identity_state own) {
    if (!own.is_cross_signed || !own.is_recoverable) co_return false;
    auto const backup = co_await base::with_timeout(*around_.time, account_.client().backup(), patience);
    co_return backup&&* backup && (*backup)->vouched_by == matrix::backup_voucher::private_key;
}

awaitable<base::result<bool>> new_identity::renew(std::shared_ptr<matrix::token_source> tokens) {
    auto const own = co_await begin(std::move(tokens));
    if (!own) co_return own.error();
    say("This bot: " + settings_.matrix.user_id + ", device " + own->device.str() + ", fingerprint " +
        matrix::shown_fingerprint(own->fingerprint) + (own->is_cross_signed ? ", cross-signed" : ", not cross-signed"));
    if (!own->problem.empty()) say("What is missing: " + own->problem);
    bool const is_whole = co_await has_everything(*own);
    if (is_whole) {
        say("The bot holds the account's identity, and the recovery key brings it back: there is nothing to replace.");
        co_return true;
    }
    if (own->is_cross_signed) {
        say("The bot holds the account's identity, which stays. Its secret storage, and a key backup that the bot cannot read, are made "
            "anew.");
    } else {
        say("If another client of the account still holds its identity, or its recovery key is somewhere, use that instead: give the key "
            "to the bot as matrix.recovery_key.");
        say("A new identity (cross-signing) takes the place of the old one, which nothing brings back:");
        say("- Everybody who has verified this account is warned by their client, and has to verify it anew.");
        say("- The account's other sessions are vouched for by nobody until they are verified anew.");
        say("- Secret storage and key backup are made anew; keys that lie in the old backup alone are lost to the bot.");
    }
    bool const wanted = co_await is_wanted();
    if (!wanted) {
        say("Nothing was changed.");
        co_return false;
    }
    co_return co_await replace();
}

awaitable<bool> new_identity::is_wanted() {
    if (is_sure_) co_return true;
    out_ << "To go on, type the account's id, " << settings_.matrix.user_id << ": " << std::flush;
    auto const said = co_await answers_();
    if (!said) out_ << std::endl;
    co_return said&& trimmed(*said) == settings_.matrix.user_id;
}

// Asked again as long as the homeserver is not content.
awaitable<base::result<boost::json::object>> new_identity::wait_for_approval(matrix::uia::challenge of, std::string stage) {
    auto const address = matrix::uia::address_of(of, stage);
    say("The homeserver wants the account's owner to approve this" +
        (address.empty() ? std::string(" in the account's settings.") : ": " + address));
    out_ << "When that is done, press Enter; `no` ends this. " << std::flush;
    auto const said = co_await answers_();
    if (!said) out_ << std::endl;
    if (said && trimmed(*said).empty()) co_return boost::json::object();
    co_return base::error(base::error_kind::forbidden, "nobody has approved it, so nothing was replaced");
}

// The key is shown before it counts: once it does there may be nobody left to show it.
awaitable<base::result<bool>> new_identity::replace() {
    auto const fresh = matrix::recovery_key::make(*around_.entropy);
    say("The new recovery key, shown this once. Keep it where the bot's machine is not, and give it to the bot as matrix.recovery_key:");
    say("    " + std::string(fresh.text().reveal()));
    auto approving = [this](std::string stage) {
        return [this, stage](matrix::uia::challenge of) { return wait_for_approval(std::move(of), stage); };
    };
    auto confirmed_by = matrix::uia::answers().on(approval_stage, approving(approval_stage));
    confirmed_by = std::move(confirmed_by).on(older_approval_stage, approving(older_approval_stage));
    auto const done = co_await account_.client().replace_identity(fresh, std::move(confirmed_by));
    if (!done) {
        say("The key above opens nothing.");
        co_return done.error();
    }
    say((done->was_replaced ? "Replaced. The bot's identity is now " : "The bot's identity is still ") +
        matrix::shown_fingerprint(done->master_key));
    say(done->has_fresh_key
            ? "The key above opens the account's secret storage from now on; without it in matrix.recovery_key a lost store "
              "loses the identity again."
            : "The recovery key of the configuration goes on; the one above opens nothing.");
    auto const backup = co_await account_.client().backup();
    if (backup && !backup->problem.empty()) say("Take care: " + backup->problem);
    co_return true;
}

}  // namespace chatrixcd::bot
