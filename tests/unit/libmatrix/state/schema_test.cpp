// SPDX-License-Identifier: Apache-2.0
// What becomes of a store that an earlier version has written.
#include "state/schema.hpp"

#include <doctest/doctest.h>

#include <boost/asio/io_context.hpp>
#include <chatrixcd/base/files.hpp>

#include "inbox/table.hpp"
#include "outbox/table.hpp"
#include "state/sealed_columns.hpp"
#include "support/blob_columns.hpp"
#include "support/run_coroutine.hpp"

namespace chatrixcd::matrix::detail {

namespace {

using strings = std::vector<std::string>;

class old_store {
public:
    // Runs `work` on the store as it is after so many migrations.
    template <class F>
    auto in(std::size_t version, F work) {
        auto all = migrations();
        REQUIRE(version <= all.size());
        base::store_options how;
        how.path = folder_.path() + "/matrix.db";
        how.migrations.assign(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(version));
        how.sealed = sealed_columns();
        auto opened = base::store::open(std::move(how), base::make_inline_store_runner());
        auto const db = std::move(opened.value());
        boost::asio::io_context loop;
        return test::run_coroutine(loop, db->write(std::move(work)));
    }

private:
    base::temporary_folder folder_{"schema"};
};

}  // namespace

TEST_SUITE("matrix::schema") {
    TEST_CASE("whatever is kept as a BLOB is sealed") { CHECK(test::blob_columns(migrations()) == test::labels_of(sealed_columns())); }

    TEST_CASE("of an older outbox the first of each room and urgency may have left, the others wait") {
        old_store store;
        store.in(4, [](base::transaction& t) {
            auto const add = [&](char const* key, char const* room, std::int64_t position, std::int64_t priority, std::int64_t state) {
                t.run(
                    "INSERT INTO outbox (account, key, made_here, room_id, type, content, transaction_id, device_id, position, created, "
                    "priority,"
                    " state) VALUES (1, ?1, 0, ?2, 'm.room.message', x'00', ?1, 'D', ?3, 0, ?4, ?5)",
                    {std::string(key), std::string(room), position, priority, state});
            };
            add("sent", "!a:b", 1, 0, 1);
            add("second", "!a:b", 3, 0, 0);
            add("first", "!a:b", 2, 0, 0);
            add("urgent", "!a:b", 4, 1, 0);
            add("elsewhere", "!c:d", 5, 0, 0);
        });
        auto const state_of = [](base::transaction& t) {
            strings found;
            for (auto const& row : t.query("SELECT key, state FROM outbox ORDER BY key")) {
                found.push_back(row.text(0) + " " + std::to_string(row.integer(1)));
            }
            return found;
        };
        CHECK(store.in(migrations().size(), state_of) == strings{"elsewhere 5", "first 5", "second 0", "sent 1", "urgent 5"});
    }

    TEST_CASE("what was handled before stays handled, and what waits still waits") {
        old_store store;
        store.in(4, [](base::transaction& t) {
            t.run("INSERT INTO inbox_done (account, room_id, event_id, done) VALUES (1, '!a:b', '$done', 1000)");
            t.run(
                "INSERT INTO inbox (account, room_id, event_id, kind, position, event, trace, received)"
                " VALUES (1, '!a:b', '$waits', 0, 3, x'00', 'trace', 0)");
        });
        store.in(migrations().size(), [](base::transaction& t) {
            arrival where;
            where.account = only_account;
            where.room = room_id("!a:b");
            CHECK_FALSE(insert_row(t, where, "$done", inbox_kind::message, "{}", "trace"));
            CHECK_FALSE(insert_row(t, where, "$waits", inbox_kind::message, "{}", "trace"));
            CHECK(insert_row(t, where, "$new", inbox_kind::message, "{}", "trace"));
            CHECK(t.first("SELECT count(*) FROM inbox WHERE state = 0")->integer(0) == 2);
            prune_done(t, only_account, base::time_point(base::duration(1001)) + done_memory);
            CHECK(t.first("SELECT count(*) FROM inbox WHERE state = 4")->integer(0) == 0);
        });
    }
}

}  // namespace chatrixcd::matrix::detail
