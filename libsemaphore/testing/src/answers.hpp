// SPDX-License-Identifier: Apache-2.0
// Answers as Semaphore writes them.
#pragma once

#include <boost/json/value.hpp>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <chatrixcd/base/http.hpp>

#include "shapes.hpp"

namespace chatrixcd::semaphore::testing {

inline base::http::response answer(unsigned status) { return base::http::response(status, std::string(), "application/json"); }
inline base::http::response answer(boost::json::value const& what, unsigned status = 200) {
    return base::http::response(status, body_text(what), "application/json");
}

// "/semaphore/api/ping", of a whole URL too.
inline std::string path_in(std::string const& url) {
    auto const host = url.find("://");
    auto const path = host == std::string::npos ? 0 : url.find('/', host + 3);
    return path == std::string::npos ? std::string("/") : url.substr(path);
}

inline std::optional<std::int64_t> number_in(std::string_view text) {
    std::int64_t number = 0;
    auto const [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (wrong != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

}  // namespace chatrixcd::semaphore::testing
