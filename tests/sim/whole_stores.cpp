// SPDX-License-Identifier: Apache-2.0
#include "sim/whole_stores.hpp"

#include <boost/asio/io_context.hpp>
#include <utility>

#include "journal/schema.hpp"
#include "journal/sealed_columns.hpp"
#include "state/schema.hpp"
#include "support/run_coroutine.hpp"

namespace chatrixcd::test {

namespace {

template <class F>
auto look(std::string const& folder, std::string const& name, std::vector<base::migration> migrations, F reader) {
    base::store_options at;
    at.path = folder + "/" + name;
    at.migrations = std::move(migrations);
    at.sealed = chatops::journal::sealed_columns();  // nothing that is sealed is read of matrix.db
    at.key = base::store_key_file{folder + "/store.key"};
    auto store = base::store::open(std::move(at), base::make_inline_store_runner()).value();
    boost::asio::io_context loop;
    return run_coroutine(loop, store->read(std::move(reader)));
}

auto asking(std::string sql) {
    return [sql = std::move(sql)](base::transaction& in) { return in.query(sql); };
}

}  // namespace

std::vector<base::row> whole_stores::query_chatops(std::string sql) const {
    return look(folder_, "chatops.db", chatops::journal::migrations(), asking(std::move(sql)));
}
std::vector<base::row> whole_stores::query_matrix(std::string sql) const {
    return look(folder_, "matrix.db", matrix::detail::migrations(), asking(std::move(sql)));
}

std::vector<whole_journal_row> whole_stores::journal() const {
    auto const rows_of = [](base::transaction& in) {
        std::vector<whole_journal_row> all;
        for (auto const& row : in.query("SELECT room, event, line, state, outcome, reason FROM journal ORDER BY number")) {
            whole_journal_row one;
            one.room = row.text(0);
            one.event = row.text(1);
            one.line = in.unseal(chatops::journal::sealed_in::line, row.bytes(2)).value();
            one.state = row.text(3);
            one.outcome = row.optional_text(4).value_or("");
            one.reason = row.text(5);
            all.push_back(std::move(one));
        }
        return all;
    };
    return look(folder_, "chatops.db", chatops::journal::migrations(), rows_of);
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
