// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace chatrixcd::bot {

// Whose jobs the demo runs.
enum class sample_ci : std::uint8_t { local, semaphore };

}  // namespace chatrixcd::bot
