// SPDX-License-Identifier: Apache-2.0
// What the headers of a download say.
#pragma once

#include <string>
#include <string_view>

namespace chatrixcd::matrix::detail {

// The file name of a Content-Disposition (RFC 6266), as it was said: "filename*" before "filename". Empty if there is none.
std::string disposition_name(std::string_view header);

}  // namespace chatrixcd::matrix::detail
