// SPDX-License-Identifier: Apache-2.0
// Follows every run from the intent to its end: one coroutine a run, which sends the start (or finds out what became of it), then asks
// the CI for news until the run has ended, and keeps its card true.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/log.hpp>
#include <chatrixcd/base/notifier.hpp>
#include <chatrixcd/base/task_group.hpp>
#include <chatrixcd/chatops/engine.hpp>

#include "engine/board.hpp"
#include "engine/database.hpp"
#include "outbox/sender.hpp"
#include "runs/card_view.hpp"
#include "runs/pace.hpp"
#include "runs/record.hpp"

namespace chatrixcd::chatops::runs {

// What a command wants started.
class order {
public:
    order() = default;
    chat::origin from;
    std::string requested_by;
    std::string trace;
    std::string server;
    std::string project_name;
    ci::plan what;
    ci::parameter_values shown;  // the plan's parameters without secrets
    bool has_secrets = false;
};

class tracker {
public:
    // All must outlive stop().
    tracker(engine_parts const& parts, base::logger log, database& store, board& shown, outbox::sender& messages);
    ~tracker();

    // Takes up every run that another process left open, and listens to the CIs that have events.
    boost::asio::awaitable<void> resume();

    // Commits the intent and the card, then sends the start. Returns once the CI has answered, or the fate of the start is being looked
    // for: the record says which. Error `conflict`: the command has started a run already. At most one run a command.
    boost::asio::awaitable<base::result<record>> begin(order what);

    // Writes down whom the card names if the run ends as canceled, before the CI is asked to end it; empty: nobody.
    boost::asio::awaitable<void> note_stopper(std::int64_t number, std::string who);
    // Writes down what somebody decides about a gate of the run, before the CI is told, with the trace of the command: when that is taken
    // up after a crash, it does not decide again. What was there before takes one back.
    boost::asio::awaitable<void> note_decision(std::int64_t number, std::string decision, std::string trace);
    // The CI did not answer to a decision: until its request cannot arrive any more there must be no other one.
    void doubt_decision(std::int64_t number);
    bool is_decision_in_doubt(std::int64_t number) const;
    // Something happened to this run: ask the CI at once.
    void look_now(std::int64_t number);

    // Waits until no start is on the wire, at most `limit`.
    boost::asio::awaitable<void> settle(base::duration limit);
    // Cuts everything; it is taken up at the next start.
    boost::asio::awaitable<void> stop();

private:
    struct active;
    using active_ptr = std::shared_ptr<active>;
    using also = std::function<void(base::transaction&, record const&)>;

    ci::server* server_named(std::string const& name) const;
    passing_news news_of(active const& run) const;
    void recall_stop(record const& of) const;

    boost::asio::awaitable<void> follow(active_ptr run, bool fresh);
    boost::asio::awaitable<void> decide_start(active_ptr run, bool fresh);
    boost::asio::awaitable<base::result<ci::started>> send(active_ptr run, std::int64_t attempt);
    boost::asio::awaitable<void> decided(active_ptr run, start_intent::decide fate);
    boost::asio::awaitable<void> watch(active_ptr run);
    boost::asio::awaitable<base::result<ci::run>> latest_of(active_ptr run);
    boost::asio::awaitable<void> end(active_ptr run, ci::run last);
    boost::asio::awaitable<std::string> last_lines(active_ptr run);
    boost::asio::awaitable<void> publish(active_ptr run, also what);
    boost::asio::awaitable<void> write_down(active_ptr run, also what);
    boost::asio::awaitable<void> rest(active_ptr run, base::duration at_most);
    boost::asio::awaitable<void> listen(named_server from);
    bool tells(active const& run) const;
    void ask_for_all_of(std::string const& server);
    template <class T>
    void note_health(std::string const& server, base::result<T> const& answer);

    boost::asio::any_io_executor executor_;
    base::clock& time_;
    base::logger log_;
    database& store_;
    board& board_;
    outbox::sender& messages_;
    std::vector<named_server> servers_;
    engine_options options_;
    std::map<std::int64_t, active_ptr> active_;
    std::set<std::string> telling_;  // servers whose events come
    std::size_t on_the_wire_ = 0;
    base::notifier wire_changed_;
    base::task_group tasks_;
};

}  // namespace chatrixcd::chatops::runs
