// SPDX-License-Identifier: Apache-2.0
#include "outbox/request.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <chatrixcd/base/json_reader.hpp>

namespace chatrixcd::matrix::detail {

std::string final_content(outbox_row const& row) {
    // What we have stored is an object; if it is not any more, the homeserver refuses the empty one, and the caller is told.
    boost::json::object content;
    if (row.content) {
        if (auto stored = base::parse_json_object(*row.content)) content = std::move(*stored);
    }
    // What was queued for a message without an event id learns it here.
    if (row.type != "m.room.redaction" && !row.target_key.empty()) {
        if (auto* relates = content.if_contains("m.relates_to"); relates != nullptr && relates->is_object()) {
            relates->get_object()["event_id"] = row.target;
        }
    }
    return boost::json::serialize(content);
}

bool leaves_in_clear(outbox_row const& row) { return row.type == "m.room.redaction" || row.type == "m.reaction"; }

sealed_message as_it_is(outbox_row const& row) {
    sealed_message message;
    message.type = row.type;
    message.content = final_content(row);
    return message;
}

call send_request(outbox_row const& row, std::string const& type, std::string content) {
    bool const redacts = row.type == "m.room.redaction";
    auto path = redacts ? client_path({"rooms", row.room.str(), "redact", row.target, row.transaction})
                        : client_path({"rooms", row.room.str(), "send", type, row.transaction});
    return call::put(std::move(path)).body_text(std::move(content)).named("sending a message");
}

}  // namespace chatrixcd::matrix::detail
