// SPDX-License-Identifier: Apache-2.0
// /room_keys/version: a user's key backups (client-server API, "Server-side key backups"). What is in them: room_keys.cpp.
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <optional>
#include <string>
#include <utility>

#include <chatrixcd/base/json_reader.hpp>

#include "api/backup_version.hpp"
#include "api/endpoints.hpp"
#include "api/refusal.hpp"
#include "store/key_backup.hpp"

namespace chatrixcd::homeserver {

namespace json = boost::json;
using base::http::method;

namespace {

constexpr std::size_t most_bytes = 65536;
constexpr std::size_t most_algorithm_bytes = 255;

json::object describe(step& s, std::string const& user, key_backup const& backup) {
    json::object body;
    body["algorithm"] = backup.algorithm;
    body["auth_data"] = backup.auth_data;
    body["count"] = count_backed_up_keys(s.db, user, backup.version);
    body["etag"] = std::to_string(backup.etag);
    body["version"] = std::to_string(backup.version);
    return body;
}

struct wish {
    std::string algorithm;
    json::object auth_data;
    std::optional<std::string> version;
};

result<wish> read_wish(json::object const& body) {
    wish read;
    base::json_reader reader(body, "request");
    reader.required("algorithm", read.algorithm).optional("version", read.version);
    if (auto done = reader.finish(); !done) return bad_json(done.error().message());
    auto const* data = base::find_object(body, "auth_data");
    if (data == nullptr) return bad_json("auth_data is missing, or no object");
    if (read.algorithm.empty() || read.algorithm.size() > most_algorithm_bytes) return invalid_param("algorithm is empty, or too long");
    if (json::serialize(*data).size() > most_bytes) return bad_request("M_TOO_LARGE", "auth_data is larger than 64 KiB");
    read.auth_data = *data;
    return read;
}

result<answer> create(step& s, call& c) {
    auto const wanted = read_wish(c.body);
    if (!wanted) return wanted.error();
    json::object body;
    body["version"] = std::to_string(create_backup(s.db, c.user.str(), wanted.value().algorithm, wanted.value().auth_data));
    return answer(std::move(body));
}

result<answer> get_latest(step& s, call& c) {
    auto const backup = latest_backup(s.db, c.user.str());
    if (!backup) return not_found("you have no key backup");
    return answer(describe(s, c.user.str(), *backup));
}

result<answer> get_one(step& s, call& c) {
    auto const backup = find_backup(s, c, c.parameter("version"));
    if (!backup) return backup.error();
    return answer(describe(s, c.user.str(), backup.value()));
}

result<answer> update(step& s, call& c) {
    auto const wanted = read_wish(c.body);
    if (!wanted) return wanted.error();
    auto const& version = c.parameter("version");
    if (wanted.value().version && *wanted.value().version != version) return invalid_param("the body is about another version");
    auto const backup = find_backup(s, c, version);
    if (!backup) return backup.error();
    if (wanted.value().algorithm != backup.value().algorithm) return invalid_param("the backup has another algorithm");
    set_auth_data(s.db, c.user.str(), backup.value().version, wanted.value().auth_data);
    return answer();
}

result<answer> remove(step& s, call& c) {
    auto const version = parse_backup_version(c.parameter("version"));
    if (!version || !backup_existed(s.db, c.user.str(), *version)) return not_found("you have no key backup of this version");
    delete_backup(s.db, c.user.str(), *version);
    return answer();
}

}  // namespace

void add_key_backup(service& to) {
    to.add(method::post, "/room_keys/version", access::user, body_rule::required, create);
    to.add(method::get, "/room_keys/version", access::user, body_rule::none, get_latest);
    to.add(method::get, "/room_keys/version/{version}", access::user, body_rule::none, get_one);
    to.add(method::put, "/room_keys/version/{version}", access::user, body_rule::required, update);
    to.add(method::delete_, "/room_keys/version/{version}", access::user, body_rule::none, remove);
}

}  // namespace chatrixcd::homeserver
