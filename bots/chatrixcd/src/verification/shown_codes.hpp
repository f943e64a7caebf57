// SPDX-License-Identifier: Apache-2.0
// What two people compare, in words.
#pragma once

#include <string>

#include <chatrixcd/matrix/verification.hpp>

namespace chatrixcd::bot {

// "🐶 Dog · 🔒 Lock · …": for whom emoji come as boxes, there are the names.
std::string shown_emoji(matrix::verification_codes const& codes);
// "1234 5678 9012"
std::string shown_numbers(matrix::verification_codes const& codes);

}  // namespace chatrixcd::bot
