// SPDX-License-Identifier: Apache-2.0
// What an exception says, for the log only: never for a room.
#pragma once

#include <exception>
#include <string>

namespace chatrixcd::chatops {

std::string words_of(std::exception_ptr const& failure);
// Whether the coroutine was cancelled (system_error, operation_aborted).
bool is_cancellation(std::exception_ptr const& failure);
// Whether our own store cannot work any more.
bool is_store_failure(std::exception_ptr const& failure);

}  // namespace chatrixcd::chatops
