// SPDX-License-Identifier: Apache-2.0
// What two people compare (client-server API, "SAS method: emoji").
#pragma once

#include <array>
#include <string_view>

namespace chatrixcd::matrix::crypto {

struct sas_emoji {
    std::string_view symbol;
    std::string_view name;
};

std::array<sas_emoji, 64> const& sas_emojis() noexcept;

}  // namespace chatrixcd::matrix::crypto
