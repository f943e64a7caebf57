// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/base/sealed.hpp>

#include <algorithm>
#include <span>

namespace chatrixcd::base {

namespace {
constexpr std::byte plain{0};
}

blob seal(std::string_view content) {
    blob column;
    column.reserve(content.size() + 1);
    column.push_back(plain);
    auto const bytes = std::as_bytes(std::span(content));
    column.insert(column.end(), bytes.begin(), bytes.end());
    return column;
}

result<std::string> unseal(blob const& column) {
    if (column.empty()) return error(error_kind::environment, "a sealed column is empty: the database is damaged");
    if (column.front() != plain) {
        auto const format = std::to_string(std::to_integer<int>(column.front()));
        return error(error_kind::environment, "a sealed column has format " + format + ", which this program does not know")
            .with_hint("Was the database written by a newer version?");
    }
    std::string content(column.size() - 1, '\0');
    std::transform(column.begin() + 1, column.end(), content.begin(), [](std::byte b) { return static_cast<char>(b); });
    return content;
}

}  // namespace chatrixcd::base
