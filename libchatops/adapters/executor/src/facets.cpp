// SPDX-License-Identifier: Apache-2.0
#include "facets.hpp"

#include <optional>
#include <utility>

#include "values.hpp"

namespace chatrixcd::chatops::executor_ci {

namespace asio = boost::asio;
using base::error;
using base::error_kind;

namespace {

constexpr std::size_t most_lines = 10000;

std::optional<error> check_lines(std::size_t lines) {
    if (lines >= 1 && lines <= most_lines) return std::nullopt;
    return error(error_kind::invalid, "cannot read " + std::to_string(lines) + " lines at once").with_hint("1–10000");
}

ci::result<std::uint64_t> first_line(std::string const& cursor) {
    if (cursor.empty()) return std::uint64_t{0};
    if (auto const number = to_number(cursor)) return static_cast<std::uint64_t>(*number);
    return error(error_kind::invalid, "not a cursor of this server's logs").with_hint("begin with an empty one");
}

}  // namespace

asio::awaitable<ci::result<ci::log_chunk>> run_logs::read(ci::run_id id, std::string cursor, std::size_t max_lines) {
    if (auto wrong = check_lines(max_lines)) co_return std::move(*wrong);
    auto const number = to_run_id(id);
    if (!number) co_return number.error();
    auto const first = first_line(cursor);
    if (!first) co_return first.error();
    auto lines = co_await jobs_.output(*number, *first, max_lines);
    if (!lines) co_return lines.error();
    co_return to_port(std::move(*lines));
}

asio::awaitable<ci::result<ci::log_chunk>> run_logs::tail(ci::run_id id, std::size_t lines) {
    if (auto wrong = check_lines(lines)) co_return std::move(*wrong);
    auto const number = to_run_id(id);
    if (!number) co_return number.error();
    auto last = co_await jobs_.tail(*number, lines);
    if (!last) co_return last.error();
    co_return to_port(std::move(*last));
}

asio::awaitable<ci::result<void>> run_control::cancel(ci::run_id id) {
    auto const number = to_run_id(id);
    if (!number) co_return number.error();
    co_return co_await jobs_.cancel(*number);
}

asio::awaitable<ci::result<ci::run>> run_events::next() {
    auto const changed = co_await jobs_.changes(seen_);
    if (!changed) co_return changed.error();
    seen_ = changed->revision;
    co_return to_port(*changed);
}

}  // namespace chatrixcd::chatops::executor_ci
