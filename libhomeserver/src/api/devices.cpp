// SPDX-License-Identifier: Apache-2.0
// A user's devices (client-server API, "Device management"). Deleting them asks for the password.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <string>
#include <utility>
#include <vector>

#include <chatrixcd/base/json_reader.hpp>

#include "accounts/confirmation.hpp"
#include "api/endpoints.hpp"
#include "api/refusal.hpp"
#include "keys/device_list.hpp"
#include "store/accounts.hpp"
#include "store/device_keys.hpp"

namespace chatrixcd::homeserver {

namespace asio = boost::asio;
namespace json = boost::json;
using base::http::method;

namespace {

// What is not known is null rather than absent: there are clients that insist on the members.
json::object describe(device const& one) {
    json::object body;
    body["device_id"] = one.id;
    body["display_name"] = nullptr;
    if (one.display_name) body["display_name"] = *one.display_name;
    body["last_seen_ip"] = nullptr;
    body["last_seen_ts"] = nullptr;
    return body;
}

result<answer> list_devices(step& s, call& c) {
    json::array devices;
    for (auto const& one : devices_of(s.db, c.user.str())) devices.push_back(describe(one));
    json::object body;
    body["devices"] = std::move(devices);
    return answer(std::move(body));
}

result<answer> get_device(step& s, call& c) {
    for (auto const& one : devices_of(s.db, c.user.str())) {
        if (one.id == c.parameter("device")) return answer(describe(one));
    }
    return not_found("you have no such device");
}

result<answer> put_device(step& s, call& c) {
    std::optional<std::string> name;
    base::json_reader reader(c.body, "request");
    reader.optional("display_name", name);
    if (auto read = reader.finish(); !read) return bad_json(read.error().message());
    if (!name) return get_device(s, c) ? result<answer>(answer()) : not_found("you have no such device");
    constexpr std::size_t most_bytes = 255;
    if (name->size() > most_bytes) return bad_request("M_TOO_LARGE", "that is too long");
    if (!rename_device(s.db, c.user.str(), c.parameter("device"), *name)) return not_found("you have no such device");
    // The name goes out with the keys.
    if (find_device_keys(s.db, c.user.str(), c.parameter("device"))) announce_device_list(s, c.user.str());
    return answer();
}

// Devices that are not there are gone already.
asio::awaitable<result<answer>> remove(service& in, call c, std::vector<std::string> devices) {
    service::work does = [devices = std::move(devices)](step& s, call& asked) {
        for (auto const& one : devices) remove_device(s, asked.user.str(), one);
        return result<answer>(answer());
    };
    co_return co_await in.run(access::user, std::move(c), std::move(does));
}

asio::awaitable<result<answer>> delete_one(service& in, call c) {
    std::vector<std::string> devices;
    devices.push_back(c.parameter("device"));
    co_return co_await remove(in, std::move(c), std::move(devices));
}

asio::awaitable<result<answer>> delete_several(service& in, call c) {
    auto const* list = base::find_array(c.body, "devices");
    if (list == nullptr) co_return missing_param("devices is missing, or no array");
    std::vector<std::string> devices;
    for (auto const& one : *list) {
        if (!one.is_string()) co_return bad_json("devices holds something that is no string");
        devices.emplace_back(one.get_string());
    }
    co_return co_await remove(in, std::move(c), std::move(devices));
}

}  // namespace

void add_devices(service& to) {
    to.add(method::get, "/devices", access::user, body_rule::none, list_devices);
    to.add(method::get, "/devices/{device}", access::user, body_rule::none, get_device);
    to.add(method::put, "/devices/{device}", access::user, body_rule::required, put_device);
    to.add_coroutine(method::delete_, "/devices/{device}", body_rule::optional,
                     [&to](call c) { return confirmed(to, std::move(c), [&to](call sure) { return delete_one(to, std::move(sure)); }); });
    to.add_coroutine(method::post, "/delete_devices", body_rule::required, [&to](call c) {
        return confirmed(to, std::move(c), [&to](call sure) { return delete_several(to, std::move(sure)); });
    });
}

}  // namespace chatrixcd::homeserver
