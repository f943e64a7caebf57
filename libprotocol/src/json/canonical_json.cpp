// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <charconv>
#include <optional>
#include <vector>

#include <chatrixcd/base/json_text.hpp>
#include <chatrixcd/protocol/canonical_json.hpp>

#include "json/canonical_writer.hpp"
#include "text/utf8.hpp"

namespace json = boost::json;

namespace chatrixcd::protocol {

namespace {

class writer {
public:
    using members = std::initializer_list<std::string_view>;

    void object(json::object const& value, members without = {}) {
        if (!enter()) return;
        std::vector<json::key_value_pair const*> entries;
        entries.reserve(value.size());
        for (auto const& entry : value) {
            if (std::ranges::find(without, std::string_view(entry.key())) == without.end()) entries.push_back(&entry);
        }
        // By UTF-8 bytes, which is the order of the code points.
        std::ranges::sort(entries, {}, [](auto const* entry) { return std::string_view(entry->key()); });
        out_ += '{';
        for (auto const* entry : entries) {
            if (entry != entries.front()) out_ += ',';
            string(entry->key());
            out_ += ':';
            any(entry->value());
        }
        out_ += '}';
        --depth_;
    }

    void any(json::value const& value) {
        if (problem_) return;
        switch (value.kind()) {
            case json::kind::null:
                out_ += "null";
                break;
            case json::kind::bool_:
                out_ += value.get_bool() ? "true" : "false";
                break;
            case json::kind::int64:
                integer(value.get_int64());
                break;
            case json::kind::uint64:
                // Beyond the range anyway if it does not fit.
                integer(value.get_uint64() > max_json_integer ? max_json_integer + 1 : static_cast<std::int64_t>(value.get_uint64()));
                break;
            case json::kind::double_:
                problem_ = "a number is not an integer between -(2^53 - 1) and 2^53 - 1";
                break;
            case json::kind::string:
                string(value.get_string());
                break;
            case json::kind::array:
                array(value.get_array());
                break;
            case json::kind::object:
                object(value.get_object());
                break;
        }
    }

    base::result<std::string> finish() {
        if (problem_) return base::error(base::error_kind::invalid, "not canonical JSON: " + std::string(*problem_));
        return std::move(out_);
    }

private:
    bool enter() {
        if (depth_ == max_json_depth) problem_ = "it is nested too deeply";
        if (problem_) return false;
        ++depth_;
        return true;
    }

    void array(json::array const& values) {
        if (!enter()) return;
        out_ += '[';
        bool first = true;
        for (auto const& value : values) {
            if (!first) out_ += ',';
            first = false;
            any(value);
        }
        out_ += ']';
        --depth_;
    }

    void integer(std::int64_t number) {
        if (number > max_json_integer || number < -max_json_integer) {
            problem_ = "a number is not an integer between -(2^53 - 1) and 2^53 - 1";
            return;
        }
        char digits[24];
        auto const end = std::to_chars(std::begin(digits), std::end(digits), number).ptr;
        out_.append(digits, end);
    }

    void string(std::string_view text) {
        if (!is_utf8(text)) {
            problem_ = "a string is not UTF-8";
            return;
        }
        base::append_json(out_, text);
    }

    std::string out_;
    std::size_t depth_ = 0;
    std::optional<std::string_view> problem_;
};

}  // namespace

base::result<std::string> canonical_json(json::value const& value) {
    writer out;
    out.any(value);
    return out.finish();
}

base::result<std::string> canonical_json(json::object const& value) { return canonical_json_without(value, {}); }

base::result<std::string> canonical_json_without(json::object const& object, std::initializer_list<std::string_view> members) {
    writer out;
    out.object(object, members);
    return out.finish();
}

}  // namespace chatrixcd::protocol
