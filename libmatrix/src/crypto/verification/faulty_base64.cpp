// SPDX-License-Identifier: Apache-2.0
#include "crypto/verification/faulty_base64.hpp"

#include <algorithm>
#include <span>

#include <chatrixcd/protocol/base64.hpp>

namespace chatrixcd::matrix::crypto {

std::string faulty_base64(std::string_view mac) {
    constexpr std::size_t bytes_read = 3;
    constexpr std::size_t letters_written = 4;
    std::string both(mac);
    for (std::size_t from = 0, to = 0; from < mac.size(); from += bytes_read, to += letters_written) {
        auto const bytes = both.substr(from, std::min(bytes_read, mac.size() - from));
        auto const letters = protocol::encode_base64(std::as_bytes(std::span<char const>(bytes)));
        both.resize(std::max(both.size(), to + letters.size()));
        both.replace(to, letters.size(), letters);
    }
    return both;
}

}  // namespace chatrixcd::matrix::crypto
