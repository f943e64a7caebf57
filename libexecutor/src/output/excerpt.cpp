// SPDX-License-Identifier: Apache-2.0
#include "output/excerpt.hpp"

#include <utility>

namespace chatrixcd::executor {

void excerpt::add(std::uint64_t number, std::string const& line) {
    if (number < out_.next || is_full()) return;
    if (auto const missing = number - out_.next; missing > 0) {
        out_.lines.push_back("… " + std::to_string(missing) + (missing == 1 ? " line" : " lines") + " left out …");
        out_.truncated = true;
        out_.next = number;
        if (is_full()) return;
    }
    out_.lines.push_back(line);
    ++out_.next;
}

output_lines excerpt::finish(bool complete) && {
    out_.complete = complete;
    return std::move(out_);
}

}  // namespace chatrixcd::executor
