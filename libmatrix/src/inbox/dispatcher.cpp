// SPDX-License-Identifier: Apache-2.0
#include "inbox/dispatcher.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

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
    void hold(std::int64_t row) {
        release();
        row_ = row;
        of_.out_.insert(row);
    }

private:
    void release() {
        if (row_) of_.out_.erase(*row_);
    }
    dispatcher& of_;
    std::optional<std::int64_t> row_;
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
          wake();
      }) {}

void dispatcher::wake() {
    ++version_;
    changed_.notify_all();
}

std::size_t dispatcher::reserve() {
    if (!ready_for_rows_ || closed_) return 0;
    auto const free = parallel_ - running_;
    running_ += free;
    lent_ = free > 0;
    return free;
}

void dispatcher::give(std::vector<inbox_row> rows, std::size_t reserved) {
    lent_ = false;
    running_ -= reserved - rows.size();
    bool const may_be_more = rows.size() == reserved;
    for (auto& row : rows) start(std::move(row));
    if (may_be_more || doubtful_) wake();
}

void dispatcher::give_back(std::size_t reserved) {
    doubtful_ = true;
    give({}, reserved);
}

void dispatcher::start(inbox_row row) {
    out_.insert(row.id);
    tasks_.spawn(serve(std::move(row)));
}

asio::awaitable<void> dispatcher::run() {
    auto reset = [account = with_->account](base::transaction& t) { reset_marks(t, account); };
    co_await write_through(*with_, std::move(reset));
    ready_for_rows_ = true;
    for (;;) {
        auto const seen = version_;
        if (doubtful_ && !lent_ && taking_ == 0) co_await release_unknown();
        auto const free = static_cast<std::int64_t>(parallel_ - running_);
        std::vector<inbox_row> rows;
        if (free > 0) {
            auto take = [account = with_->account, free](base::transaction& t) { return take_rows(t, account, free); };
            rows = co_await write_through(*with_, std::move(take));
        }
        for (auto& row : rows) {
            ++running_;
            start(std::move(row));
        }
        if (rows.empty()) {
            while (version_ == seen) co_await changed_.wait();
        }
    }
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
    std::optional<inbox_row> next = std::move(row);
    while (next) {
        mine.hold(next->id);
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
        if (takes) ++taking_;
        try {
            auto taken = co_await with_->store.write(std::move(settle_and_take));
            if (takes) --taking_;
            with_->health.worked();
            // Nobody has looked for more.
            if (!takes || doubtful_) wake();
            if (taken.empty()) co_return std::nullopt;
            co_return std::move(taken.front());
        } catch (base::store_error const& e) {
            with_->health.failed(e);
        }
        // It may have been kept, with a row that was taken.
        if (takes) --taking_;
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
