// SPDX-License-Identifier: Apache-2.0
#include "store/output.hpp"

#include <chatrixcd/base/digest.hpp>

#include "store/sealed_columns.hpp"

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

constexpr std::string_view forgotten = "(the output of this run is not kept any longer)\n";

void store_chunk(base::transaction& in, std::string const& digest, std::string_view text) {
    in.run("INSERT INTO chunks (digest, content) VALUES (?1, ?2) ON CONFLICT (digest) DO NOTHING",
           {digest, in.seal(sealed_in::output, text)});
}

void store_piece(base::transaction& in, run_id id, std::int64_t first, std::int64_t end, std::string const& digest) {
    in.run(
        "INSERT INTO output (run, stage, step, first_line, end_line, digest) VALUES (?1, 0, 0, ?2, ?3, ?4) "
        "ON CONFLICT (run, stage, step, first_line) DO NOTHING",
        {id, first, end, digest});
}

}  // namespace

void append_output(base::transaction& in, run_id id, line_block const& lines) {
    auto const text = join(lines.lines);
    auto const digest = base::sha256_hex(text);
    store_chunk(in, digest, text);
    store_piece(in, id, static_cast<std::int64_t>(lines.first), static_cast<std::int64_t>(lines.end()), digest);
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
        auto const content = in.unseal(sealed_in::output, chunk->bytes(1));
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

void forget_output(base::transaction& in, std::size_t keep) {
    auto const notice = base::sha256_hex(forgotten);
    auto const old = in.query(
        "SELECT DISTINCT output.run FROM output JOIN runs ON runs.id = output.run "
        "WHERE output.digest <> ?1 AND runs.ended IS NOT NULL "
        "AND output.run <= (SELECT id FROM runs ORDER BY id DESC LIMIT 1 OFFSET ?2) ORDER BY output.run LIMIT 100",
        {notice, static_cast<std::int64_t>(keep)});
    for (auto const& row : old) {
        auto const id = row.integer(0);
        auto const pieces = in.query("SELECT DISTINCT digest FROM output WHERE run = ?1", {id});
        in.run("DELETE FROM output WHERE run = ?1", {id});
        for (auto const& piece : pieces) {
            in.run("DELETE FROM chunks WHERE digest = ?1 AND NOT EXISTS (SELECT 1 FROM output WHERE output.digest = ?1)", {piece.text(0)});
        }
        store_chunk(in, notice, forgotten);
        store_piece(in, id, 0, 1, notice);
    }
}

}  // namespace chatrixcd::executor
