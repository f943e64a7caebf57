// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

#include <boost/asio/io_context.hpp>
#include <chatrixcd/base/files.hpp>
#include <chatrixcd/base/store.hpp>

#include "support/run_coroutine.hpp"

namespace {

namespace base = chatrixcd::base;
using boost::asio::awaitable;

awaitable<void> insert(base::store& store, std::int64_t count) {
    for (std::int64_t i = 0; i < count; ++i) {
        auto work = [](base::transaction& t) { t.run("INSERT INTO rows(body) VALUES ('a row of some length, as a message has')"); };
        co_await store.write(std::move(work));
    }
}

// One closure, one transaction, one wait for the disk.
void one_durable_write(benchmark::State& state) {
    base::temporary_folder folder("chatrixcd-bench-");
    base::store_options options;
    options.path = folder.path() + "/bench.db";
    options.migrations = {{"rows", "CREATE TABLE rows(id INTEGER PRIMARY KEY, body TEXT NOT NULL)"}};
    auto store = base::store::open(std::move(options), base::make_store_thread()).value();
    boost::asio::io_context loop(1);
    for (auto _ : state) chatrixcd::test::run_coroutine<void>(loop, insert(*store, 1));
}
BENCHMARK(one_durable_write)->Unit(benchmark::kMicrosecond)->UseRealTime();

}  // namespace
