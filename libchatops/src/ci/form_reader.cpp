// SPDX-License-Identifier: Apache-2.0
#include "ci/form_reader.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

namespace chatrixcd::chatops::ci {

namespace json = boost::json;

namespace {

std::string string_of(json::value const& value) { return {value.get_string().data(), value.get_string().size()}; }

}  // namespace

form_reader::form_reader(json::object const& object, std::string what) : object_(&object), what_(what), fields_(object, std::move(what)) {}

form_reader& form_reader::version(std::int64_t newest) {
    std::int64_t v = 0;
    fields_.required("v", v);
    if (fields_.ok() && v > newest && !problem_) {
        problem_.emplace(base::error_kind::unsupported, what_ + ": its form " + std::to_string(v) +
                                                            " is newer than the newest that this program reads, " + std::to_string(newest));
    } else if (fields_.ok() && v < 1) {
        complain("v", "is less than 1");
    }
    return *this;
}

form_reader& form_reader::text(std::string_view key, std::string& out) {
    fields_.required(key, out);
    return *this;
}

form_reader& form_reader::text(std::string_view key, std::optional<std::string>& out) {
    fields_.optional(key, out);
    return *this;
}

form_reader& form_reader::flag(std::string_view key, bool& out) {
    fields_.required(key, out);
    return *this;
}

form_reader& form_reader::job(std::string_view key, job_id& out) {
    if (auto const* inner = base::find_object(*object_, key)) {
        form_reader reader(*inner, what_ + ": " + std::string(key));
        reader.id("project", out.project).text("name", out.name);
        if (auto const read = reader.finish(); !read && !problem_) problem_ = read.error();
    } else {
        complain(key, "is missing or no object");
    }
    return *this;
}

form_reader& form_reader::words(std::string_view key, std::vector<std::string>& out) {
    if (auto const* list = array(key)) {
        for (auto const& element : *list) {
            if (!element.is_string()) {
                complain(key, "holds something that is not a string");
                return *this;
            }
            out.push_back(string_of(element));
        }
    }
    return *this;
}

form_reader& form_reader::pairs(std::string_view key, parameter_values& out) {
    if (auto const* list = array(key)) {
        for (auto const& element : *list) {
            auto const* pair = element.if_array();
            if (pair == nullptr || pair->size() != 2 || !(*pair)[0].is_string() || !(*pair)[1].is_string()) {
                complain(key, "holds something that is not a pair of strings");
                return *this;
            }
            out.emplace_back(string_of((*pair)[0]), string_of((*pair)[1]));
        }
    }
    return *this;
}

form_reader& form_reader::time(std::string_view key, std::optional<time_point>& out) {
    std::optional<std::int64_t> milliseconds;
    fields_.optional(key, milliseconds);
    if (milliseconds) out = time_point(std::chrono::milliseconds(*milliseconds));
    return *this;
}

std::vector<json::object const*> form_reader::objects(std::string_view key) {
    std::vector<json::object const*> out;
    if (auto const* list = array(key)) {
        for (auto const& element : *list) {
            if (auto const* inner = element.if_object()) {
                out.push_back(inner);
            } else {
                complain(key, "holds something that is not an object");
            }
        }
    }
    return out;
}

json::array const* form_reader::array(std::string_view key) {
    auto const* list = base::find_array(*object_, key);
    if (list == nullptr) complain(key, "is missing or no array");
    return list;
}

void form_reader::complain(std::string_view key, std::string_view what) {
    if (problem_) return;
    problem_.emplace(base::error_kind::protocol, what_ + ": " + std::string(key) + " " + std::string(what));
}

result<void> form_reader::finish() const {
    if (problem_ && problem_->kind() == base::error_kind::unsupported) return *problem_;
    if (auto const fields = fields_.finish(); !fields) return fields.error();
    if (problem_) return *problem_;
    return {};
}

}  // namespace chatrixcd::chatops::ci
