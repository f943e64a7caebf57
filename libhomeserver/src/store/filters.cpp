// SPDX-License-Identifier: Apache-2.0
#include "store/filters.hpp"

#include <boost/json/serialize.hpp>
#include <charconv>
#include <cstdint>

#include <chatrixcd/base/json_reader.hpp>

#include "store/sequences.hpp"

namespace chatrixcd::homeserver {

std::string put_filter(base::transaction& db, std::string const& user, boost::json::object const& filter) {
    auto const body = boost::json::serialize(filter);
    if (auto const row = db.first("SELECT filter_id FROM filters WHERE user_id = ?1 AND body = ?2", {user, body})) {
        return std::to_string(row->integer(0));
    }
    auto const id = sequences::next(db, sequences::filters);
    db.run("INSERT INTO filters (user_id, filter_id, body) VALUES (?1, ?2, ?3)", {user, id, body});
    return std::to_string(id);
}

std::optional<boost::json::object> find_filter(base::transaction& db, std::string const& user, std::string const& id) {
    std::int64_t number = 0;
    auto const [end, problem] = std::from_chars(id.data(), id.data() + id.size(), number);
    if (problem != std::errc() || end != id.data() + id.size()) return std::nullopt;
    auto const row = db.first("SELECT body FROM filters WHERE user_id = ?1 AND filter_id = ?2", {user, number});
    if (!row) return std::nullopt;
    return base::parse_json_object(row->text(0), 128).value();
}

}  // namespace chatrixcd::homeserver
