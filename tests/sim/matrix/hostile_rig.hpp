// SPDX-License-Identifier: Apache-2.0
// An echo bot and somebody who gives it commands, while everything around the bot goes wrong. Afterwards each command must have been
// handled exactly once and answered exactly once, in order.
#pragma once

#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "support/results.hpp"
#include "support/world.hpp"

namespace chatrixcd::test {

using strings = std::vector<std::string>;

class echo_rig {
public:
    explicit echo_rig(std::uint64_t seed = 1, std::function<void(homeserver::server_options&)> server = {})
        : w(seed, std::move(server)), ann(w.add("ann")), account(w.add("bot")), room(ann.make_room({account.id()})) {
        account.join(room);
        // Nothing is instant: else a server that lies at once and without end would stop virtual time.
        w.network->hosts.latency(std::chrono::milliseconds(1));
    }
    ~echo_rig() {
        if (bot) close();
    }

    void make(std::function<void(matrix::options&)> adjust = {}) {
        bot = w.make_client("store", std::move(adjust));
        bot->on_message([this](matrix::message m) -> boost::asio::awaitable<void> {
            auto const text = m.text();
            (co_await m.reply("echo: " + text)).value();
            heard.push_back(text);
        });
        bot->on_invite([](matrix::invite i) -> boost::asio::awaitable<void> { (co_await i.accept()).value(); });
        bot->on_gap_lost([this](matrix::room, std::string reason) -> boost::asio::awaitable<void> {
            lost.push_back(std::move(reason));
            co_return;
        });
    }
    void open(std::function<void(matrix::options&)> adjust = {}) {
        make(std::move(adjust));
        w.start(*bot, "bot");
        w.run(bot->synced()).value();
    }
    void close() {
        w.stop(*bot);
        bot.reset();
    }

    void command() {
        said.push_back("c" + std::to_string(said.size() + 1));
        ann.say(room, said.back());
    }
    void commands(int n) {
        for (int i = 0; i < n; ++i) command();
    }
    homeserver::testing::faults& faults() { return w.network->rules; }

    strings echoes() const {
        strings expected;
        for (auto const& text : said) expected.push_back("echo: " + text);
        return expected;
    }
    // The trouble is over, and the bot gets as long as a patient person would wait.
    void expect_each_once(base::duration patience = std::chrono::minutes(5)) {
        w.network->calm();
        command();
        w.pass(patience);
        INFO(faults().story());
        INFO("log: ", log_text());
        CHECK(heard == said);
        CHECK(ann.bodies(room, account.id()) == echoes());
        CHECK_FALSE(bot->failure());
    }

    std::size_t logged(std::string_view part) const {
        std::size_t n = 0;
        for (auto const& line : w.log_lines) n += contains(line, part) ? 1U : 0U;
        return n;
    }
    std::string log_text() const {
        std::string text;
        for (auto const& line : w.log_lines) text += line.substr(0, 400) + "\n";
        return text;
    }

    world w;
    person ann;
    person account;
    std::string room;
    std::unique_ptr<matrix::client> bot;
    strings said;
    strings heard;
    strings lost;
};

}  // namespace chatrixcd::test
