// SPDX-License-Identifier: Apache-2.0
// The rows of a long message.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <string>
#include <utility>
#include <vector>

#include "content/cut.hpp"
#include "outbox/lookup.hpp"
#include "outbox/table.hpp"

namespace chatrixcd::matrix::detail {

// What a key takes in each part's content, at most.
inline std::size_t key_cost(std::string const& key) {
    constexpr std::size_t with_ordinal = 16;
    constexpr std::size_t quotes_and_commas = 8;
    return key_member.size() + json_cost(key) + with_ordinal + quotes_and_commas;
}

// One row a part, each with a key of its own, so that a crash in the middle sends what is missing.
inline std::vector<outbox_item> items_of(outbox_item const& message, std::vector<boost::json::object> contents) {
    std::vector<outbox_item> items;
    for (auto& content : contents) {
        auto& item = items.emplace_back(message);
        item.key = part_key(message.key, static_cast<std::int64_t>(items.size()));
        content[key_member] = item.key;
        item.content = boost::json::serialize(content);
    }
    items.front().parts = static_cast<std::int64_t>(items.size());
    return items;
}

}  // namespace chatrixcd::matrix::detail
