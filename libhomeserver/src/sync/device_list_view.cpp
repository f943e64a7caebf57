// SPDX-License-Identifier: Apache-2.0
#include "sync/device_list_view.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <set>
#include <utility>

#include "store/device_lists.hpp"

namespace chatrixcd::homeserver {

namespace json = boost::json;

json::object device_list_view::describe() const {
    json::object body;
    body["changed"] = json::array(changed.begin(), changed.end());
    body["left"] = json::array(left.begin(), left.end());
    return body;
}

device_list_view view_device_lists(step& s, std::string const& user, sync_token const& from, sync_token const& to) {
    stretch const of_keys{from.keys, to.keys};
    stretch const of_events{from.events, to.events};
    std::set<std::string> changed;
    for (auto& one : changed_device_lists(s.db, user, of_keys)) changed.insert(std::move(one));
    for (auto& one : users_met(s.db, user, of_events)) changed.insert(std::move(one));
    device_list_view view;
    view.changed.assign(changed.begin(), changed.end());
    view.left = users_parted(s.db, user, of_events);
    return view;
}

}  // namespace chatrixcd::homeserver
