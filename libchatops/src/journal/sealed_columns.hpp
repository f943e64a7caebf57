// SPDX-License-Identifier: Apache-2.0
// The columns of chatops.db that hold what people said, secrets among it. Their names are part of their keys and stay.
#pragma once

#include <vector>

#include <chatrixcd/base/sealed_column.hpp>

namespace chatrixcd::chatops::journal {

namespace sealed_in {
inline constexpr base::sealed_column line("journal", "line");
inline constexpr base::sealed_column question("questions", "line");
inline constexpr base::sealed_column given("runs", "given");
inline constexpr base::sealed_column answer("runs", "answer");
inline constexpr base::sealed_column excerpt("runs", "excerpt");
inline constexpr base::sealed_column plan("intents", "plan");
inline constexpr base::sealed_column outbox("outbox", "body");
}  // namespace sealed_in

// All of them: for base::store_options.
std::vector<base::sealed_column> sealed_columns();

}  // namespace chatrixcd::chatops::journal
