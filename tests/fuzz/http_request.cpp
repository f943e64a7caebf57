// SPDX-License-Identifier: Apache-2.0
// A client's bytes, in pieces whose size the first one gives: whatever is a request keeps to the caps and has a path.
#include <cstdlib>

#include "http/request_reader.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace chatrixcd::base::http;
    std::string_view const bytes(reinterpret_cast<char const*>(data), size);
    std::size_t const piece = size == 0 ? 1 : data[0] + 1U;
    request_reader reader(1024, 4096);
    for (std::size_t at = 1; at < size; at += piece) {
        if (reader.feed(bytes.substr(at, piece)) != 0) return 0;
        while (reader.complete()) {
            auto const r = reader.take();
            if (r.body.size() > 4096 || r.path().empty() || r.url.size() > 1024) std::abort();
            if (reader.next() != 0) return 0;
        }
    }
    return 0;
}
