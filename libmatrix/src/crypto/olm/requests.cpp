// SPDX-License-Identifier: Apache-2.0
#include "crypto/olm/requests.hpp"

#include <chatrixcd/base/json_text.hpp>

#include "crypto/pickles.hpp"
#include "crypto/rooms/sending_key.hpp"

namespace chatrixcd::matrix::crypto {

namespace json = boost::json;

void device_messages::add(user_id const& user, device_id const& device, json::object content) {
    auto& of_user = messages_[user.str()];
    if (!of_user.is_object()) of_user = json::object();
    of_user.get_object()[device.str()] = std::move(content);
}

json::object device_messages::body() && { return json::object{{"messages", std::move(messages_)}}; }

std::int64_t reserve_request(context const& with, std::string const& type, std::string const& transaction) {
    auto const row = with.t.first("INSERT INTO to_device (account, type, transaction_id) VALUES (?1, ?2, ?3) RETURNING id",
                                  {with.account, type, transaction});
    return row->integer(0);
}

void fill_request(context const& with, std::int64_t id, json::object const& body) {
    std::string text;
    base::append_json(text, body);
    with.t.run("UPDATE to_device SET body = ?2 WHERE id = ?1", {id, with.t.seal(sealed_in::to_device, text)});
}

void drop_request(context const& with, std::int64_t id) { with.t.run("DELETE FROM to_device WHERE id = ?1", {id}); }

std::optional<device_request> next_request(context const& with) {
    auto const row = with.t.first(
        "SELECT id, type, transaction_id, body FROM to_device WHERE account = ?1 AND body IS NOT NULL ORDER BY id LIMIT 1", {with.account});
    if (!row) return std::nullopt;
    device_request request;
    request.id = row->integer(0);
    request.type = row->text(1);
    request.transaction = row->text(2);
    request.body = unsealed(with.t, sealed_in::to_device, *row, 3).reveal();
    return request;
}

void settle_request(context const& with, std::int64_t id, bool taken) {
    if (taken) {
        note_shared(with, id);
    } else {
        note_refused(with, id);
    }
    drop_request(with, id);
}

}  // namespace chatrixcd::matrix::crypto
