// SPDX-License-Identifier: Apache-2.0
// The world of the engine's tests: one CI with three jobs, one room.
#pragma once

#include <algorithm>
#include <chrono>
#include <string>

#include "sim/chatops_world.hpp"

namespace chatrixcd::test {

class engine_world : public chatops_world {
public:
    explicit engine_world(std::uint64_t seed = 1) : chatops_world(seed) {
        using chatops::testing::scripted_job;
        namespace ci_ns = chatops::ci;
        ci.add_job(scripted_job("demo", "hello").prints({"hello", "world"}));
        ci.add_job(scripted_job("demo", "broken").ends(ci_ns::outcome::failure, "exit status 2").prints({"oops"}));
        ci_ns::parameter_spec version;
        version.name = "version";
        version.required = true;
        ci_ns::parameter_spec token;
        token.name = "token";
        token.type = ci_ns::parameter_type::secret;
        ci.add_job(scripted_job("demo", "deploy").takes(version).takes(token).runs_for(std::chrono::minutes(10)));
    }

    // Ann says it, and time passes until nothing is left to do.
    std::string ask(std::string text) {
        auto event = chat.says(ann, room, std::move(text));
        settle();
        return event;
    }
    void settle(base::duration limit = std::chrono::hours(2)) {
        auto const end = time.uptime() + limit;
        while (time.uptime() < end && !switched().is_dead()) {
            let_pass(std::chrono::seconds(1));
            if (is_quiet()) return;
        }
    }
    // What the bot last said, edits included.
    std::string last_answer() const {
        auto const said = chat.bot_messages();
        return said.empty() ? "" : said.back().text;
    }
    std::string answer_to(std::string const& event) const {
        for (auto const& message : chat.bot_messages()) {
            if (message.reply_to == event) return message.text;
        }
        return "";
    }
    std::string outcome_of(std::string const& event) {
        for (auto const& row : journal()) {
            if (row.event == event) return row.outcome;
        }
        return "none";
    }
    chatops::card last_card() const {
        chatops::card newest;
        for (auto const& message : chat.bot_messages()) {
            if (auto const card = card_in(message)) newest = *card;
        }
        return newest;
    }
};

inline bool holds(std::string const& text, std::string const& part) { return text.find(part) != std::string::npos; }

}  // namespace chatrixcd::test
