// SPDX-License-Identifier: Apache-2.0
// A peer's bytes, in pieces whose size the first one gives, read as a server's and as a client's frames: whatever is a frame keeps to the
// cap, and written again and read again it is the same.
#include <cstdlib>

#include "http/websocket_frames.hpp"

namespace {

using namespace chatrixcd::base::http;

void check_again(frame const& seen, bool masked) {
    std::optional<frame_mask> mask;
    if (masked) mask = frame_mask{'m', 'a', 's', 'k'};
    frame_reader reader(masked, 4096);
    reader.feed(frame_bytes(seen.what, seen.payload, mask));
    auto const again = reader.next();
    bool const same = again && *again && (*again)->what == seen.what && (*again)->payload == seen.payload && (*again)->is_last;
    if (!same) std::abort();
}

void read_as(bool masked, std::string_view bytes, std::size_t piece) {
    frame_reader reader(masked, 4096);
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
        reader.feed(bytes.substr(at, piece));
        for (;;) {
            auto const next = reader.next();
            if (!next) return;
            if (!*next) break;
            if ((*next)->payload.size() > 4096) std::abort();
            if (is_control((*next)->what) && !(*next)->is_last) std::abort();
            check_again(**next, masked);
        }
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    if (size == 0) return 0;
    std::string_view const bytes(reinterpret_cast<char const*>(data) + 1, size - 1);
    read_as(/*masked=*/false, bytes, data[0] + 1U);
    read_as(/*masked=*/true, bytes, data[0] + 1U);
    return 0;
}
