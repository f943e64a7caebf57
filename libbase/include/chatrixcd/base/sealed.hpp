// SPDX-License-Identifier: Apache-2.0
// The envelope of every column that holds a secret or a message body: a format byte, then the content. Format 0 is plain; an
// encrypting format takes the next number without a change of schema.
#pragma once

#include <string_view>

#include <chatrixcd/base/error.hpp>
#include <chatrixcd/base/store.hpp>

namespace chatrixcd::base {

// Wraps `content` for a sealed column.
blob seal(std::string_view content);
// Unwraps it. Error kind `environment`: written in a format that this program does not know.
result<std::string> unseal(blob const& column);

}  // namespace chatrixcd::base
