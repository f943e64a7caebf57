// SPDX-License-Identifier: Apache-2.0
#include "outbox/request.hpp"

#include <boost/json/object.hpp>

#include <chatrixcd/base/json_reader.hpp>

namespace chatrixcd::matrix::detail {

call send_request(outbox_row const& row) {
    // What we have stored is an object; if it is not any more, the homeserver refuses the empty one, and the caller is told.
    boost::json::object content;
    if (row.content) {
        if (auto stored = base::parse_json_object(*row.content)) content = std::move(*stored);
    }
    bool const redacts = row.type == "m.room.redaction";
    // What was queued for a message without an event id learns it here.
    if (!redacts && !row.target_key.empty()) {
        if (auto* relates = content.if_contains("m.relates_to"); relates != nullptr && relates->is_object()) {
            relates->get_object()["event_id"] = row.target;
        }
    }
    auto path = redacts ? client_path({"rooms", row.room.str(), "redact", row.target, row.transaction})
                        : client_path({"rooms", row.room.str(), "send", row.type, row.transaction});
    return call::put(std::move(path)).body(content).named("sending a message");
}

}  // namespace chatrixcd::matrix::detail
