// SPDX-License-Identifier: Apache-2.0
#include "content/message_parts.hpp"

#include <boost/json/object.hpp>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/matrix/ids.hpp>

#include "content/text_member.hpp"

namespace chatrixcd::matrix::detail {

namespace {

// A relation without a target is none.
bool is_edit(boost::json::object const& content) noexcept {
    auto const* relates = base::find_object(content, "m.relates_to");
    return relates != nullptr && text_member(*relates, "rel_type") == "m.replace" && event_id::is_valid(text_member(*relates, "event_id"));
}

}  // namespace

bool is_message(message_parts const& of) noexcept {
    if (of.type != "m.room.message" || of.is_state || text_member(of.content, "msgtype").empty()) return false;
    bool const redacted = of.extra != nullptr && of.extra->if_contains("redacted_because") != nullptr;
    return !redacted && !is_edit(of.content);
}

bool is_text_message(message_parts const& of) noexcept {
    return is_message(of) && text_member(of.content, "msgtype") == "m.text" && !text_member(of.content, "body").empty();
}

}  // namespace chatrixcd::matrix::detail
