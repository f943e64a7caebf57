// SPDX-License-Identifier: Apache-2.0
// A bot in a room with Ann, and a network in which its messages may be held up.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <chatrixcd/base/task_group.hpp>

#include "support/world.hpp"

namespace chatrixcd::test {

using strings = std::vector<std::string>;

inline bool is_send(base::http::request const& r) { return contains(r.path(), "/send/"); }

inline std::string transaction_of(base::http::request const& r) {
    auto const path = r.path();
    return std::string(path.substr(path.rfind('/') + 1));
}

class office {
public:
    office() : ann(w.add("ann")), account(w.add("bot")), room_name(ann.make_room({account.id()})) {
        account.join(room_name);
        open();
    }
    ~office() {
        if (bot) w.stop(*bot);
        w.run(later.join());
    }

    void open() {
        bot = w.make_client("store");
        w.start(*bot, "bot");
    }
    void reopen() {
        w.stop(*bot);
        bot.reset();
        open();
    }
    matrix::room room() { return bot->room(matrix::room_id(room_name)); }
    strings said() { return ann.bodies(room_name, account.id()); }
    // Sends without waiting for the outcome.
    void send_later(matrix::outgoing what) {
        auto const into = std::make_shared<std::optional<base::result<matrix::event_id>>>();
        outcomes.push_back(into);
        later.spawn(keep(room(), std::move(what), into));
    }
    void edit_later(matrix::event_id target, matrix::outgoing what) {
        auto const into = std::make_shared<std::optional<base::result<matrix::event_id>>>();
        outcomes.push_back(into);
        later.spawn(keep_edit(room(), std::move(target), std::move(what), into));
    }

    void edit_key_later(std::string message_key, matrix::outgoing what) {
        auto const into = outcomes.emplace_back(std::make_shared<std::optional<base::result<matrix::event_id>>>());
        later.spawn(keep_edit_by_key(room(), std::move(message_key), std::move(what), into));
    }
    void react_later(matrix::event_id target, std::string symbol, std::string key) {
        auto const into = outcomes.emplace_back(std::make_shared<std::optional<base::result<matrix::event_id>>>());
        later.spawn(keep_reaction(room(), std::move(target), std::move(symbol), std::move(key), into));
    }
    void redact_later(matrix::event_id target, std::string key) {
        auto const into = outcomes.emplace_back(std::make_shared<std::optional<base::result<matrix::event_id>>>());
        later.spawn(keep_redaction(room(), std::move(target), std::move(key), into));
    }
    // Its outcome is of no interest.
    void redact_key_later(std::string message_key, std::string key) {
        later.spawn(redact_by_key(room(), std::move(message_key), std::move(key)));
    }

    // Callers that have heard nothing yet.
    std::size_t waiting() const { return later.size(); }

    using outcome = std::shared_ptr<std::optional<base::result<matrix::event_id>>>;
    static boost::asio::awaitable<void> keep(matrix::room in, matrix::outgoing what, outcome into) {
        into->emplace(co_await in.send(std::move(what)));
    }
    static boost::asio::awaitable<void> keep_edit(matrix::room in, matrix::event_id target, matrix::outgoing what, outcome into) {
        into->emplace(co_await in.edit(std::move(target), std::move(what)));
    }

    static boost::asio::awaitable<void> keep_edit_by_key(matrix::room in, std::string key, matrix::outgoing what, outcome into) {
        into->emplace(co_await in.edit_by_key(std::move(key), std::move(what)));
    }
    static boost::asio::awaitable<void> keep_reaction(matrix::room in, matrix::event_id target, std::string symbol, std::string key,
                                                      outcome into) {
        into->emplace(co_await in.react(std::move(target), std::move(symbol), std::move(key)));
    }
    static boost::asio::awaitable<void> keep_redaction(matrix::room in, matrix::event_id target, std::string key, outcome into) {
        into->emplace(co_await in.redact(std::move(target), "", std::move(key)));
    }
    static boost::asio::awaitable<void> redact_by_key(matrix::room in, std::string message_key, std::string key) {
        co_await in.redact_by_key(std::move(message_key), "", std::move(key));
    }

    world w;
    person ann;
    person account;
    std::string room_name;
    std::unique_ptr<matrix::client> bot;
    std::vector<outcome> outcomes;
    base::task_group later{w.loop.get_executor(), nullptr};
};

}  // namespace chatrixcd::test
