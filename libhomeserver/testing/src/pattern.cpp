// SPDX-License-Identifier: Apache-2.0
#include "pattern.hpp"

#include <chatrixcd/base/url.hpp>

namespace chatrixcd::homeserver::testing::detail {

namespace {

std::vector<std::string> split(std::string_view path) {
    std::vector<std::string> segments;
    if (path.starts_with('/')) path.remove_prefix(1);
    for (;;) {
        auto const end = path.find('/');
        segments.emplace_back(path.substr(0, end));
        if (end == std::string_view::npos) return segments;
        path.remove_prefix(end + 1);
    }
}

bool is_name(std::string const& segment) { return segment.starts_with('{') && segment.ends_with('}'); }

std::string decoded(std::string const& segment) {
    auto text = base::percent_decode(segment);
    return text ? std::move(*text) : segment;
}

}  // namespace

path_pattern::path_pattern(std::string_view text) {
    bool const whole = text.starts_with("/_matrix") || text.starts_with("/.well-known") || text == "**";
    segments_ = split(whole ? std::string(text) : "/_matrix/client/{version}" + std::string(text));
    if (segments_.back() != "**") return;
    any_rest_ = true;
    segments_.pop_back();
}

bool path_pattern::fits(std::string_view path) const {
    auto const asked = split(path);
    if (any_rest_ ? asked.size() < segments_.size() : asked.size() != segments_.size()) return false;
    for (std::size_t i = 0; i < segments_.size(); ++i) {
        if (!is_name(segments_[i]) && segments_[i] != decoded(asked[i])) return false;
    }
    return true;
}

}  // namespace chatrixcd::homeserver::testing::detail
