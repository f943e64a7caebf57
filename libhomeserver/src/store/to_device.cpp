// SPDX-License-Identifier: Apache-2.0
#include "store/to_device.hpp"

#include <boost/json/serialize.hpp>

#include <chatrixcd/base/json_reader.hpp>

#include "store/sealed_columns.hpp"
#include "store/sequences.hpp"

namespace chatrixcd::homeserver {

void put_device_message(base::transaction& db, std::string const& user, std::string const& device, device_message const& message) {
    db.run("INSERT INTO to_device (stream_id, user_id, device_id, sender, type, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
           {sequences::next(db, sequences::to_device), user, device, message.sender, message.type,
            db.seal(sealed_in::to_device, boost::json::serialize(message.content))});
}

std::vector<device_message> device_messages(base::transaction& db, std::string const& user, std::string const& device, std::int64_t after,
                                            std::int64_t limit) {
    std::vector<device_message> found;
    auto const rows = db.query(
        "SELECT sender, type, body, stream_id FROM to_device WHERE user_id = ?1 AND device_id = ?2 AND stream_id > ?3"
        " ORDER BY stream_id LIMIT ?4",
        {user, device, after, limit});
    for (auto const& row : rows) {
        // Deeper than any request may be, for it came in one.
        auto content = base::parse_json_object(db.unseal(sealed_in::to_device, row.bytes(2)).value(), 128).value();
        found.push_back({row.text(0), row.text(1), std::move(content), row.integer(3)});
    }
    return found;
}

void delete_device_messages(base::transaction& db, std::string const& user, std::string const& device, std::int64_t up_to) {
    db.run("DELETE FROM to_device WHERE user_id = ?1 AND device_id = ?2 AND stream_id <= ?3", {user, device, up_to});
}

}  // namespace chatrixcd::homeserver
