// SPDX-License-Identifier: Apache-2.0
// What the homeserver shows us at all (client-server API, "Filtering"): the less it shows, the less there is to take in. What becomes of
// the events that it does show is for options::rooms() and client::deliver_if().
#pragma once

#include <boost/json/fwd.hpp>
#include <string>
#include <vector>

namespace chatrixcd::matrix {

class sync_filter {
public:
    sync_filter() = default;

    // How many events of a room's timeline one sync shows: 1 to 1000, 50 by default. No message is lost by it: what a sync leaves out is
    // fetched.
    sync_filter& timeline_limit(unsigned events);
    // On, the default: members are shown when they do something, and room::members() asks for the rest when it is first called. Off: all
    // members of every room come with the first sync.
    sync_filter& lazy_members(bool on);
    // Types of events that are not shown; "*" stands for anything: "m.call.*". Not for state: its events would be missing, not old.
    sync_filter& without_types(std::vector<std::string> types);
    sync_filter& without_senders(std::vector<std::string> users);
    // These rooms alone, or none of those; every room by default. Of a room that is not shown nothing is known, and nothing is kept for
    // the day it is shown again.
    sync_filter& only_rooms(std::vector<std::string> rooms);
    sync_filter& without_rooms(std::vector<std::string> rooms);

    bool has_lazy_members() const noexcept { return lazy_members_; }

    // What else is shown.
    class extras {
    public:
        extras() = default;
        bool presence = false;
        bool account_data = false;
        bool ephemeral = false;  // typing and receipts
    };
    // The filter of GET /sync, and that of GET /rooms/{roomId}/messages, which fetches what a sync leaves out.
    boost::json::object sync_json(extras const& shown) const;
    boost::json::object messages_json() const;

private:
    unsigned timeline_limit_ = 50;
    bool lazy_members_ = true;
    std::vector<std::string> without_types_;
    std::vector<std::string> without_senders_;
    std::vector<std::string> without_rooms_;
    std::vector<std::string> only_rooms_;
};

}  // namespace chatrixcd::matrix
