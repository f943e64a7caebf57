// SPDX-License-Identifier: Apache-2.0
// GET /sync: looks, and if nothing is new waits until something is, or the time is over.
#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/base/timeout.hpp>

#include "api/endpoints.hpp"
#include "api/presence.hpp"
#include "api/refusal.hpp"
#include "store/filters.hpp"
#include "sync/sync.hpp"

namespace chatrixcd::homeserver {

namespace asio = boost::asio;
using base::http::method;

namespace {

constexpr std::int64_t longest_wait_ms = 120000;

// What one look found, carried from the store's thread to the loop.
struct finding {
    bool empty = true;
    hub::keys keys;
};

// By its number, or written out.
result<sync_filter> read_filter(step& s, call const& c) {
    auto const text = c.query("filter");
    if (!text || text->empty()) return sync_filter();
    if (text->front() != '{') {
        auto const kept = find_filter(s.db, c.user.str(), *text);
        if (!kept) return invalid_param("there is no such filter");
        return sync_filter::parse(*kept);
    }
    auto given = base::parse_json_object(*text);
    if (!given) return not_json("filter is no JSON object");
    return sync_filter::parse(given.value());
}

// What `set_presence` says, if that is new. Nothing said changes nothing: who only reads is not there because of that.
result<void> say_presence(step& s, call const& c) {
    auto const state = c.query("set_presence");
    if (!state) return {};
    if (!is_presence(*state)) return invalid_param("set_presence is online, unavailable or offline");
    auto known = find_presence(s.db, c.user.str());
    if (known ? known->state == *state : *state == "offline") return {};
    presence now = known.value_or(presence());
    now.user = c.user.str();
    now.state = *state;
    now.last_active = s.now;
    set_presence(s, now);
    return {};
}

// One look: a transaction of its own, so that its picture of all streams is one.
asio::awaitable<result<answer>> look_once(service& in, call c, sync_question question, std::shared_ptr<finding> into) {
    auto const changed = in.typing.expire(in.options.time_source->uptime());
    in.wakeups.wake(changed);
    question.typing = in.typing.changed_since(question.since ? question.since->typing : 0);
    question.typing_number = in.typing.last();
    service::work work = [question = std::move(question), into](step& s, call& asked) -> result<answer> {
        auto mine = question;
        auto filter = read_filter(s, asked);
        if (!filter) return filter.error();
        mine.who = asked.who();
        mine.next = newest(s);
        if (mine.since && !is_past(*mine.since, mine.next)) return invalid_param("since is a place that this server has not reached yet");
        if (auto said = say_presence(s, asked); !said) return said.error();
        mine.filter = std::move(filter.value());
        auto found = look(s, std::move(mine));
        into->empty = found.empty;
        into->keys = std::move(found.keys);
        answer said(std::move(found.body));
        said.write();
        return said;
    };
    co_return co_await in.run(access::user, std::move(c), std::move(work));
}

// Waits for a change of the keys; also until somebody's typing is over, which nobody announces.
asio::awaitable<void> wait_for_news(service& in, hub::keys keys, base::duration deadline) {
    auto& clock = *in.options.time_source;
    if (auto const next = in.typing.next_expiry()) deadline = std::min(deadline, *next);
    hub::waiter waiter(in.wakeups, std::move(keys));
    static_cast<void>(co_await base::with_timeout(clock, waiter.wait(), deadline - clock.uptime()));
}

asio::awaitable<result<answer>> sync(service& in, call c) {
    sync_question question;
    auto const since = c.query("since");
    if (since && !since->empty()) {
        question.since = sync_token::parse(*since, in.server.tag());
        if (!question.since) co_return invalid_param("since is no token of this server");
    }
    question.full_state = c.query("full_state") == "true";
    question.state_after = c.query("use_state_after") == "true";
    auto timeout = c.count("timeout", 0);
    if (!timeout) co_return timeout.error();
    bool const may_wait = question.since && !question.full_state;
    auto& clock = *in.options.time_source;
    auto const deadline = clock.uptime() + base::duration(std::min(timeout.value(), longest_wait_ms));
    while (true) {
        auto const mark = in.wakeups.now();
        auto const found = std::make_shared<finding>();
        auto said = co_await look_once(in, c, question, found);
        bool const over = !may_wait || in.wakeups.stopped() || clock.uptime() >= deadline;
        if (!said || !found->empty || over) co_return said;
        if (!in.wakeups.woken_since(mark, found->keys)) co_await wait_for_news(in, found->keys, deadline);
    }
}

}  // namespace

void add_sync(service& to) {
    to.add_coroutine(method::get, "/sync", body_rule::none, [&to](call c) { return sync(to, std::move(c)); });
}

}  // namespace chatrixcd::homeserver
