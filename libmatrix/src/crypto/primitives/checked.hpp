// SPDX-License-Identifier: Apache-2.0
// For calls of OpenSSL: texts as it wants them, and its answers, which are errors of the machine that it runs on.
#pragma once

#include <string>
#include <string_view>

#include <chatrixcd/base/error.hpp>

namespace chatrixcd::matrix::crypto {

inline unsigned char const* bytes_of(std::string_view text) { return reinterpret_cast<unsigned char const*>(text.data()); }
inline unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

inline void check(bool worked) {
    if (!worked) throw base::error_exception(base::error(base::error_kind::environment, "the crypto library fails"));
}

}  // namespace chatrixcd::matrix::crypto
