// SPDX-License-Identifier: Apache-2.0
#include "copies/generation_file.hpp"

#include <charconv>

#include <chatrixcd/base/files.hpp>

namespace chatrixcd::matrix::detail {

namespace {

constexpr std::size_t most_bytes = 1024;

}  // namespace

base::result<std::int64_t> generation_file::read(std::string const& store) const {
    auto const text = base::read_file(path_, most_bytes);
    if (!text) return text.error();
    auto const space = text->find(' ');
    if (space == std::string::npos) return base::error(base::error_kind::invalid, path_ + " is damaged");
    if (text->substr(0, space) != store) return base::error(base::error_kind::not_found, path_ + " is that of another store");
    std::int64_t number = 0;
    auto const* const first = text->data() + space + 1;
    auto const* const last = text->data() + text->size();
    auto const [end, failed] = std::from_chars(first, last, number);
    if (failed != std::errc() || end == last || *end != '\n' || number < 0) {
        return base::error(base::error_kind::invalid, path_ + " is damaged");
    }
    return number;
}

base::result<void> generation_file::write(std::string const& store, std::int64_t number) const {
    return base::write_file(path_, store + " " + std::to_string(number) + "\n");
}

}  // namespace chatrixcd::matrix::detail
