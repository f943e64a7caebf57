// SPDX-License-Identifier: Apache-2.0
// GET /keys/changes: what /sync said of device lists between two of its tokens, for a client that lost it.
#include <boost/json/object.hpp>
#include <optional>
#include <string>

#include "api/endpoints.hpp"
#include "api/refusal.hpp"
#include "sync/device_list_view.hpp"
#include "sync/sync.hpp"

namespace chatrixcd::homeserver {

using base::http::method;

namespace {

result<sync_token> read_token(step& s, call const& c, std::string const& name) {
    auto const text = c.query(name);
    if (!text) return missing_param(name + " is missing");
    auto const token = sync_token::parse(*text, s.server.tag());
    if (!token || !is_past(*token, newest(s))) return invalid_param(name + " is no token of this server");
    return *token;
}

result<answer> changes(step& s, call& c) {
    auto const from = read_token(s, c, "from");
    if (!from) return from.error();
    auto const to = read_token(s, c, "to");
    if (!to) return to.error();
    return answer(view_device_lists(s, c.user.str(), from.value(), to.value()).describe());
}

}  // namespace

void add_keys_changes(service& to) { to.add(method::get, "/keys/changes", access::user, body_rule::none, changes); }

}  // namespace chatrixcd::homeserver
