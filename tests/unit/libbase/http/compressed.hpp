// SPDX-License-Identifier: Apache-2.0
// Bodies as a server compresses them.
#pragma once

#include <zlib.h>

#include <stdexcept>
#include <string>

namespace chatrixcd::test {

inline std::string deflated(std::string const& text, int window_bits) {
    z_stream stream{};
    if (::deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY) != Z_OK) throw std::bad_alloc();
    std::string packed(::deflateBound(&stream, static_cast<uLong>(text.size())), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size());
    auto const outcome = ::deflate(&stream, Z_FINISH);
    packed.resize(stream.total_out);
    ::deflateEnd(&stream);
    if (outcome != Z_STREAM_END) throw std::runtime_error("zlib compressed nothing");
    return packed;
}

inline std::string gzip(std::string const& text) { return deflated(text, 15 + 16); }
inline std::string zlib(std::string const& text) { return deflated(text, 15); }

}  // namespace chatrixcd::test
