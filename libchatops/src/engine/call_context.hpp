// SPDX-License-Identifier: Apache-2.0
// What a handler of the engine is told beside its arguments.
#pragma once

#include <optional>
#include <string>

#include <chatrixcd/chatops/command/context.hpp>

#include "journal/journal.hpp"

namespace chatrixcd::chatops {

class call_context final : public context {
public:
    // Both must outlive it.
    call_context(journal::entry const& what, std::string const& prefix) : what_(what), prefix_(prefix) {}

    actor const& asked_by() const noexcept override { return what_.who; }
    std::optional<std::string> room() const override {
        if (what_.from.room.empty()) return std::nullopt;
        return what_.from.room;
    }
    chat::origin const& origin() const noexcept override { return what_.from; }
    std::string const& trace() const noexcept override { return what_.trace; }
    std::string const& prefix() const noexcept override { return what_.from.room.empty() ? none_ : prefix_; }

private:
    journal::entry const& what_;
    std::string const& prefix_;
    std::string const none_;
};

}  // namespace chatrixcd::chatops
