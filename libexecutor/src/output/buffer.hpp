// SPDX-License-Identifier: Apache-2.0
// The output of a running job, in memory: bytes in, numbered lines out. Of a long output it keeps the first and the last lines. No I/O:
// what is to be stored is taken out in blocks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "output/excerpt.hpp"

namespace chatrixcd::executor {

class output_buffer {
public:
    // Each line counts its bytes and 32 more towards `max_bytes`. One longer than `max_line` bytes is cut, with a mark.
    output_buffer(std::size_t max_bytes, std::size_t max_line);

    void append(std::string_view bytes);
    // The process has ended: what it wrote after the last line break is a line too.
    void finish();

    // How many lines there were, kept or not.
    std::uint64_t size() const noexcept { return tail_first_ + tail_.size(); }
    output_lines read(std::uint64_t first, std::size_t max_lines) const;
    output_lines last(std::size_t lines) const;

    bool has_more_head() const noexcept { return taken_ < head_.size(); }
    // The next lines that nobody has taken and that will certainly be kept: about `max_bytes` of them.
    std::optional<line_block> take_head(std::size_t max_bytes);
    // The last lines, once nothing follows: after finish(), when the head is taken.
    std::vector<line_block> take_tail(std::size_t max_bytes) const;

private:
    void end_line();
    void keep(std::string line);

    std::size_t half_;
    std::size_t max_line_;
    std::string partial_;
    bool cut_ = false;  // the line that is being read was too long: its rest is dropped
    std::vector<std::string> head_;
    std::size_t head_cost_ = 0;
    bool head_closed_ = false;
    std::size_t taken_ = 0;  // lines of the head
    std::deque<std::string> tail_;
    std::uint64_t tail_first_ = 0;
    std::size_t tail_cost_ = 0;
};

}  // namespace chatrixcd::executor
