// SPDX-License-Identifier: Apache-2.0
#include <boost/json/parser.hpp>
#include <boost/json/value.hpp>

#include <chatrixcd/base/json_reader.hpp>

namespace chatrixcd::base {

result<boost::json::value> parse_json(std::string_view text, std::size_t max_depth) {
    boost::json::parse_options options;
    options.max_depth = max_depth;
    boost::json::parser parser({}, options);
    boost::json::error_code failed;
    auto const read = parser.write(text.data(), text.size(), failed);
    if (failed) {
        return error(error_kind::protocol, "not valid JSON: " + failed.message() + " at byte " + std::to_string(read));
    }
    return parser.release();
}

result<boost::json::object> parse_json_object(std::string_view text, std::size_t max_depth) {
    auto value = parse_json(text, max_depth);
    if (!value) return value.error();
    if (!value->is_object()) return error(error_kind::protocol, "not a JSON object");
    return std::move(value->get_object());
}

}  // namespace chatrixcd::base
