// SPDX-License-Identifier: Apache-2.0
// Messages from device to device (client-server API, "Send-to-Device messaging").
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <string>
#include <utility>

#include <chatrixcd/base/json_reader.hpp>

#include "api/endpoints.hpp"
#include "api/refusal.hpp"
#include "store/accounts.hpp"
#include "store/to_device.hpp"
#include "store/transactions.hpp"

namespace chatrixcd::homeserver {

namespace json = boost::json;
using base::http::method;

namespace {

// As events are, so that the hundred of one /sync stay within bounds.
constexpr std::size_t most_bytes = 65536;

// Before anything is written: a bad message must not leave the ones before it behind.
result<void> check_messages(json::object const& messages) {
    for (auto const& [user, devices] : messages) {
        if (!devices.is_object()) return bad_json("messages: what a user gets is an object");
        for (auto const& [device, content] : devices.get_object()) {
            if (!content.is_object()) return bad_json("messages: what a device gets is an object");
            if (json::serialize(content).size() > most_bytes) return error(error_kind::too_large, "a message is larger than 64 KiB");
        }
    }
    return {};
}

// Users and devices that are not here get nothing: there is no federation, and a device may have gone meanwhile.
void deliver(step& s, call const& c, std::string const& user, json::object const& to) {
    device_message message;
    message.sender = c.user.str();
    message.type = c.parameter("type");
    for (auto const& one : devices_of(s.db, user)) {
        auto const* content = to.if_contains(one.id);
        if (content == nullptr) content = to.if_contains("*");
        if (content == nullptr) continue;
        message.content = content->get_object();
        put_device_message(s.db, user, one.id, message);
    }
    s.wake(user);
}

result<answer> send_to_device(step& s, call& c) {
    transaction_key const key{c.user.str(), c.device, "sendToDevice/" + c.parameter("type"), c.parameter("txn")};
    if (find_transaction(s.db, key)) return answer();
    auto const* messages = base::find_object(c.body, "messages");
    if (messages == nullptr) return missing_param("messages is missing, or no object");
    if (auto good = check_messages(*messages); !good) return good.error();
    for (auto const& [user, devices] : *messages) deliver(s, c, std::string(user), devices.get_object());
    put_transaction(s.db, key, "");
    return answer();
}

}  // namespace

void add_to_device(service& to) { to.add(method::put, "/sendToDevice/{type}/{txn}", access::user, body_rule::required, send_to_device); }

}  // namespace chatrixcd::homeserver
