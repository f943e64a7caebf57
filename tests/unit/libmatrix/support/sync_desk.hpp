// SPDX-License-Identifier: Apache-2.0
// The tables of a client in memory, fed with sync responses as text.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>
#include <vector>

#include <chatrixcd/base/store.hpp>

#include "state/room_table.hpp"
#include "state/room_view.hpp"
#include "state/schema.hpp"
#include "state/sealed_columns.hpp"
#include "support/run_coroutine.hpp"
#include "sync/commit.hpp"

namespace chatrixcd::test {

class sync_desk {
public:
    template <class F>
    auto in(F work) {
        return run_coroutine(loop_, db_->write(std::move(work)));
    }

    sync_desk() : how(matrix::detail::only_account, matrix::user_id("@me:b"), "trace") {
        base::store_options options;
        options.migrations = matrix::detail::migrations();
        options.sealed = matrix::detail::sealed_columns();
        db_ = base::store::open(std::move(options), base::make_inline_store_runner()).value();
        in([](base::transaction& t) { t.run("INSERT INTO account (id, homeserver) VALUES (1, '')"); });
        how.filter.messages = true;
        how.deliver_first = true;
    }

    // A whole response.
    matrix::detail::received take(std::string const& response) {
        return in([&](base::transaction& t) {
            auto const batch = matrix::detail::parse_sync(response);
            return matrix::detail::commit_batch(t, batch.value(), how);
        });
    }
    // A response about one joined room: what is inside of its braces.
    matrix::detail::received take_room(std::string const& room, std::string const& inside) {
        return take("{\"next_batch\":\"s" + std::to_string(++number_) + R"(","rooms":{"join":{")" + room + "\":{" + inside + "}}}}");
    }
    matrix::detail::received take_state(std::string const& room, std::string const& events) {
        return take_room(room, R"("state":{"events":[)" + events + "]}");
    }
    matrix::detail::received take_timeline(std::string const& room, std::string const& events) {
        return take_room(room, R"("timeline":{"events":[)" + events + "]}");
    }

    std::optional<matrix::room_info> info(std::string const& room) {
        return in([&](base::transaction& t) { return matrix::detail::read_info(t, 1, matrix::room_id(room), how.me); });
    }
    matrix::detail::room_row row(std::string const& room) {
        return in([&](base::transaction& t) { return matrix::detail::load_room(t, 1, matrix::room_id(room)); });
    }
    // The texts that wait, in the order of delivery.
    std::vector<std::string> waiting(std::string const& room) {
        return in([&](base::transaction& t) {
            std::vector<std::string> ids;
            for (auto const& r : t.query("SELECT event_id FROM inbox WHERE room_id = ?1 AND state = 0 ORDER BY position, id", {room})) {
                ids.push_back(r.text(0));
            }
            return ids;
        });
    }

    matrix::detail::receiving how;

private:
    boost::asio::io_context loop_;
    std::unique_ptr<base::store> db_;
    int number_ = 0;
};

// An event as JSON text; `more` are further members, each with a comma before it.
inline std::string state_of(std::string const& type, std::string const& key, std::string const& content,
                            std::string const& sender = "@ann:b", std::string const& more = "") {
    static int number = 0;
    return R"({"type":")" + type + R"(","state_key":")" + key + R"(","sender":")" + sender + R"(","event_id":"$s)" +
           std::to_string(++number) + R"(","content":)" + content + more + "}";
}

inline std::string member_of(std::string const& user, std::string const& membership, std::string const& name = "") {
    auto const shown = name.empty() ? std::string() : R"(,"displayname":")" + name + "\"";
    return state_of("m.room.member", user, R"({"membership":")" + membership + "\"" + shown + "}", user);
}

inline std::string text_of(std::string const& id, std::string const& body = "hello") {
    return R"({"type":"m.room.message","sender":"@ann:b","event_id":")" + id + R"(","content":{"msgtype":"m.text","body":")" + body +
           "\"}}";
}

}  // namespace chatrixcd::test
