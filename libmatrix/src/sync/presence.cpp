// SPDX-License-Identifier: Apache-2.0
#include "sync/presence.hpp"

#include <boost/json/object.hpp>

#include <chatrixcd/base/json_reader.hpp>

namespace chatrixcd::matrix::detail {

namespace {

bool is_about(event const& e, user_id const& user) { return e.is_state("m.room.member", user.str()); }

// A membership of "join" after "join" is a new name or picture, not a coming in.
bool was_joined_before(event const& join) {
    auto const* extra = base::find_object(join.raw(), "unsigned");
    auto const* previous = extra == nullptr ? nullptr : base::find_object(*extra, "prev_content");
    return previous != nullptr && base::find_string(*previous, "membership") == "join";
}

}  // namespace

bool presence_walk::visit(event const& e) {
    if (is_about(e, me_)) inside_ = e.content_text("membership") == "join";
    return inside_;
}

bool inside_before(std::vector<event> const& timeline, user_id const& me) {
    for (auto const& e : timeline) {
        if (!is_about(e, me)) continue;
        return e.content_text("membership") != "join" || was_joined_before(e);
    }
    return true;
}

}  // namespace chatrixcd::matrix::detail
