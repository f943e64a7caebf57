// SPDX-License-Identifier: Apache-2.0
// New tokens for old: before they expire, and after they were refused.
#include <algorithm>

#include "session/session.hpp"
#include "session/turn.hpp"
#include "state/shield.hpp"

namespace chatrixcd::matrix::detail {

namespace asio = boost::asio;
using base::error;
using base::error_kind;
using base::result;

namespace {

// Tokens that lived shorter than this are counted; after so many in a row a person must look.
constexpr base::duration good_life = std::chrono::minutes(1);
constexpr unsigned most_renewals = 5;
// A token is refreshed when a fifth of its life is left, at most so long before its end.
constexpr base::duration longest_lead = std::chrono::minutes(5);

error final_refusal(error const& why) {
    return error(error_kind::unauthorized, "the homeserver does not accept our login any more")
        .with_status(why.http_status())
        .with_errcode(why.errcode())
        .with_server_text(why.server_text())
        .with_hint("Check the account's password or access token");
}

// Why there is no token says nothing about the request that needs one.
error no_token(error const& why) {
    auto made = error(error_kind::unavailable, "no new access token can be had: " + why.message())
                    .with_status(why.http_status())
                    .with_errcode(why.errcode())
                    .with_server_text(why.server_text());
    if (why.retry_after()) std::move(made).with_retry_after(*why.retry_after());
    return made;
}

}  // namespace

void session::plan_refresh(std::optional<base::time_point> expires) {
    refresh_at_.reset();
    if (!expires || !current_.refresh_token) return;
    auto const left = *expires - with_->time.now();
    refresh_at_ = *expires - std::clamp<base::duration>(left / 5, base::duration(0), longest_lead);
}

asio::awaitable<void> session::keep_fresh() {
    while (refresh_at_ && with_->time.now() >= *refresh_at_) {
        if (busy_) {
            co_await free_.wait();
            continue;
        }
        turn const mine(*this);
        co_await refresh_ahead();
        co_return;
    }
}

// Called by whoever has the turn. The token in use is good for a while: nothing is asked of the source but a refresh.
asio::awaitable<void> session::refresh_ahead() {
    auto given = co_await tokens_->refresh(context(), current_);
    result<void> kept;
    if (given) {
        if (!given->refresh_token) given->refresh_token = current_.refresh_token;
        try {
            kept = co_await shielded(adopt(std::move(*given)));
        } catch (base::store_error const& e) {
            with_->health.failed(e);
            kept = error(error_kind::environment, "a new access token could not be stored");
        }
    } else {
        kept = given.error();
    }
    if (kept) {
        refresh_wait_.reset();
        co_return;
    }
    log_.warning("the access token could not be refreshed", {{"why", kept.error().describe()}});
    bool const hopeless = kept.error().kind() == error_kind::unsupported || kept.error().kind() == error_kind::unauthorized;
    // Then the homeserver says when the token has ended.
    if (hopeless) {
        refresh_at_.reset();
    } else {
        refresh_at_ = with_->time.now() + refresh_wait_.next(kept.error().retry_after());
    }
}

asio::awaitable<result<void>> session::renew(secret refused, bool soft) {
    while (busy_) co_await free_.wait();
    if (current_.access_token.reveal() != refused.reveal()) co_return result<void>();
    turn const mine(*this);
    if (with_->time.uptime() - renewed_at_ >= good_life) {
        renewals_ = 0;
        renewal_wait_.reset();
    }
    if (renewals_ == most_renewals) {
        co_return error(error_kind::unauthorized, "the homeserver refuses every new access token")
            .with_hint("Look at the homeserver's log");
    }
    if (renewals_ > 0) {
        auto const delay = renewal_wait_.next();
        co_await with_->time.sleep(delay);
    }
    log_.warning("the access token is refused, asking for a new one", {{"same_device", soft}});
    result<void> renewed;
    try {
        renewed = co_await replace_token(soft);
    } catch (base::store_error const& e) {
        with_->health.failed(e);
        renewed = error(error_kind::environment, "a new access token could not be stored");
    }
    if (renewed) {
        ++renewals_;
        renewed_at_ = with_->time.uptime();
        co_return renewed;
    }
    auto const kind = renewed.error().kind();
    if (kind == error_kind::unauthorized || kind == error_kind::forbidden) co_return final_refusal(renewed.error());
    if (kind == error_kind::environment) co_return renewed;
    co_return no_token(renewed.error());
}

// Called by whoever has the turn.
asio::awaitable<result<void>> session::replace_token(bool same_device) {
    if (!current_.access_token.empty()) {
        refused_ = current_.access_token;
        if (!same_device) {
            auto const planned = co_await plan_device();
            if (!planned) co_return planned.error();
        }
    }
    co_return co_await log_in(same_device);
}

}  // namespace chatrixcd::matrix::detail
