// SPDX-License-Identifier: Apache-2.0
#include "store/output.hpp"

#include <chatrixcd/base/sealed.hpp>

#include "digest.hpp"

namespace chatrixcd::executor {

namespace {

// Each line ends in a line break, so that an empty one is there too.
std::string join(std::vector<std::string> const& lines) {
    std::string text;
    for (auto const& line : lines) text.append(line).push_back('\n');
    return text;
}

void add_lines(excerpt& to, std::uint64_t number, std::string_view text) {
    while (!text.empty()) {
        auto const stop = text.find('\n');
        to.add(number++, std::string(text.substr(0, stop)));
        if (stop == std::string_view::npos) return;
        text.remove_prefix(stop + 1);
    }
}

}  // namespace

void append_output(base::transaction& in, run_id id, line_block const& lines) {
    auto const text = join(lines.lines);
    auto const digest = sha256(text);
    in.run("INSERT INTO chunks (digest, content) VALUES (?1, ?2) ON CONFLICT (digest) DO NOTHING", {digest, base::seal(text)});
    in.run(
        "INSERT INTO output (run, stage, step, first_line, end_line, digest) VALUES (?1, 0, 0, ?2, ?3, ?4) "
        "ON CONFLICT (run, stage, step, first_line) DO NOTHING",
        {id, static_cast<std::int64_t>(lines.first), static_cast<std::int64_t>(lines.end()), digest});
}

output_lines read_output(base::transaction& in, run_id id, std::uint64_t first, std::size_t max_lines) {
    excerpt out(first, max_lines);
    // One chunk at a time: none is read that the answer does not need.
    while (!out.is_full()) {
        auto const chunk = in.first(
            "SELECT output.first_line, chunks.content FROM output JOIN chunks ON chunks.digest = output.digest "
            "WHERE output.run = ?1 AND output.end_line > ?2 ORDER BY output.first_line LIMIT 1",
            {id, static_cast<std::int64_t>(out.next())});
        if (!chunk) break;
        auto const content = base::unseal(chunk->bytes(1));
        if (!content) throw base::store_error("executor.db holds output that cannot be read");
        auto const before = out.next();
        add_lines(out, static_cast<std::uint64_t>(chunk->integer(0)), *content);
        if (out.next() == before) break;
    }
    return std::move(out).finish(/*complete=*/false);
}

std::uint64_t output_size(base::transaction& in, run_id id) {
    auto const rows = in.query("SELECT COALESCE(MAX(end_line), 0) FROM output WHERE run = ?1", {id});
    return static_cast<std::uint64_t>(rows.front().integer(0));
}

}  // namespace chatrixcd::executor
