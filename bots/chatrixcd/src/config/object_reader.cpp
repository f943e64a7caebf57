// SPDX-License-Identifier: Apache-2.0
#include "config/object_reader.hpp"

#include <vector>

#include "config/values.hpp"

namespace chatrixcd::bot {

object_reader& object_reader::on(std::string name, take how) {
    table_.emplace(std::move(name), std::move(how));
    return *this;
}

object_reader& object_reader::text(std::string name, std::string& into) {
    return on(std::move(name), [this, &into](hjson::node const& n, std::string const& path) {
        if (auto value = text_value(n, path, out_)) into = std::move(*value);
    });
}

bool object_reader::read() {
    if (node_.what() != hjson::kind::object) {
        out_.problem(node_.where(), what_, "is " + std::string(hjson::to_string(node_.what())) + ", should be an object { … }");
        return false;
    }
    for (hjson::member const& m : node_.members()) {
        auto const found = table_.find(m.key);
        if (found != table_.end()) {
            found->second(m.value, what_ + "." + m.key);
            continue;
        }
        std::vector<std::string> known;
        for (auto const& entry : table_) known.push_back(entry.first);
        std::string const close = nearest(m.key, known);
        out_.warning(m.where, what_ + "." + m.key,
                     close.empty() ? "is not a known key" : "is not a known key; did you mean `" + close + "`?");
    }
    return true;
}

void object_reader::require(std::string const& value, std::string_view name, std::string_view example) {
    if (value.empty()) out_.problem(node_.where(), what_, "needs `" + std::string(name) + "`, e.g. " + std::string(example));
}

}  // namespace chatrixcd::bot
