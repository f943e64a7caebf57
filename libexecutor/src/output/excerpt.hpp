// SPDX-License-Identifier: Apache-2.0
// Cuts a range of lines out of an output that may have a hole: the same for one in memory and one in the database.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <chatrixcd/executor/run.hpp>

namespace chatrixcd::executor {

// Lines that follow one another, with the number of the first.
struct line_block {
    std::uint64_t first = 0;
    std::vector<std::string> lines;
    std::uint64_t end() const noexcept { return first + lines.size(); }
};

class excerpt {
public:
    excerpt(std::uint64_t first, std::size_t max_lines) : max_lines_(max_lines) { out_.next = first; }
    // The next line, in order; where numbers were skipped, a line that says so comes first.
    void add(std::uint64_t number, std::string const& line);
    bool is_full() const noexcept { return out_.lines.size() >= max_lines_; }
    std::uint64_t next() const noexcept { return out_.next; }
    output_lines finish(bool complete) &&;

private:
    output_lines out_;
    std::size_t max_lines_;
};

}  // namespace chatrixcd::executor
