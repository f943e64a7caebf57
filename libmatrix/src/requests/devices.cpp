// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/matrix/devices.hpp>

#include <algorithm>

#include "client/runtime.hpp"
#include "requests/ask.hpp"
#include "requests/confirm.hpp"
#include "requests/read.hpp"

namespace chatrixcd::matrix {

namespace asio = boost::asio;
namespace json = boost::json;
using detail::call;
using detail::client_path;

namespace {

result<device_info> device_from(json::object const& said) {
    device_info found;
    found.id = detail::id_of<device_id>(said, "device_id");
    if (found.id.empty()) return detail::incomplete("the homeserver's answer names no device");
    found.name = detail::text_of(said, "display_name");
    found.last_seen_ip = detail::text_of(said, "last_seen_ip");
    if (auto const at = base::find_integer(said, "last_seen_ts")) found.last_seen = base::time_point(base::duration(*at));
    found.raw = detail::keep(said);
    return found;
}

result<std::vector<device_info>> devices_from(json::object const& answer) {
    auto const* list = base::find_array(answer, "devices");
    if (list == nullptr) return detail::incomplete("the list of devices has no devices");
    std::vector<device_info> found;
    for (auto const& item : *list) {
        if (!item.is_object()) continue;
        auto one = device_from(item.get_object());
        if (one) found.push_back(std::move(*one));
    }
    return found;
}

json::object const* of_user(json::object const& answer, char const* member, user_id const& user) {
    auto const* all = base::find_object(answer, member);
    return all == nullptr ? nullptr : base::find_object(*all, user.str());
}

result<published_keys> keys_from(json::object const& answer, user_id const& user) {
    if (base::find_object(answer, "device_keys") == nullptr) return detail::incomplete("the homeserver's answer names no keys");
    published_keys found;
    if (auto const* master = of_user(answer, "master_keys", user)) {
        auto const* keys = base::find_object(*master, "keys");
        // One that cannot be read is there all the same.
        found.master_key = keys == nullptr || keys->empty() ? std::string() : detail::text_of(*keys, keys->begin()->key());
    }
    if (auto const* all = of_user(answer, "device_keys", user)) {
        for (auto const& each : *all) found.devices.emplace_back(std::string(each.key()));
    }
    return found;
}

}  // namespace

asio::awaitable<result<std::vector<device_info>>> devices::list() const {
    return detail::ask_for<std::vector<device_info>>(*runtime_, call::get(client_path({"devices"})).named("listing our devices"),
                                                     devices_from);
}

asio::awaitable<result<device_info>> devices::get(device_id id) const {
    return detail::ask_for<device_info>(*runtime_, call::get(client_path({"devices", id.str()})).named("asking about the device"),
                                        device_from);
}

asio::awaitable<result<void>> devices::rename(device_id id, std::string name) const {
    json::object body;
    body["display_name"] = std::move(name);
    return tell(*runtime_, call::put(client_path({"devices", id.str()})).body(body).named("renaming the device"));
}

asio::awaitable<result<void>> devices::remove(std::vector<device_id> which, uia::answers confirmed_by) const {
    json::object body;
    json::array ids;
    for (auto const& id : which) ids.emplace_back(id.str());
    body["devices"] = std::move(ids);
    auto request = call::post(client_path({"delete_devices"})).again().named("removing devices");
    return confirm(*runtime_, feature::devices_removal, std::move(request), std::move(body), std::move(confirmed_by));
}

devices client::devices() const { return matrix::devices(*runtime_); }

asio::awaitable<result<published_keys>> devices::published_keys(user_id of) const {
    json::object body;
    body["device_keys"].emplace_object()[of.str()].emplace_array();
    auto request = call::post(client_path({"keys", "query"})).body(body).again().named("asking for somebody's keys");
    auto const read = [of](json::object const& answer) { return keys_from(answer, of); };
    return detail::ask_for<matrix::published_keys>(*runtime_, std::move(request), read);
}

bool published_keys::has(device_id const& device) const { return std::ranges::find(devices, device) != devices.end(); }

}  // namespace chatrixcd::matrix
