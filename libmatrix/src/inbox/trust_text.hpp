// SPDX-License-Identifier: Apache-2.0
// What is known of who sent an event, as it is kept beside it.
#pragma once

#include <string>
#include <string_view>

#include <chatrixcd/matrix/trust.hpp>

namespace chatrixcd::matrix::detail {

std::string trust_text(trust const& believed);
// What cannot be read is not believed: encrypted, by nobody knows whom.
trust read_trust(std::string_view text);

}  // namespace chatrixcd::matrix::detail
