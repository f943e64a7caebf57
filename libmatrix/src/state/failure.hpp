// SPDX-License-Identifier: Apache-2.0
// What an exception says, for logs and standard error.
#pragma once

#include <exception>
#include <string>

namespace chatrixcd::matrix::detail {

std::string words_of(std::exception_ptr const& failure);

}  // namespace chatrixcd::matrix::detail
