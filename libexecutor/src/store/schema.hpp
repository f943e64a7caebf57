// SPDX-License-Identifier: Apache-2.0
// The tables of executor.db.
#pragma once

#include <vector>

#include <chatrixcd/base/store.hpp>

namespace chatrixcd::executor {

std::vector<base::migration> migrations();

}  // namespace chatrixcd::executor
