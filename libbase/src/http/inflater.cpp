// SPDX-License-Identifier: Apache-2.0
// The only unit on zlib.
#include "http/inflater.hpp"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <new>

namespace chatrixcd::base::http {

namespace {

constexpr int largest_window = 15;
constexpr int gzip_wrapper = 16;

}  // namespace

struct inflater::state {
    z_stream stream{};
    coding which = coding::gzip;
    bool within = false;  // a stream has begun and not ended
    bool ended = false;   // one has ended
};

inflater::inflater(coding which) : state_(std::make_unique<state>()) {
    state_->which = which;
    if (::inflateInit2(&state_->stream, which == coding::gzip ? largest_window + gzip_wrapper : largest_window) != Z_OK)
        throw std::bad_alloc();
}

inflater::~inflater() { ::inflateEnd(&state_->stream); }

bool inflater::may_end() const noexcept { return !state_->within; }

result<std::string> inflater::next(std::string& input, std::size_t most) {
    auto& self = *state_;
    if (input.empty() && !self.within) return std::string();
    // Most texts become ten times as long at most; what does not fit comes with the next call.
    most = std::min(most, std::max<std::size_t>(4096, input.size() * 10));
    std::string made(most, '\0');
    std::size_t taken = 0;
    std::size_t written = 0;
    while (written == 0) {
        // RFC 1952, 2.2: a gzip file is a series of members, one behind the other. A zlib stream stands alone.
        if (self.ended && !self.within && taken < input.size()) {
            if (self.which == coding::deflate) return error(error_kind::protocol, "bytes follow the compressed answer");
            ::inflateReset(&self.stream);
            self.ended = false;
        }
        auto const available = std::min<std::size_t>(input.size() - taken, std::numeric_limits<uInt>::max());
        self.stream.next_in = reinterpret_cast<Bytef*>(input.data() + taken);
        self.stream.avail_in = static_cast<uInt>(available);
        self.stream.next_out = reinterpret_cast<Bytef*>(made.data());
        self.stream.avail_out = static_cast<uInt>(most);
        auto const room = self.stream.avail_out;
        if (available == 0 && !self.within) break;
        // Without new input there may still be output that did not fit the last time.
        auto const outcome = ::inflate(&self.stream, Z_NO_FLUSH);
        taken += available - self.stream.avail_in;
        written = room - self.stream.avail_out;
        if (outcome == Z_MEM_ERROR) throw std::bad_alloc();
        self.within = outcome != Z_STREAM_END;
        self.ended = outcome == Z_STREAM_END;
        if (outcome == Z_BUF_ERROR) break;  // no progress without more input
        if (outcome != Z_OK && outcome != Z_STREAM_END) return error(error_kind::protocol, "the compressed answer is corrupt");
    }
    input.erase(0, taken);
    made.resize(written);
    return made;
}

}  // namespace chatrixcd::base::http
