// SPDX-License-Identifier: Apache-2.0
// The BLOB columns of a schema, to be held against those that are sealed: what is sealed is a BLOB, and here nothing else is.
#pragma once

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <string>
#include <utility>
#include <vector>

#include <chatrixcd/base/store.hpp>

#include "support/run_coroutine.hpp"

namespace chatrixcd::test {

// "table.column", in alphabetical order.
inline std::vector<std::string> blob_columns(std::vector<base::migration> migrations) {
    base::store_options in_memory;
    in_memory.migrations = std::move(migrations);
    auto const store = base::store::open(std::move(in_memory), base::make_inline_store_runner()).value();
    auto look = [](base::transaction& t) {
        std::vector<std::string> found;
        for (auto const& row : t.query("SELECT m.name || '.' || c.name FROM sqlite_master AS m JOIN pragma_table_info(m.name) AS c"
                                       " WHERE m.type = 'table' AND upper(c.type) = 'BLOB' ORDER BY 1")) {
            found.push_back(row.text(0));
        }
        return found;
    };
    boost::asio::io_context loop;
    return run_coroutine(loop, store->read(std::move(look)));
}

inline std::vector<std::string> labels_of(std::vector<base::sealed_column> const& columns) {
    std::vector<std::string> labels;
    for (auto const& each : columns) labels.push_back(each.label());
    std::sort(labels.begin(), labels.end());
    return labels;
}

}  // namespace chatrixcd::test
