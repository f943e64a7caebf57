// SPDX-License-Identifier: Apache-2.0
#include "journal/json_text.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "render/utf8.hpp"

namespace chatrixcd::chatops::journal {

std::string json_text(boost::json::value const& value) {
    auto const raw = boost::json::serialize(value);
    std::string valid;
    valid.reserve(raw.size());
    for (std::size_t at = 0; at < raw.size();) {
        auto const next = text::decode_at(raw, at);
        if (next.valid) {
            valid.append(raw, at, next.length);
        } else {
            valid += text::replacement_bytes;
        }
        at += next.length;
    }
    return valid;
}

}  // namespace chatrixcd::chatops::journal
