// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/chatops/render.hpp>

namespace chatrixcd::chatops {

// All are two columns wide everywhere: symbols that need a variation selector are drawn differently by each terminal.
std::string symbol_of(card_state state) {
    switch (state) {
        case card_state::waiting:
            return "⏳";
        case card_state::running:
            return "🔵";
        case card_state::success:
            return "✅";
        case card_state::failure:
            return "❌";
        case card_state::canceled:
            return "⚪";
        case card_state::lost:
            return "❗";
        case card_state::in_doubt:
            return "❓";
    }
    return "❓";
}

std::string word_of(card_state state) {
    switch (state) {
        case card_state::waiting:
            return "waiting";
        case card_state::running:
            return "running";
        case card_state::success:
            return "success";
        case card_state::failure:
            return "failure";
        case card_state::canceled:
            return "canceled";
        case card_state::lost:
            return "lost";
        case card_state::in_doubt:
            return "in doubt";
    }
    return "in doubt";
}

}  // namespace chatrixcd::chatops
