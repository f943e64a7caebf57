// SPDX-License-Identifier: Apache-2.0
#include "crash/bot_process.hpp"
#include "crash/processes.hpp"

namespace chatrixcd::test {

namespace {

class echo_bot final : public bot_process {
public:
    echo_bot(stage const& world, mortal& itself, int line) : bot_process(world, itself, line) {
        account_.on_message([this](matrix::message m) { return answer(std::move(m)); });
    }

private:
    boost::asio::awaitable<void> answer(matrix::message m) {
        itself_.reach("before the handler");
        auto const first = co_await m.reply(m.text() + " one");
        first.value();
        itself_.reach("between two answers");
        auto const second = co_await m.reply(m.text() + " two");
        second.value();
        itself_.reach("after the handler");
    }
};

}  // namespace

int live_as_echo(stage const& world, mortal& itself, int line) { return echo_bot(world, itself, line).live(); }

}  // namespace chatrixcd::test
