// SPDX-License-Identifier: Apache-2.0
#include "session/spoken_versions.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <charconv>
#include <optional>

#include <chatrixcd/base/json_reader.hpp>

namespace chatrixcd::matrix::detail {

namespace {

constexpr std::size_t most_entries = 500;

std::optional<unsigned> number(std::string_view text) {
    unsigned value = 0;
    auto const [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
    return value;
}

// "v1.16"; the older "r0.6.1" says nothing that we ask for.
std::optional<std::pair<unsigned, unsigned>> version(std::string_view text) {
    auto const dot = text.find('.');
    if (!text.starts_with('v') || dot == std::string_view::npos) return std::nullopt;
    auto const major = number(text.substr(1, dot - 1));
    auto const minor = number(text.substr(dot + 1));
    if (!major || !minor) return std::nullopt;
    return std::pair(*major, *minor);
}

}  // namespace

spoken_versions::spoken_versions(boost::json::object const& versions_answer) {
    if (auto const* versions = base::find_array(versions_answer, "versions")) {
        for (auto const& entry : *versions) {
            if (!entry.is_string() || versions_.size() == most_entries) continue;
            if (auto const known = version(entry.get_string())) versions_.insert(*known);
        }
    }
    if (auto const* flags = base::find_object(versions_answer, "unstable_features")) {
        for (auto const& entry : *flags) {
            if (entry.value().is_bool() && entry.value().get_bool() && flags_.size() < most_entries) flags_.emplace(entry.key());
        }
    }
}

bool spoken_versions::speaks(unsigned major, unsigned minor) const {
    auto const found = versions_.lower_bound(std::pair(major, minor));
    return found != versions_.end() && found->first == major;
}

}  // namespace chatrixcd::matrix::detail
