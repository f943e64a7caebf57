// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/matrix/new_room.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace chatrixcd::matrix {

namespace json = boost::json;

std::string_view to_string(room_preset p) noexcept {
    switch (p) {
        case room_preset::private_chat:
            return "private_chat";
        case room_preset::trusted_private_chat:
            return "trusted_private_chat";
        case room_preset::public_chat:
            return "public_chat";
    }
    return "private_chat";
}

new_room new_room::name(std::string text) && {
    name_ = std::move(text);
    return std::move(*this);
}

new_room new_room::topic(std::string text) && {
    topic_ = std::move(text);
    return std::move(*this);
}

new_room new_room::invite(user_id user) && {
    invited_.push_back(std::move(user));
    return std::move(*this);
}

new_room new_room::preset(room_preset which) && {
    preset_ = which;
    return std::move(*this);
}

new_room new_room::open() && { return std::move(*this).preset(room_preset::public_chat); }

new_room new_room::direct() && {
    direct_ = true;
    return std::move(*this);
}

new_room new_room::alias(std::string localpart) && {
    alias_ = std::move(localpart);
    return std::move(*this);
}

new_room new_room::published() && {
    published_ = true;
    return std::move(*this);
}

new_room new_room::version(std::string room_version) && {
    version_ = std::move(room_version);
    return std::move(*this);
}

new_room new_room::encrypted() && {
    json::object content;
    content["algorithm"] = "m.megolm.v1.aes-sha2";
    return std::move(*this).state("m.room.encryption", "", std::move(content));
}

// Messages in a space are shown by no client; the specification asks to raise what sending takes (client-server API, "Spaces").
new_room new_room::space() && {
    space_ = true;
    return std::move(*this).creation("type", "m.space");
}

new_room new_room::local_only() && { return std::move(*this).creation("m.federate", false); }

new_room new_room::state(std::string type, std::string key, json::object content) && {
    json::object made;
    made["type"] = std::move(type);
    made["state_key"] = std::move(key);
    made["content"] = std::move(content);
    state_.push_back(std::make_shared<json::object const>(std::move(made)));
    return std::move(*this);
}

new_room new_room::power_levels(json::object content) && {
    power_levels_ = std::make_shared<json::object const>(std::move(content));
    return std::move(*this);
}

new_room new_room::creation(std::string key, json::value const& content) && {
    auto changed = creation_ ? *creation_ : json::object();
    changed[key] = content;
    creation_ = std::make_shared<json::object const>(std::move(changed));
    return std::move(*this);
}

json::object new_room::request() const {
    json::object body;
    body["preset"] = to_string(preset_);
    body["is_direct"] = direct_;
    if (published_) body["visibility"] = "public";
    if (!name_.empty()) body["name"] = name_;
    if (!topic_.empty()) body["topic"] = topic_;
    if (!alias_.empty()) body["room_alias_name"] = alias_;
    if (!version_.empty()) body["room_version"] = version_;
    json::array invited;
    for (auto const& user : invited_) invited.emplace_back(user.str());
    body["invite"] = std::move(invited);
    if (creation_) body["creation_content"] = *creation_;
    auto levels = power_levels_ ? *power_levels_ : json::object();
    if (space_ && !levels.contains("events_default")) levels["events_default"] = 100;
    if (!levels.empty()) body["power_level_content_override"] = std::move(levels);
    if (!state_.empty()) {
        json::array initial;
        for (auto const& event : state_) initial.emplace_back(*event);
        body["initial_state"] = std::move(initial);
    }
    return body;
}

}  // namespace chatrixcd::matrix
