// SPDX-License-Identifier: Apache-2.0
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <chatrixcd/protocol/power_levels.hpp>

namespace json = boost::json;

namespace chatrixcd::protocol {

namespace {

result<user_id> as_user(json::value const& value, std::string_view where) {
    if (value.is_string()) {
        if (auto user = user_id::parse(std::string(value.get_string()))) return user;
    }
    return base::error(base::error_kind::invalid, std::string(where) + " is not a user id");
}

}  // namespace

result<std::vector<user_id>> room_creators(room_version const& version, user_id const& sender, json::object const& create_content) {
    std::vector<user_id> creators;
    if (!version.implicit_creator) {
        auto const* creator = create_content.if_contains("creator");
        if (creator == nullptr) return base::error(base::error_kind::invalid, "creator is missing");
        auto user = as_user(*creator, "creator");
        if (!user) return user.error();
        creators.push_back(*std::move(user));
        return creators;
    }
    creators.push_back(sender);
    auto const* additional = version.privileged_creators ? create_content.if_contains("additional_creators") : nullptr;
    if (additional == nullptr) return creators;
    if (!additional->is_array()) return base::error(base::error_kind::invalid, "additional_creators is not an array");
    for (auto const& entry : additional->get_array()) {
        auto user = as_user(entry, "an entry of additional_creators");
        if (!user) return user.error();
        creators.push_back(*std::move(user));
    }
    return creators;
}

}  // namespace chatrixcd::protocol
