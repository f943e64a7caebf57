// SPDX-License-Identifier: Apache-2.0
#include "output/buffer.hpp"

#include <algorithm>
#include <utility>

#include "output/utf8.hpp"

namespace chatrixcd::executor {

namespace {

constexpr std::string_view cut_mark = " …(line cut)";

// What a line costs in memory, roughly: empty lines are not free.
std::size_t cost(std::string const& line) { return line.size() + 32; }

}  // namespace

output_buffer::output_buffer(std::size_t max_bytes, std::size_t max_line) : half_(max_bytes / 2), max_line_(max_line) {}

void output_buffer::append(std::string_view bytes) {
    while (!bytes.empty()) {
        auto const stop = bytes.find('\n');
        auto const part = bytes.substr(0, stop);
        if (auto const room = max_line_ - partial_.size(); part.size() <= room) {
            partial_ += part;
        } else {
            partial_ += part.substr(0, room);
            cut_ = true;
        }
        if (stop == std::string_view::npos) return;
        end_line();
        bytes.remove_prefix(stop + 1);
    }
}

void output_buffer::finish() {
    if (!partial_.empty() || cut_) end_line();
}

void output_buffer::end_line() {
    std::string_view bytes = partial_;
    if (!cut_ && bytes.ends_with('\r')) bytes.remove_suffix(1);
    if (cut_) {
        // The cut may have gone through a character; its beginning is not a mistake of the job's.
        for (int i = 0; i < 3 && !bytes.empty() && (static_cast<unsigned char>(bytes.back()) & 0xc0) == 0x80; ++i) bytes.remove_suffix(1);
        if (!bytes.empty() && static_cast<unsigned char>(bytes.back()) >= 0xc0) bytes.remove_suffix(1);
    }
    auto line = to_utf8(bytes);
    if (cut_) line += cut_mark;
    partial_.clear();
    cut_ = false;
    keep(std::move(line));
}

void output_buffer::keep(std::string line) {
    auto const price = cost(line);
    if (!head_closed_ && head_cost_ + price <= half_) {
        head_cost_ += price;
        head_.push_back(std::move(line));
        ++tail_first_;
        return;
    }
    head_closed_ = true;
    tail_cost_ += price;
    tail_.push_back(std::move(line));
    while (tail_cost_ > half_ && tail_.size() > 1) {
        tail_cost_ -= cost(tail_.front());
        tail_.pop_front();
        ++tail_first_;
    }
}

output_lines output_buffer::read(std::uint64_t first, std::size_t max_lines) const {
    excerpt out(first, max_lines);
    for (auto number = first; number < head_.size() && !out.is_full(); ++number) out.add(number, head_[number]);
    for (auto number = std::max(first, tail_first_); number < size() && !out.is_full(); ++number) {
        out.add(number, tail_[number - tail_first_]);
    }
    return std::move(out).finish(/*complete=*/false);
}

output_lines output_buffer::last(std::size_t lines) const { return read(size() - std::min<std::uint64_t>(size(), lines), lines); }

std::optional<line_block> output_buffer::take_head(std::size_t max_bytes) {
    if (taken_ == head_.size()) return std::nullopt;
    line_block block;
    block.first = taken_;
    for (std::size_t bytes = 0; taken_ < head_.size() && bytes < max_bytes; ++taken_) {
        bytes += head_[taken_].size() + 1;
        block.lines.push_back(head_[taken_]);
    }
    return block;
}

std::vector<line_block> output_buffer::take_tail(std::size_t max_bytes) const {
    std::vector<line_block> blocks;
    std::size_t bytes = max_bytes;
    for (std::size_t i = 0; i < tail_.size(); ++i) {
        if (bytes >= max_bytes) {
            blocks.emplace_back();
            blocks.back().first = tail_first_ + i;
            bytes = 0;
        }
        bytes += tail_[i].size() + 1;
        blocks.back().lines.push_back(tail_[i]);
    }
    return blocks;
}

}  // namespace chatrixcd::executor
