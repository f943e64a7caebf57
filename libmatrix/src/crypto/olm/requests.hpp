// SPDX-License-Identifier: Apache-2.0
// Messages to devices that are to leave: rows with their transaction id, so that a repetition after a crash is the same request. Called
// inside store closures.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>

#include "crypto/context.hpp"

namespace chatrixcd::matrix::crypto {

// The "messages" of PUT /sendToDevice, by user and device.
class device_messages {
public:
    void add(user_id const& user, device_id const& device, boost::json::object content);
    bool empty() const noexcept { return messages_.empty(); }
    boost::json::object body() &&;

private:
    boost::json::object messages_;
};

struct device_request {
    std::int64_t id = 0;
    std::string type;
    std::string transaction;
    std::string body;  // JSON text
};

// A number for a request to come: what is in it names it.
std::int64_t reserve_request(context const& with, std::string const& type, std::string const& transaction);
void fill_request(context const& with, std::int64_t id, boost::json::object const& body);
// Nothing came into it.
void drop_request(context const& with, std::int64_t id);
// The oldest.
std::optional<device_request> next_request(context const& with);
// The homeserver has it, and whoever got a key in it has the key; or it does not take it (`taken` false), and they have none.
void settle_request(context const& with, std::int64_t id, bool taken = true);

}  // namespace chatrixcd::matrix::crypto
