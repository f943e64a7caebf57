// SPDX-License-Identifier: Apache-2.0
#include "http/connection_pool.hpp"

#include <iterator>
#include <utility>

namespace chatrixcd::base::http {

void connection_pool::close_old() {
    auto const now = time_.uptime();
    while (!idle_.empty() && now - idle_.front().since >= idle_timeout_) idle_.pop_front();
}

std::unique_ptr<byte_stream> connection_pool::take(origin const& where) {
    close_old();
    for (std::size_t i = idle_.size(); i-- > 0;) {
        if (idle_[i].where != where) continue;
        auto stream = std::move(idle_[i].stream);
        idle_.erase(std::next(idle_.begin(), static_cast<std::ptrdiff_t>(i)));
        if (stream->is_quiet()) return stream;
    }
    return nullptr;
}

void connection_pool::put(origin const& where, std::unique_ptr<byte_stream> stream) {
    close_old();
    idle_.push_back(idle{where, std::move(stream), time_.uptime()});
    while (idle_.size() > max_idle_) idle_.pop_front();
}

}  // namespace chatrixcd::base::http
