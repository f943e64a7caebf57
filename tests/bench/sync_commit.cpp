// SPDX-License-Identifier: Apache-2.0
// A sync of 1 MB, 100 rooms and 5,000 events, from bytes to COMMIT in a database file; beside it Boost.JSON alone, which is the floor.
// With --print-response it prints such a response instead, for other programs to measure themselves on.
#include <benchmark/benchmark.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>
#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/files.hpp>
#include <chatrixcd/base/store.hpp>
#include <iostream>
#include <string_view>

#include "state/schema.hpp"
#include "state/sealed_columns.hpp"
#include "sync/commit.hpp"

namespace {

namespace base = chatrixcd::base;
namespace matrix = chatrixcd::matrix;
namespace detail = chatrixcd::matrix::detail;

constexpr int rooms = 100;
constexpr int state_events = 10;
constexpr int timeline_events = 40;

std::string event_id(int room, int number, int round) {
    auto id = "$" + std::to_string(round) + "x" + std::to_string(room) + "y" + std::to_string(number) + "z";
    id.resize(44, 'q');
    return id;
}

std::string state_event(int room, int number, int round) {
    auto const user = "@user" + std::to_string(number) + ":example.org";
    return R"({"type":"m.room.member","state_key":")" + user + R"(","sender":")" + user +
           R"(","content":{"membership":"join","displayname":"User )" + std::to_string(number) +
           R"("},"origin_server_ts":1767225600000,"event_id":")" + event_id(room, number, round) + R"(","unsigned":{"age":1234}})";
}

std::string message(int room, int number, int round) {
    return R"({"type":"m.room.message","sender":"@user)" + std::to_string(number % state_events) +
           R"(:example.org","content":{"msgtype":"m.text","body":"run web deploy"},"origin_server_ts":1767225600000,"event_id":")" +
           event_id(room, 1000 + number, round) + R"(","unsigned":{"age":1234}})";
}

// Each round has other event ids.
std::string response(int round) {
    std::string text = R"({"next_batch":"s)" + std::to_string(round) + R"(","rooms":{"join":{)";
    for (int room = 0; room < rooms; ++room) {
        if (room > 0) text += ',';
        text += "\"!room" + std::to_string(room) + ":example.org\":{\"state\":{\"events\":[";
        for (int i = 0; i < state_events; ++i) text += (i > 0 ? "," : "") + state_event(room, i, round);
        text += "]},\"timeline\":{\"limited\":false,\"prev_batch\":\"p1\",\"events\":[";
        for (int i = 0; i < timeline_events; ++i) text += (i > 0 ? "," : "") + message(room, i, round);
        text += "]},\"summary\":{\"m.joined_member_count\":10}}";
    }
    return text + "}}}";
}

enum class wanted { nothing, looked_at, everything };

detail::receiving receiving_as(wanted what) {
    detail::receiving how(detail::only_account, matrix::user_id("@bot:example.org"), "trace");
    how.filter.messages = what != wanted::nothing;
    if (what == wanted::looked_at) {
        how.filter.wanted = [](matrix::room_id const&, matrix::event const& e) {
            return matrix::is_text_message(e) && e.content_text("body").starts_with("!");
        };
    }
    how.deliver_first = true;
    return how;
}

boost::asio::awaitable<void> keep(boost::asio::awaitable<detail::received> work, detail::received& count) {
    count = co_await std::move(work);
}

class account {
public:
    account() : folder_("chatrixcd-bench-") {
        base::store_options how;
        how.path = folder_.path() + "/matrix.db";
        how.migrations = detail::migrations();
        how.sealed = detail::sealed_columns();
        how.key = base::store_key_file{folder_.path() + "/store.key"};
        store_ = base::store::open(std::move(how), base::make_inline_store_runner()).value();
        run("INSERT INTO account (id, homeserver) VALUES (1, '')");
    }
    detail::received take(std::string text, wanted what) {
        auto work = [shared = std::make_shared<std::string>(std::move(text)), how = receiving_as(what)](base::transaction& t) {
            auto const batch = detail::parse_sync(*shared);
            return detail::commit_batch(t, batch.value(), how);
        };
        detail::received count;
        finish(keep(store_->write(std::move(work)), count));
        return count;
    }
    void empty_inbox() { run("DELETE FROM inbox"); }

private:
    void run(std::string sql) {
        auto work = [sql = std::move(sql)](base::transaction& t) { t.run(sql); };
        finish(store_->write(std::move(work)));
    }
    void finish(boost::asio::awaitable<void> work) {
        std::exception_ptr failure;
        boost::asio::co_spawn(loop_, std::move(work), [&failure](std::exception_ptr e) { failure = e; });
        loop_.restart();
        loop_.run();
        if (failure) std::rethrow_exception(failure);
    }

    base::temporary_folder folder_;
    boost::asio::io_context loop_;
    std::unique_ptr<base::store> store_;
};

void figures(benchmark::State& state, std::string const& text, std::size_t rows) {
    state.counters["MB"] = static_cast<double>(text.size()) / 1e6;
    state.counters["events"] = rooms * (state_events + timeline_events);
    state.counters["inbox_rows"] = static_cast<double>(rows);
}

void boost_json_alone(benchmark::State& state) {
    auto const text = response(0);
    for (auto _ : state) {
        boost::json::monotonic_resource memory(text.size());
        benchmark::DoNotOptimize(boost::json::parse(text, &memory));
    }
    figures(state, text, 0);
}
BENCHMARK(boost_json_alone)->Unit(benchmark::kMillisecond);

// The same account hears of new events of all its rooms, again and again; the members of each change.
void sync(benchmark::State& state, wanted what) {
    account mine;
    int round = 0;
    std::size_t rows = 0;
    std::string text;
    for (auto _ : state) {
        state.PauseTiming();
        mine.empty_inbox();
        text = response(++round);
        state.ResumeTiming();
        rows = mine.take(text, what).rows;
    }
    figures(state, text, rows);
}
BENCHMARK_CAPTURE(sync, no_event_wanted, wanted::nothing)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(sync, each_event_looked_at, wanted::looked_at)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(sync, each_message_for_the_inbox, wanted::everything)->Unit(benchmark::kMillisecond)->UseRealTime();

// What an account that was never here costs: all state is new.
void first_sync(benchmark::State& state) {
    auto const text = response(0);
    for (auto _ : state) {
        state.PauseTiming();
        auto mine = std::make_unique<account>();
        state.ResumeTiming();
        mine->take(text, wanted::looked_at);
        state.PauseTiming();
        mine.reset();
        state.ResumeTiming();
    }
    figures(state, text, 0);
}
BENCHMARK(first_sync)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace

int main(int argc, char** argv) {
    if (argc == 2 && std::string_view(argv[1]) == "--print-response") {
        std::cout << response(0);
        return 0;
    }
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
}
