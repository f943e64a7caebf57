// SPDX-License-Identifier: Apache-2.0
#include "sync/document.hpp"

#include <algorithm>
#include <boost/json/parser.hpp>
#include <string>

#include "http/shallow_json.hpp"

namespace chatrixcd::matrix::detail {

namespace json = boost::json;
using base::error;
using base::error_kind;

namespace {

constexpr std::size_t most_depth = 64;
constexpr std::size_t least_memory = 1024;

}  // namespace

base::result<std::shared_ptr<document const>> document::parse(std::string_view text) {
    std::shared_ptr<document> made(new document(std::max(text.size(), least_memory)));
    json::parse_options options;
    options.max_depth = most_depth;
    json::parser parser(json::storage_ptr(), options);
    parser.reset(&made->memory_);
    json::error_code failed;
    auto const read = parser.write(text.data(), text.size(), failed);
    if (failed == json::error::too_deep) return parse(shallow_json(text, most_depth));
    if (failed) return error(error_kind::protocol, "not valid JSON: " + failed.message() + " at byte " + std::to_string(read));
    made->value_ = parser.release();
    if (!made->value_.is_object()) return error(error_kind::protocol, "not a JSON object");
    return std::shared_ptr<document const>(std::move(made));
}

}  // namespace chatrixcd::matrix::detail
