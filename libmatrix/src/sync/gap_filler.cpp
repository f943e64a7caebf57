// SPDX-License-Identifier: Apache-2.0
#include "sync/gap_filler.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace chatrixcd::matrix::detail {

namespace asio = boost::asio;

namespace {

constexpr char const* page_size = "250";

std::string filter_of(sync_filter const& from) {
    auto const filter = from.messages_json();
    return filter.empty() ? std::string() : boost::json::serialize(filter);
}

}  // namespace

gap_filler::gap_filler(receiver from, sync_filter const& filter, std::size_t bound, std::function<void(room_id const&)> filled,
                       std::function<void(std::vector<crypto::verification_said>)> said)
    : from_(std::move(from)),
      filter_(filter_of(filter)),
      bound_(bound),
      filled_(std::move(filled)),
      said_(std::move(said)),
      changed_(from_.with().executor),
      wait_(from_.with().random, std::chrono::seconds(1)),
      log_(from_.with().log.named("gaps")) {}

void gap_filler::wake() {
    ++version_;
    changed_.notify_all();
}

asio::awaitable<void> gap_filler::run() {
    for (;;) {
        auto const seen = version_;
        auto find = [account = from_.with().account](base::transaction& t) { return next_gap(t, account); };
        auto gap = co_await write_through(from_.with(), std::move(find));
        if (gap) {
            co_await fill(std::move(*gap));
        } else {
            while (version_ == seen) co_await changed_.wait();
        }
    }
}

asio::awaitable<void> gap_filler::fill(gap_row gap) {
    auto request = call::get(client_path({"rooms", gap.room.str(), "messages"}))
                       .query("dir", gap.seeking ? "b" : "f")
                       .query("limit", page_size)
                       .named("fetching missed messages");
    if (!filter_.empty()) request = std::move(request).query("filter", filter_);
    // Without one, forwards begins at the room's beginning.
    if (!gap.token.empty()) request = std::move(request).query("from", gap.token);
    auto answer = co_await from_.homeserver().once_unread(std::move(request));
    base::result<history_page> page = base::error();
    if (answer) {
        page = parse_page(*answer);
    } else {
        page = answer.error();
    }
    if (!page) {
        if (is_refusal(page.error())) {
            co_await lose(std::move(gap), page.error());
        } else {
            auto const delay = wait_.next(page.error().retry_after());
            co_await from_.with().time.sleep(delay);
        }
        co_return;
    }
    wait_.reset();
    auto shared = std::make_shared<history_page const>(std::move(*page));
    auto work = [shared, gap, bound = bound_, how = from_.next()](base::transaction& t) {
        return commit_page(t, *shared, gap, bound, how);
    };
    auto taken = co_await write_through(from_.with(), std::move(work));
    if (!taken.verifications.empty()) said_(std::move(taken.verifications));
    if (taken.gap == gap_outcome::lost) log_.warning("messages of a gap were lost", {{"room", gap.room.str()}});
    filled_(gap.room);
}

asio::awaitable<void> gap_filler::lose(gap_row gap, base::error why) {
    log_.warning("messages were lost: the homeserver does not give them", {{"room", gap.room.str()}, {"why", why.describe()}});
    auto work = [gap, reason = why.message(), how = from_.next()](base::transaction& t) mutable { commit_loss(t, gap, reason, how); };
    co_await write_through(from_.with(), std::move(work));
    filled_(gap.room);
}

}  // namespace chatrixcd::matrix::detail
