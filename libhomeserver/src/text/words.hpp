// SPDX-License-Identifier: Apache-2.0
// Text as searches see it. Only ASCII letters lose their case: other scripts are compared as they are written.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace chatrixcd::homeserver {

std::string fold_case(std::string_view text);
// The words of a text, case folded: runs of letters, digits and everything beyond ASCII.
std::vector<std::string> words_of(std::string_view text);

}  // namespace chatrixcd::homeserver
