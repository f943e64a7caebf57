// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

#include <boost/json.hpp>
#include <chatrixcd/protocol/canonical_json.hpp>

namespace {

boost::json::value typical_event() {
    return boost::json::parse(R"({"type":"m.room.message","room_id":"!room:example.org","sender":"@ann:example.org","depth":812,
        "origin_server_ts":1767225600000,"content":{"msgtype":"m.text","body":"run web deploy env=staging","format":"org.matrix.custom.html",
        "formatted_body":"run <b>web</b> deploy env=staging"},"prev_events":["$aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"],
        "auth_events":["$bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb","$ccccccccccccccccccccccccccccccccccccccccccc"]})");
}

void canonical_form_of_an_event(benchmark::State& state) {
    boost::json::value const event = typical_event();
    for (auto _ : state) benchmark::DoNotOptimize(chatrixcd::protocol::canonical_json(event));
}
BENCHMARK(canonical_form_of_an_event);

// The limit: serialising without sorting or checking.
void plain_serialisation_of_an_event(benchmark::State& state) {
    boost::json::value const event = typical_event();
    for (auto _ : state) benchmark::DoNotOptimize(boost::json::serialize(event));
}
BENCHMARK(plain_serialisation_of_an_event);

}  // namespace
