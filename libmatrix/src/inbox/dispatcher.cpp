// SPDX-License-Identifier: Apache-2.0
#include "inbox/dispatcher.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>
#include <utility>

#include "state/failure.hpp"

namespace chatrixcd::matrix::detail {

namespace asio = boost::asio;

namespace {

constexpr base::duration first_rest = std::chrono::seconds(1);

// Runs `work`, which may be cancelled; the caller, who may not, goes on with what it threw.
asio::awaitable<std::exception_ptr> attempt(asio::awaitable<void> work) {
    co_await asio::this_coro::throw_if_cancelled(true);
    std::exception_ptr failure;
    try {
        co_await std::move(work);
    } catch (...) {
        failure = std::current_exception();
    }
    co_await asio::this_coro::throw_if_cancelled(false);
    co_return failure;
}

// Counts a transaction that is under way, however it ends.
class counted {
public:
    counted(std::size_t& count, bool counts) : count_(count), counts_(counts) { count_ += counts_ ? 1 : 0; }
    counted(counted const&) = delete;
    counted& operator=(counted const&) = delete;
    ~counted() { end(); }
    void end() noexcept { count_ -= std::exchange(counts_, false) ? 1 : 0; }

private:
    std::size_t& count_;
    bool counts_;
};

asio::awaitable<void> take_word(std::shared_ptr<hand_over> from) { co_await from->word(); }

// What a handler's end means. Its exception's text is for the log and the store, never for a room.
verdict judge(std::exception_ptr const& failure, bool stopping, std::string& reason) {
    if (!failure) return verdict::done;
    try {
        std::rethrow_exception(failure);
    } catch (base::store_error const& e) {
        reason = e.what();
        return verdict::postponed;
    } catch (boost::system::system_error const& e) {
        reason = e.what();
        return stopping && e.code() == asio::error::operation_aborted ? verdict::postponed : verdict::failed;
    } catch (std::exception const& e) {
        reason = e.what();
    } catch (...) {
        reason = "something that is no std::exception";
    }
    return verdict::failed;
}

}  // namespace

// One of the rows that may be out at once, counted already.
class dispatcher::place {
public:
    explicit place(dispatcher& of) : of_(of) {}
    place(place const&) = delete;
    place& operator=(place const&) = delete;
    ~place() {
        release();
        --of_.running_;
        of_.changed_.notify_all();
    }
    // False if the row is out already.
    bool hold(std::int64_t row) {
        release();
        if (!of_.out_.insert(row).second) return false;
        row_ = row;
        return true;
    }
    // The first one, which start() has noted.
    void keep(std::int64_t row) { row_ = row; }

private:
    void release() {
        if (row_) of_.out_.erase(*row_);
        row_.reset();
    }
    dispatcher& of_;
    std::optional<std::int64_t> row_;
};

// Places that are kept for rows on their way out of the store.
class dispatcher::claim {
public:
    explicit claim(dispatcher& of) : of_(of), places_(of.free_places()) { of_.running_ += places_; }
    claim(claim const&) = delete;
    claim& operator=(claim const&) = delete;
    ~claim() {
        of_.running_ -= places_;
        of_.changed_.notify_all();
    }
    std::size_t places() const noexcept { return places_; }
    // One of them is the row's from now on.
    void give_one() noexcept { --places_; }

private:
    dispatcher& of_;
    std::size_t places_;
};

dispatcher::dispatcher(services& with, consumers to, std::size_t parallel)
    : with_(&with),
      to_(std::move(to)),
      parallel_(parallel),
      changed_(with.executor),
      arrived_(with.executor),
      log_(with.log.named("inbox")),
      tasks_(with.executor, [this](std::exception_ptr e) {
          log_.error("handing out a message ended unexpectedly", {{"why", words_of(e)}});
          doubtful_ = true;
          wake();
      }) {}

void dispatcher::wake() {
    ++version_;
    changed_.notify_all();
}

std::size_t dispatcher::free_places() const noexcept { return running_ < parallel_ ? parallel_ - running_ : 0; }

std::size_t dispatcher::reserve() {
    if (!ready_for_rows_ || closed_) return 0;
    auto const free = free_places();
    running_ += free;
    lent_ = free > 0;
    return free;
}

void dispatcher::give(std::vector<inbox_row> rows, std::size_t reserved) {
    lent_ = false;
    running_ -= reserved - rows.size();
    bool const may_be_more = rows.size() == reserved || std::exchange(missed_, false);
    for (auto& row : rows) start(std::move(row));
    if (may_be_more || doubtful_) wake();
}

void dispatcher::give_back(std::size_t reserved) {
    doubtful_ = true;
    give({}, reserved);
}

// For a place that is counted already.
void dispatcher::start(inbox_row row) {
    if (out_.insert(row.id).second) {
        tasks_.spawn(serve(std::move(row)));
    } else {
        // Whoever has it has settled it, and does not know: he tries again, and settles this as well.
        --running_;
    }
}

asio::awaitable<void> dispatcher::run() {
    auto reset = [account = with_->account](base::transaction& t) { reset_marks(t, account); };
    co_await write_through(*with_, std::move(reset));
    ready_for_rows_ = true;
    for (;;) {
        auto const seen = version_;
        if (doubtful_ && !lent_ && taking_ == 0) co_await release_unknown();
        bool const took = co_await take_for_free_places();
        if (!took) {
            while (version_ == seen) co_await changed_.wait();
        }
    }
}

// False if there was nothing to take.
asio::awaitable<bool> dispatcher::take_for_free_places() {
    claim mine(*this);
    if (mine.places() == 0) {
        // What wakes us now must be looked at when they come back.
        missed_ = lent_;
        co_return false;
    }
    auto take = [account = with_->account, most = static_cast<std::int64_t>(mine.places())](base::transaction& t) {
        return take_rows(t, account, most);
    };
    std::vector<inbox_row> rows;
    bool failed = false;
    try {
        rows = co_await with_->store.write(std::move(take));
    } catch (base::store_error const& e) {
        with_->health.failed(e);
        failed = true;
    }
    if (failed) {
        // They may be marked all the same.
        doubtful_ = true;
        co_await with_->time.sleep(first_rest);
        co_return true;
    }
    if (!rows.empty()) with_->health.worked();
    for (auto& row : rows) {
        mine.give_one();
        start(std::move(row));
    }
    co_return !rows.empty();
}

// Rows that are marked and of which nobody knows. Once: what is out changes until another try.
asio::awaitable<void> dispatcher::release_unknown() {
    doubtful_ = false;
    std::vector<std::int64_t> out(out_.begin(), out_.end());
    auto release = [account = with_->account, out = std::move(out)](base::transaction& t) { release_others(t, account, out); };
    try {
        co_await with_->store.write(std::move(release));
        co_return;
    } catch (base::store_error const& e) {
        with_->health.failed(e);
    }
    doubtful_ = true;
    co_await with_->time.sleep(first_rest);
    wake();
}

// One row after the other: what is settled makes room for the next in one transaction.
asio::awaitable<void> dispatcher::serve(inbox_row row) {
    place mine(*this);
    co_await asio::this_coro::throw_if_cancelled(false);
    mine.keep(row.id);
    std::optional<inbox_row> next = std::move(row);
    for (bool is_first = true; next; is_first = false) {
        // As in start().
        if (!is_first && !mine.hold(next->id)) co_return;
        if (closed_) {
            auto leave = [row = std::move(*next)](base::transaction& t) { release_row(t, row, /*counted=*/false); };
            next = co_await settle(std::move(leave));
        } else {
            next = co_await hand_out(std::move(*next));
        }
    }
}

// With the next row for the place.
asio::awaitable<std::optional<inbox_row>> dispatcher::hand_out(inbox_row row) {
    // Whoever pulls hears how often it came, and decides: given up here, it would vanish without a word of his.
    bool const is_pulled = to_.pulled && row.kind == inbox_kind::message;
    if (row.tries > most_tries && !is_pulled) {
        co_return co_await give_up(row, "the program ended while it was handled, each time");
    }
    auto offered = co_await offer(row);
    std::string reason;
    auto word = verdict::done;
    if (offered) {
        word = offered->said();
        reason = offered->reason();
    } else {
        auto const failure = co_await attempt(to_.handle(row));
        word = judge(failure, closed_, reason);
    }
    auto const final_failure = word == verdict::failed && row.tries >= most_tries;
    std::optional<inbox_row> next;
    if (final_failure) {
        next = co_await give_up(row, reason);
    } else if (word == verdict::done) {
        auto finish = [row, now = with_->time.now()](base::transaction& t) { finish_row(t, row, now); };
        next = co_await settle(std::move(finish));
    } else if (word == verdict::dropped) {
        auto leave = [row](base::transaction& t) { leave_row(t, row); };
        next = co_await settle(std::move(leave));
    }
    if (offered) offered->settle(final_failure);
    if (final_failure || word == verdict::done || word == verdict::dropped) co_return next;

    if (word == verdict::failed) {
        log_.warning("a message could not be handled, it comes again",
                     {{"room", row.room.str()}, {"event", row.event_id}, {"trace", row.trace}, {"try", row.tries}, {"why", reason}});
    }
    if (!closed_) co_await rest(row.tries);
    auto release = [row, counted = word == verdict::failed](base::transaction& t) { release_row(t, row, counted); };
    co_return co_await settle(std::move(release));
}

// Null if the row goes to a handler. Otherwise waits for the consumer's word, or until we are stopped.
asio::awaitable<std::shared_ptr<hand_over>> dispatcher::offer(inbox_row row) {
    std::shared_ptr<hand_over> offered;
    if (!to_.pulled || row.kind != inbox_kind::message) co_return offered;
    offered = std::make_shared<hand_over>(with_->executor, std::move(row));
    if (closed_) co_return offered;
    ready_.push_back(offered);
    arrived_.notify_all();
    co_await attempt(take_word(offered));
    co_return offered;
}

asio::awaitable<void> dispatcher::rest(std::int64_t tries) {
    auto delay = first_rest;
    for (std::int64_t i = 1; i < tries; ++i) delay *= 5;
    co_await attempt(with_->time.sleep(delay));
}

asio::awaitable<std::optional<inbox_row>> dispatcher::give_up(inbox_row row, std::string reason) {
    log_.error("a message is set aside: it could not be handled",
               {{"room", row.room.str()}, {"event", row.event_id}, {"error_id", row.trace}, {"why", reason}});
    if (to_.given_up) {
        auto const failure = co_await attempt(to_.given_up(row));
        // Stopped in the middle: its mark stays, and it is given up at the next start.
        if (failure && closed_) co_return std::nullopt;
        if (failure) log_.error("the handler of messages that were set aside failed", {{"error_id", row.trace}});
    }
    auto work = [row, reason](base::transaction& t) { set_row_aside(t, row, reason); };
    co_return co_await settle(std::move(work));
}

// Not cancellable. While the store fails nothing else of the room is delivered; if we are stopped then, the row's mark stays and counts
// as a try at the next start.
asio::awaitable<std::optional<inbox_row>> dispatcher::settle(std::function<void(base::transaction&)> work) {
    backoff wait(with_->random, std::chrono::milliseconds(500), std::chrono::seconds(2));
    for (;;) {
        bool const takes = !closed_ && !doubtful_;
        auto settle_and_take = [account = with_->account, work, takes](base::transaction& t) {
            work(t);
            std::vector<inbox_row> taken;
            if (takes) taken = take_rows(t, account, 1);
            return taken;
        };
        counted under_way(taking_, takes);
        try {
            auto taken = co_await with_->store.write(std::move(settle_and_take));
            under_way.end();
            with_->health.worked();
            // Nobody has looked for more.
            if (!takes || doubtful_) wake();
            if (taken.empty()) co_return std::nullopt;
            co_return std::move(taken.front());
        } catch (base::store_error const& e) {
            with_->health.failed(e);
        }
        under_way.end();
        // It may have been kept, with a row that was taken.
        if (takes) doubtful_ = true;
        if (closed_) co_return std::nullopt;
        auto const delay = wait.next();
        co_await attempt(with_->time.sleep(delay));
    }
}

asio::awaitable<std::shared_ptr<hand_over>> dispatcher::next() {
    while (ready_.empty() && !closed_) co_await arrived_.wait();
    std::shared_ptr<hand_over> first;
    if (!ready_.empty()) {
        first = std::move(ready_.front());
        ready_.pop_front();
    }
    co_return first;
}

void dispatcher::close() {
    closed_ = true;
    for (auto const& waiting : ready_) waiting->say(verdict::postponed);
    ready_.clear();
    arrived_.notify_all();
}

asio::awaitable<bool> dispatcher::idle() {
    while (running_ > 0) co_await changed_.wait();
    co_return true;
}

asio::awaitable<void> dispatcher::cancel_and_join() {
    tasks_.cancel();
    co_await tasks_.join();
}

}  // namespace chatrixcd::matrix::detail
