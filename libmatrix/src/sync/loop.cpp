// SPDX-License-Identifier: Apache-2.0
#include "sync/loop.hpp"

#include <boost/json/object.hpp>

#include "inbox/table.hpp"
#include "outbox/table.hpp"
#include "sync/memory.hpp"

namespace chatrixcd::matrix::detail {

namespace asio = boost::asio;

namespace {

constexpr base::duration poll = std::chrono::seconds(30);
// Beyond the poll itself, for a homeserver under load.
constexpr base::duration patience = std::chrono::seconds(60);
// The first sync of an account in many rooms is large.
constexpr std::size_t most_bytes = 256U << 20U;
// An answer without news that comes faster than this, time and again, is a homeserver that does not wait.
constexpr base::duration hasty = std::chrono::milliseconds(50);
constexpr unsigned most_hasty = 5;
// After so many failures in a row, each time, the homeserver's name is asked where it is.
constexpr unsigned failures_to_ask = 4;
// A position that is refused so often will not be taken any more.
constexpr unsigned most_refused = 3;
constexpr base::duration prune_interval = std::chrono::hours(1);

// What we have no use for is not sent: presence, receipts and typing of others, account data.
constexpr char const* filter = R"({"presence":{"not_types":["*"]},"account_data":{"not_types":["*"]},)"
                               R"("room":{"ephemeral":{"not_types":["*"]},"account_data":{"not_types":["*"]},"timeline":{"limit":50}}})";

// Refusals of an account (suspended, over its limits) have other statuses and codes.
bool is_about_position(base::error const& e) {
    return e.http_status() == 400 && (e.errcode() == "M_INVALID_PARAM" || e.errcode() == "M_UNKNOWN" || e.errcode() == "M_UNKNOWN_POS");
}

}  // namespace

sync_loop::sync_loop(receiver from, listeners to)
    : from_(std::move(from)),
      to_(std::move(to)),
      wait_(from_.with().random, std::chrono::seconds(1)),
      log_(from_.with().log.named("sync")) {}

asio::awaitable<void> sync_loop::run() {
    auto load = [account = from_.with().account](base::transaction& t) { return load_position(t, account); };
    position_ = co_await write_through(from_.with(), std::move(load));
    // The first answer shall come at once, whether or not there is news.
    bool synced = false;
    while (!ended_) {
        auto timeout = base::duration(0);
        if (synced) timeout = poll;
        bool const went_well = co_await step(timeout);
        if (went_well) synced = true;
    }
}

asio::awaitable<bool> sync_loop::step(base::duration timeout) {
    auto& time = from_.with().time;
    co_await check_memory();
    auto request = call::get(client_path({"sync"}))
                       .query("timeout", std::to_string(timeout.count()))
                       .query("filter", filter)
                       .timeout(timeout + patience)
                       .max_response(most_bytes)
                       .named("the sync");
    if (!position_.empty() && !anew_) request = std::move(request).query("since", position_);
    auto const asked = time.uptime();
    auto answer = co_await from_.homeserver().once(std::move(request));
    base::result<sync_batch> batch = base::error();
    if (answer) {
        batch = parse_sync(*answer);
    } else {
        batch = answer.error();
    }
    if (!batch) {
        co_await pause(batch.error());
        co_return false;
    }
    if (!reachable_) log_.info("the homeserver answers again");
    reachable_ = true;
    failures_ = 0;
    refused_ = 0;
    if (batch->skipped > 0) log_.warning("parts of a sync response were malformed and are ignored", {{"number", batch->skipped}});
    // The same position again is no news, whatever comes with it.
    bool const news = !batch->rooms.empty() && batch->next_batch != position_;
    hasty_ = !news && timeout > base::duration(0) && time.uptime() - asked < hasty ? hasty_ + 1 : 0;
    if (hasty_ > most_hasty) co_await time.sleep(std::chrono::seconds(1));
    co_return co_await take(std::move(*batch));
}

asio::awaitable<bool> sync_loop::take(sync_batch batch) {
    if (!anew_ && batch.rooms.empty() && batch.next_batch == position_) {
        to_.stored(received());
        co_return true;
    }
    auto position = batch.next_batch;
    // Shared with the store's thread, which only reads it.
    auto shared = std::make_shared<sync_batch const>(std::move(batch));
    auto how = from_.next();
    how.anew = anew_;
    auto work = [shared, how](base::transaction& t) { return commit_batch(t, *shared, how); };
    std::optional<received> count;
    try {
        count = co_await from_.with().store.write(std::move(work));
    } catch (base::store_error const& e) {
        from_.with().health.failed(e);
    }
    if (!count) {
        // Nothing of the response was kept: the homeserver is asked for it again.
        auto const delay = wait_.next();
        co_await from_.with().time.sleep(delay);
        co_return false;
    }
    from_.with().health.worked();
    wait_.reset();
    position_ = std::move(position);
    anew_ = false;
    to_.stored(*count);
    co_await forget_old();
    co_return true;
}

// Once at start, and whenever the homeserver has ended our session, it may be another one than it was.
asio::awaitable<void> sync_loop::check_memory() {
    auto const device = from_.device();
    if (checked_as_ == device) co_return;
    if (!position_.empty() && !anew_) {
        bool const forgotten = co_await has_forgotten_us(from_);
        if (forgotten) forget_position("it knows none of our rooms");
    }
    checked_as_ = from_.device();
}

void sync_loop::forget_position(std::string_view why) {
    log_.error("the homeserver has lost its history, or our place in it: rooms are read anew, what was said meanwhile may be lost",
               {{"why", why}});
    anew_ = true;
}

asio::awaitable<void> sync_loop::pause(base::error why) {
    if (why.kind() == base::error_kind::unauthorized) {
        log_.error("the account is of no use any more", {{"why", why.describe()}});
        ended_ = true;
        to_.failed(why);
        co_return;
    }
    auto const delay = wait_.next(why.retry_after());
    if (reachable_) log_.warning("the sync fails, trying again", {{"why", why.describe()}, {"delay_ms", delay.count()}});
    reachable_ = false;
    if (!anew_ && !position_.empty() && is_about_position(why) && ++refused_ == most_refused) forget_position(why.describe());
    co_await from_.with().time.sleep(delay);
    if (++failures_ % failures_to_ask == 0) co_await from_.homeserver().relocate();
}

asio::awaitable<void> sync_loop::forget_old() {
    auto& with = from_.with();
    auto const now = with.time.now();
    if (now - pruned_ < prune_interval) co_return;
    pruned_ = now;
    auto prune = [account = with.account, now](base::transaction& t) {
        prune_done(t, account, now);
        prune_made_here(t, account, now - done_memory);
    };
    co_await write_through(with, std::move(prune));
}

}  // namespace chatrixcd::matrix::detail
