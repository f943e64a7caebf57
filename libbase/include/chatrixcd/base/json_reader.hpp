// SPDX-License-Identifier: Apache-2.0
// Reads typed values out of a JSON object that somebody else wrote: collects the first problem with its path, never throws, ignores
// fields it does not know. For remote JSON; null counts as absent (Matrix treats both as "not given").
#pragma once

#include <boost/json/fwd.hpp>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include <chatrixcd/base/error.hpp>

namespace chatrixcd::base {

class json_reader {
public:
    // `where` names the object in errors, e.g. "sync response". The object must outlive the reader.
    json_reader(boost::json::object const& object, std::string where);

    json_reader& required(std::string_view key, std::string& out);
    json_reader& required(std::string_view key, std::int64_t& out);
    json_reader& required(std::string_view key, bool& out);
    json_reader& optional(std::string_view key, std::string& out);
    json_reader& optional(std::string_view key, std::optional<std::string>& out);
    json_reader& optional(std::string_view key, std::int64_t& out);
    json_reader& optional(std::string_view key, std::optional<std::int64_t>& out);
    json_reader& optional(std::string_view key, bool& out);

    bool ok() const noexcept { return !problem_; }
    // The first problem: error kind `protocol`, "sync response: next_batch is missing".
    result<void> finish() const;

private:
    boost::json::value const* find(std::string_view key) const;
    void complain(std::string_view key, std::string_view what);

    boost::json::object const* object_;
    std::string where_;
    std::optional<error> problem_;
};

// Parses a document from outside: at most `max_depth` levels deep, duplicate keys: the last wins. Error kind `protocol`.
result<boost::json::value> parse_json(std::string_view text, std::size_t max_depth = 64);
// As above, and it must be an object.
result<boost::json::object> parse_json_object(std::string_view text, std::size_t max_depth = 64);

// Null-safe walks through foreign JSON: null if a step is missing or of another type.
boost::json::value const* find_path(boost::json::value const& from, std::initializer_list<std::string_view> path);
boost::json::object const* find_object(boost::json::object const& from, std::string_view key);
boost::json::array const* find_array(boost::json::object const& from, std::string_view key);
std::optional<std::string> find_string(boost::json::object const& from, std::string_view key);
std::optional<std::int64_t> find_integer(boost::json::object const& from, std::string_view key);

}  // namespace chatrixcd::base
