// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <chatrixcd/matrix/power.hpp>

namespace chatrixcd::matrix {

bool power::may_send(user_id const& user, std::string_view type) const {
    return level_of(user) >= levels_.required_for(type, /*is_state=*/false);
}

bool power::may_send_state(user_id const& user, std::string_view type) const {
    return level_of(user) >= levels_.required_for(type, /*is_state=*/true);
}

bool power::may_invite(user_id const& user) const { return level_of(user) >= levels_.invite(); }

bool power::may_kick(user_id const& user, user_id const& target) const {
    return level_of(user) >= levels_.kick() && level_of(user) > level_of(target);
}

bool power::may_ban(user_id const& user, user_id const& target) const {
    return level_of(user) >= levels_.ban() && level_of(user) > level_of(target);
}

bool power::may_redact_others(user_id const& user) const {
    return level_of(user) >= levels_.redact() && may_send(user, "m.room.redaction");
}

bool power::may_notify_room(user_id const& user) const { return level_of(user) >= levels_.notification("room"); }

bool power::is_creator(user_id const& user) const {
    auto const& creators = levels_.creators();
    return std::find(creators.begin(), creators.end(), user) != creators.end();
}

}  // namespace chatrixcd::matrix
