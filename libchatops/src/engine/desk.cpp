// SPDX-License-Identifier: Apache-2.0
#include "engine/desk.hpp"

#include <chrono>
#include <exception>
#include <utility>

#include <chatrixcd/chatops/command/refusal.hpp>

#include "engine/guarded.hpp"

namespace chatrixcd::chatops {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t most_attempts = 3;
constexpr std::size_t error_id_length = 8;

answer refused(base::error why, std::string reason) {
    answer out;
    out.how = journal::outcome::refused;
    out.reason = std::move(reason);
    out.shown = refusal(why);
    out.why = std::move(why);
    return out;
}

decision decide(policy const* rules, journal::entry const& asked, effect what) {
    if (rules) {
        access_request request;
        request.who = asked.who;
        if (!asked.from.room.empty()) request.room = asked.from.room;
        request.what = what;
        return rules->decide(request);
    }
    decision none;
    none.code = "no_policy";
    none.text = "Nobody is allowed to command me.";
    return none;
}

}  // namespace

desk::desk(engine_parts const& parts, base::logger log, database& store, command_set const& commands)
    : time_(*parts.time),
      entropy_(*parts.entropy),
      log_(std::move(log)),
      store_(store),
      commands_(commands),
      rules_(parts.rules),
      prefix_(parts.options.command_prefix) {}

// Whoever has the machine types none.
std::string_view desk::prefix_for(journal::entry const& asked) const { return asked.from.room.empty() ? std::string_view() : prefix_; }

// Who may not command is told nothing about commands, so the policy has the first word.
std::optional<answer> desk::refusal_of(journal::entry const& asked) const {
    auto const parsed = commands_.parse(asked.line, prefix_for(asked));
    auto const allowed = decide(rules_.get(), asked, parsed ? parsed->effect() : effect::read);
    if (!allowed.allowed) {
        auto why = base::error(base::error_kind::forbidden, allowed.text).with_hint(allowed.hint);
        auto out = refused(std::move(why), allowed.code);
        out.silent = allowed.silent;
        return out;
    }
    if (!parsed) return refused(parsed.error(), parsed.error().message());
    return std::nullopt;
}

asio::awaitable<answer> desk::handle(journal::entry asked, surroundings where) {
    if (asked.attempts > most_attempts) co_return gave_up(asked, "the process ended each time while it was handled");
    if (auto no = refusal_of(asked)) co_return std::move(*no);
    while (true) {
        call_context about(asked, prefix_, where);
        auto call = commands_.parse(asked.line, about.prefix());
        auto const name = call->name();
        std::exception_ptr thrown;
        try {
            auto done = co_await std::move(*call).run(about);
            answer out;
            if (!done) out = refused(done.error(), done.error().message());
            out.keeps_values = about.keeps_values();
            if (!done) co_return out;
            out.shown = std::move(*done);
            out.asks = about.take_question();
            // Nothing has been done yet; the answer is a command of its own.
            if (out.asks) {
                out.how = journal::outcome::refused;
                out.reason = "asked for " + out.asks->name;
            }
            co_return out;
        } catch (...) {
            thrown = std::current_exception();
        }
        auto const state = co_await asio::this_coro::cancellation_state;
        if (only_cancelled(state, thrown) || is_store_failure(thrown)) std::rethrow_exception(thrown);
        auto why = "the handler of " + name + " failed: " + words_of(thrown);
        auto unhandled = [from = asked.from](base::transaction& in) { return journal::is_unhandled(in, from); };
        // What has sent a start is not run again: the start has a fate of its own.
        bool const begun = !co_await store_.write(std::move(unhandled));
        if (begun || asked.attempts >= most_attempts) co_return gave_up(asked, why, begun);
        log_.warning("a command failed and is tried again", {{"why", why}, {"attempt", asked.attempts}, {"trace", asked.trace}});
        co_await time_.sleep(1s);
        ++asked.attempts;
        auto count = [from = asked.from](base::transaction& in) { journal::count_attempt(in, from); };
        co_await store_.write(std::move(count));
    }
}

answer desk::gave_up(journal::entry const& asked, std::string const& why, bool begun) const {
    auto const id = entropy_.token(error_id_length);
    log_.error("a command could not be handled", {{"error_id", id}, {"why", why}, {"attempts", asked.attempts}, {"trace", asked.trace}});
    std::string const what = begun ? "Something in me failed after I had sent the start; its card says how that stands."
                                   : "Something in me failed, so I have not done this.";
    auto told = base::error(base::error_kind::internal, what + " Error id: `" + id + "`");
    auto out = refused(std::move(told).with_hint("Whoever runs me finds the id in my log."), "error " + id);
    out.keeps_values = false;
    return out;
}

}  // namespace chatrixcd::chatops
