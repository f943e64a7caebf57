// SPDX-License-Identifier: Apache-2.0
#include "verification/shown_codes.hpp"

namespace chatrixcd::bot {

std::string shown_emoji(matrix::verification_codes const& codes) {
    std::string shown;
    for (auto const& each : codes.emoji) shown += (shown.empty() ? "" : " · ") + std::string(each.symbol) + " " + std::string(each.name);
    return shown;
}

std::string shown_numbers(matrix::verification_codes const& codes) {
    std::string shown;
    for (auto const number : codes.numbers) shown += (shown.empty() ? "" : " ") + std::to_string(number);
    return shown;
}

}  // namespace chatrixcd::bot
