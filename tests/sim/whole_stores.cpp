// SPDX-License-Identifier: Apache-2.0
#include "sim/whole_stores.hpp"

#include <boost/asio/io_context.hpp>
#include <utility>

#include <chatrixcd/base/sealed.hpp>

#include "journal/schema.hpp"
#include "state/schema.hpp"
#include "support/run_coroutine.hpp"

namespace chatrixcd::test {

namespace {

std::vector<base::row> query(std::string path, std::vector<base::migration> migrations, std::string sql) {
    base::store_options at;
    at.path = std::move(path);
    at.migrations = std::move(migrations);
    auto store = base::store::open(std::move(at), base::make_inline_store_runner()).value();
    auto look = [sql = std::move(sql)](base::transaction& in) { return in.query(sql); };
    boost::asio::io_context loop;
    return run_coroutine(loop, store->read(std::move(look)));
}

}  // namespace

std::vector<base::row> whole_stores::query_chatops(std::string sql) const {
    return query(folder_ + "/chatops.db", chatops::journal::migrations(), std::move(sql));
}
std::vector<base::row> whole_stores::query_matrix(std::string sql) const {
    return query(folder_ + "/matrix.db", matrix::detail::migrations(), std::move(sql));
}

std::vector<whole_journal_row> whole_stores::journal() const {
    std::vector<whole_journal_row> all;
    for (auto const& row : query_chatops("SELECT room, event, line, state, outcome, reason FROM journal ORDER BY number")) {
        whole_journal_row one;
        one.room = row.text(0);
        one.event = row.text(1);
        one.line = base::unseal(row.bytes(2)).value();
        one.state = row.text(3);
        one.outcome = row.optional_text(4).value_or("");
        one.reason = row.text(5);
        all.push_back(std::move(one));
    }
    return all;
}

std::vector<whole_run_row> whole_stores::runs() const {
    std::vector<whole_run_row> all;
    for (auto const& row : query_chatops("SELECT number, room, event, run_key, start, run_id, open FROM runs ORDER BY number")) {
        whole_run_row one;
        one.number = row.integer(0);
        one.room = row.text(1);
        one.event = row.text(2);
        one.key = row.text(3);
        one.start = row.text(4);
        one.id = row.text(5);
        one.open = row.integer(6) != 0;
        all.push_back(std::move(one));
    }
    return all;
}

std::vector<std::string> whole_stores::open_ends() const {
    std::vector<std::string> all;
    for (auto const& row : query_chatops(open_in_chatops)) all.push_back(row.text(0));
    for (auto const& row : query_matrix(open_in_matrix)) all.push_back(row.text(0));
    return all;
}

}  // namespace chatrixcd::test
