// SPDX-License-Identifier: Apache-2.0
// A server's bytes, in pieces whose size the first one gives, to be had in pieces if it is odd: no body is above its cap.
#include <cstdlib>

#include "http/response_reader.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace chatrixcd::base::http;
    std::string_view const bytes(reinterpret_cast<char const*>(data), size);
    std::size_t const piece = size == 0 ? 1 : data[0] + 1U;
    response_reader reader(method::get, 4096, /*in_pieces=*/piece % 2 == 0, /*decode=*/true);
    std::size_t taken = 0;
    for (std::size_t at = 1; at < size + piece; at += piece) {
        auto const complete = at < size ? reader.feed(bytes.substr(at, piece)) : reader.finish();
        if (!complete) return 0;
        for (bool more = reader.in_pieces(); more;) {
            auto const part = reader.take_piece();
            if (!part) return 0;
            taken += part->size();
            more = !part->empty();
        }
        if (*complete) return taken + reader.take().body.size() > 4096 ? (std::abort(), 0) : 0;
    }
    return 0;
}
