// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chatrixcd/matrix/identity.hpp>

#include "crypto/context.hpp"

namespace chatrixcd::matrix::crypto {

// Counts what the machine's tables hold. Called inside store closures.
encryption_figures count_all(context const& with);

}  // namespace chatrixcd::matrix::crypto
