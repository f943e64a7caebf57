// SPDX-License-Identifier: Apache-2.0
// What a handler of the engine is told beside its arguments.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include <chatrixcd/chatops/command/context.hpp>

#include "journal/journal.hpp"

namespace chatrixcd::chatops {

// What the chat is like where a command was said.
struct surroundings {
    bool may_ask = false;     // an answer could be said there
    bool is_private = false;  // nobody else reads it
};

class call_context final : public context {
public:
    // The first two must outlive it.
    call_context(journal::entry const& what, std::string const& prefix, surroundings where) : what_(what), prefix_(prefix), where_(where) {}

    actor const& asked_by() const noexcept override { return what_.who; }
    std::optional<std::string> room() const override {
        if (what_.from.room.empty()) return std::nullopt;
        return what_.from.room;
    }
    chat::origin const& origin() const noexcept override { return what_.from; }
    std::string const& trace() const noexcept override { return what_.trace; }
    std::string const& prefix() const noexcept override { return what_.from.room.empty() ? none_ : prefix_; }
    bool ask(open_question what) override {
        if (where_.may_ask) question_ = std::move(what);
        return where_.may_ask;
    }
    bool is_private() const noexcept override { return where_.is_private || what_.from.room.empty(); }
    void keep_values(bool yes) override { keeps_values_ = yes; }
    std::string const& answered() const noexcept override { return what_.answers; }

    bool keeps_values() const noexcept { return keeps_values_; }
    // What it asks.
    std::optional<open_question> take_question() { return std::exchange(question_, std::nullopt); }

private:
    journal::entry const& what_;
    std::string const& prefix_;
    surroundings where_;
    bool keeps_values_ = true;
    std::optional<open_question> question_;
    std::string const none_;
};

}  // namespace chatrixcd::chatops
