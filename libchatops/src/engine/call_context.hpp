// SPDX-License-Identifier: Apache-2.0
// What a handler of the engine is told beside its arguments.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include <chatrixcd/chatops/command/context.hpp>

#include "journal/journal.hpp"

namespace chatrixcd::chatops {

class call_context final : public context {
public:
    // Both must outlive it. `may_ask`: an answer could be said where it was asked.
    call_context(journal::entry const& what, std::string const& prefix, bool may_ask) : what_(what), prefix_(prefix), may_ask_(may_ask) {}

    actor const& asked_by() const noexcept override { return what_.who; }
    std::optional<std::string> room() const override {
        if (what_.from.room.empty()) return std::nullopt;
        return what_.from.room;
    }
    chat::origin const& origin() const noexcept override { return what_.from; }
    std::string const& trace() const noexcept override { return what_.trace; }
    std::string const& prefix() const noexcept override { return what_.from.room.empty() ? none_ : prefix_; }
    bool ask(open_question what) override {
        if (may_ask_) question_ = std::move(what);
        return may_ask_;
    }
    std::string const& answered() const noexcept override { return what_.answers; }

    // What it asks.
    std::optional<open_question> take_question() { return std::exchange(question_, std::nullopt); }

private:
    journal::entry const& what_;
    std::string const& prefix_;
    bool may_ask_;
    std::optional<open_question> question_;
    std::string const none_;
};

}  // namespace chatrixcd::chatops
