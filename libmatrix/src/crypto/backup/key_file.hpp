// SPDX-License-Identifier: Apache-2.0
// The file in which people carry room keys from one client to another, under a passphrase (client-server API, "Key exports"). Pure; takes
// a moment of CPU time for the passphrase. Throws error_exception(environment) if OpenSSL does not work.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <chatrixcd/base/error.hpp>
#include <chatrixcd/base/secret.hpp>

namespace chatrixcd::matrix::crypto {

// Of the passphrase's derivation: what files are written with, and the most that one is read with, some seconds of CPU time.
inline constexpr std::uint32_t key_file_rounds = 500000;
inline constexpr std::uint32_t most_key_file_rounds = 5000000;
// Of a file; a hundred thousand keys.
inline constexpr std::size_t most_key_file_bytes = 64U << 20U;

// What makes each file another, from the system's randomness.
inline constexpr std::size_t key_file_random_bytes = 32;
// The file's text, in lines. `sessions`: a JSON array of exported sessions; `fresh`: key_file_random_bytes that were used for nothing else.
std::string seal_key_file(std::string_view fresh, base::secret const& passphrase, base::secret const& sessions,
                          std::uint32_t rounds = key_file_rounds);
// What is in it. Errors: too_large, invalid (it is no such file, or asks for too many rounds), forbidden (the passphrase is another, or the
// file was changed).
base::result<base::secret> open_key_file(base::secret const& passphrase, std::string_view file,
                                         std::uint32_t most_rounds = most_key_file_rounds);

}  // namespace chatrixcd::matrix::crypto
