// SPDX-License-Identifier: Apache-2.0
#include "verification/at_machine.hpp"

#include <algorithm>
#include <chrono>
#include <ostream>
#include <utility>

#include <chatrixcd/base/text.hpp>
#include <chatrixcd/base/timeout.hpp>
#include <chatrixcd/matrix/fingerprint.hpp>

#include "verification/own_words.hpp"
#include "verification/shown_codes.hpp"

namespace chatrixcd::bot {

namespace {

using boost::asio::awaitable;

constexpr base::duration patience = std::chrono::minutes(1);
// No verification takes longer.
constexpr base::duration people_take = std::chrono::minutes(10);

verification_desk::options whom_to_take(config const& settings, std::optional<matrix::user_id> const& whom) {
    verification_desk::options how;
    how.people = settings.bot.admin_users;
    if (whom) how.people = {whom->str()};
    return how;
}

std::string list_of(std::vector<std::string> const& names) {
    std::string list;
    for (auto const& name : names) list += (list.empty() ? "" : ", ") + name;
    return list;
}

// Nothing: it is neither.
std::optional<bool> meaning_of(std::string const& said) {
    auto const word = base::text::trimmed(said);
    if (word.empty()) return false;
    if (word == "y" || word == "Y" || word == "yes") return true;
    if (word == "n" || word == "N" || word == "no") return false;
    return std::nullopt;
}

}  // namespace

verification_at_machine::verification_at_machine(surroundings const& around, config settings, account_secrets const& secrets,
                                                 std::optional<matrix::user_id> whom, answers from, std::ostream& out)
    : around_(around),
      settings_(std::move(settings)),
      whom_(std::move(whom)),
      answers_(std::move(from)),
      out_(out),
      account_(around_, settings_, secrets),
      desk_(around_, account_.client(), whom_to_take(settings_, whom_)),
      changed_(around_.executor),
      tasks_(around_.executor, [this](std::exception_ptr) { request_stop(); }) {}

void verification_at_machine::say(std::string const& line) { out_ << base::text::one_line(line) << std::endl; }

void verification_at_machine::request_stop() {
    stopping_ = true;
    changed_.notify_all();
}

awaitable<void> verification_at_machine::stop() {
    stopping_ = true;
    tasks_.cancel();
    co_await tasks_.join();
    co_await account_.client().stop();
    co_await desk_.stop();
}

awaitable<void> verification_at_machine::watch_desk() {
    for (;;) {
        co_await desk_.changed();
        changed_.notify_all();
    }
}

awaitable<base::result<void>> verification_at_machine::begin(std::shared_ptr<matrix::token_source> tokens) {
    auto started = co_await account_.client().start(std::move(tokens));
    if (!started && started.error().kind() == base::error_kind::conflict) {
        co_return base::error(base::error_kind::conflict, "the bot cannot be verified from here: " + started.error().message())
            .with_hint("Stop it first, or verify in its room: `" + settings_.bot.command_prefix + " verify`.");
    }
    if (!started) co_return started.error();
    auto seen = co_await base::with_timeout(*around_.time, account_.client().synced(), patience);
    if (seen && !*seen) co_return seen->error();
    auto const own = co_await own_identity(account_.client(), *around_.time, patience);
    if (!own) co_return own.error();
    say("This bot: " + settings_.matrix.user_id + ", device " + own->device.str() + ", fingerprint " +
        matrix::shown_fingerprint(own->fingerprint) + (own->is_cross_signed ? ", cross-signed" : ", not cross-signed"));
    if (!own->problem.empty()) say("Take care: " + own->problem);
    co_return base::result<void>();
}

awaitable<base::result<void>> verification_at_machine::ask() {
    if (!whom_) {
        say("Waiting for " + list_of(settings_.bot.admin_users) +
            " to ask: in their client, on the bot's profile, `Verify`. Control-C ends this.");
        co_return base::result<void>();
    }
    auto const numbers = co_await desk_.ask(*whom_, std::nullopt, std::nullopt);
    if (!numbers) co_return numbers.error();
    say("Asked " + whom_->str() + ", who accepts it in their client within ten minutes. Control-C ends this.");
    co_return base::result<void>();
}

// The first that there is something to compare with; nothing: there will be none.
awaitable<std::optional<verification_case>> verification_at_machine::wait_for_codes() {
    while (!stopping_) {
        auto const all = desk_.all();
        auto const has_codes = std::ranges::find(all, verification_phase::comparing, &verification_case::phase);
        if (has_codes != all.end()) co_return *has_codes;
        bool const is_hopeless = whom_ && std::ranges::all_of(all, &verification_case::is_over);
        if (is_hopeless) {
            say("It came to nothing: " + (all.empty() ? std::string("nobody was asked") : all.back().outcome) + ".");
            co_return std::nullopt;
        }
        co_await changed_.wait();
    }
    say("Ended; nobody was verified.");
    co_return std::nullopt;
}

bool verification_at_machine::is_over(unsigned number) const {
    auto const now = desk_.find(number);
    return !now || now->is_over();
}

awaitable<void> verification_at_machine::read_answer(std::shared_ptr<std::optional<bool>> into) {
    for (;;) {
        out_ << "Are they the same? [y/N] " << std::flush;
        auto const said = co_await answers_();
        *into = said ? meaning_of(*said) : std::optional(false);
        if (*into) break;
    }
    changed_.notify_all();
}

// Nothing: it ended before somebody has answered.
awaitable<std::optional<bool>> verification_at_machine::answer(unsigned number) {
    auto const said = std::make_shared<std::optional<bool>>();
    tasks_.spawn(read_answer(said));
    while (!said->has_value() && !stopping_ && !is_over(number)) co_await changed_.wait();
    co_return *said;
}

awaitable<bool> verification_at_machine::compare(verification_case with) {
    say("");
    say(with.user + ", device " + with.device + ", sees in their client either these seven emoji:");
    for (auto const& each : with.codes->emoji) say("    " + std::string(each.symbol) + "  " + std::string(each.name));
    say("or these three numbers: " + shown_numbers(*with.codes));
    say("Look at their screen, or hear it from them in a way that is not this chat.");
    auto const same = co_await answer(with.number);
    if (same) {
        auto const decided = desk_.decide(with.number, *same);
        if (decided && *same) say("Waiting for " + with.user + " to say the same.");
    } else {
        out_ << std::endl;
    }
    while (!stopping_ && !is_over(with.number)) co_await changed_.wait();
    auto const now = desk_.find(with.number).value_or(with);
    bool const is_verified = now.phase == verification_phase::verified;
    auto const how = now.outcome.empty() ? std::string("ended before it was done") : now.outcome;
    say((is_verified ? "Verified: " : "Not verified: ") + with.user + ", device " + with.device + ": " + how + ".");
    co_return is_verified;
}

awaitable<base::result<bool>> verification_at_machine::run(std::shared_ptr<matrix::token_source> tokens) {
    auto const begun = co_await begin(std::move(tokens));
    if (!begun) co_return begun.error();
    tasks_.spawn(watch_desk());
    auto const asked = co_await ask();
    if (!asked) co_return asked.error();
    auto codes = co_await base::with_timeout(*around_.time, wait_for_codes(), people_take);
    if (!codes) say("Nobody has asked or answered for ten minutes.");
    if (!codes || !*codes) co_return false;
    co_return co_await compare(std::move(**codes));
}

}  // namespace chatrixcd::bot
