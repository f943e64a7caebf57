// SPDX-License-Identifier: Apache-2.0
// /room_keys/keys: the keys in a backup: all, of a room, or of one session. They are written to the latest backup alone.
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <string>
#include <utility>
#include <vector>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/protocol/canonical_json.hpp>
#include <chatrixcd/protocol/ids.hpp>

#include "api/backup_version.hpp"
#include "api/endpoints.hpp"
#include "api/refusal.hpp"
#include "store/key_backup.hpp"

namespace chatrixcd::homeserver {

namespace json = boost::json;
using base::http::method;

namespace {

constexpr std::size_t most_bytes = 65536;
constexpr std::size_t most_session_bytes = 255;
using keys = std::vector<backed_up_key>;

bool is_count(std::int64_t number) { return number >= 0 && number <= protocol::max_json_integer; }

result<backed_up_key> read_key(json::value const& given, std::string const& room, std::string const& session) {
    if (!given.is_object()) return bad_json("the key of a session is an object");
    if (!protocol::room_id::parse(room)) return invalid_param("that is no room id: " + room);
    if (session.empty() || session.size() > most_session_bytes) return invalid_param("the id of a session is empty, or too long");
    backed_up_key read;
    read.room = room;
    read.session = session;
    base::json_reader reader(given.get_object(), "the key of a session");
    reader.required("first_message_index", read.first_message_index).required("forwarded_count", read.forwarded_count);
    reader.required("is_verified", read.is_verified);
    if (auto done = reader.finish(); !done) return bad_json(done.error().message());
    if (!is_count(read.first_message_index) || !is_count(read.forwarded_count)) return bad_json("a count is negative, or too large");
    auto const* data = base::find_object(given.get_object(), "session_data");
    if (data == nullptr) return bad_json("the key of a session: session_data is missing, or no object");
    if (json::serialize(*data).size() > most_bytes) return bad_request("M_TOO_LARGE", "session_data is larger than 64 KiB");
    read.session_data = *data;
    return read;
}

result<void> read_room(json::object const& given, std::string const& room, keys& into) {
    auto const* sessions = base::find_object(given, "sessions");
    if (sessions == nullptr) return bad_json("sessions is missing, or no object");
    for (auto const& [session, body] : *sessions) {
        auto key = read_key(body, room, std::string(session));
        if (!key) return key.error();
        into.push_back(std::move(key.value()));
    }
    return {};
}

result<keys> read_all(json::object const& given) {
    auto const* rooms = base::find_object(given, "rooms");
    if (rooms == nullptr) return bad_json("rooms is missing, or no object");
    keys all;
    for (auto const& [room, body] : *rooms) {
        if (!body.is_object()) return bad_json("what is backed up of a room is an object");
        if (auto read = read_room(body.get_object(), std::string(room), all); !read) return read.error();
    }
    return all;
}

json::object describe(backed_up_key const& key) {
    json::object body;
    body["first_message_index"] = key.first_message_index;
    body["forwarded_count"] = key.forwarded_count;
    body["is_verified"] = key.is_verified;
    body["session_data"] = key.session_data;
    return body;
}

json::object describe_sessions(keys const& all) {
    json::object body;
    auto& sessions = body["sessions"].emplace_object();
    for (auto const& key : all) sessions[key.session] = describe(key);
    return body;
}

// As it is after a change.
answer describe_backup(step& s, std::string const& user, std::int64_t version) {
    json::object body;
    body["count"] = count_backed_up_keys(s.db, user, version);
    body["etag"] = std::to_string(find_backup(s.db, user, version).value().etag);
    return answer(std::move(body));
}

result<std::string> version_of(call const& c) {
    auto version = c.query("version");
    if (!version) return missing_param("version is missing");
    return std::move(*version);
}

result<answer> put(step& s, call const& c, result<keys> const& given) {
    if (!given) return given.error();
    auto const version = version_of(c);
    if (!version) return version.error();
    auto const backup = find_backup(s, c, version.value());
    if (!backup) return backup.error();
    auto const& user = c.user.str();
    if (auto const latest = latest_backup(s.db, user).value(); latest.version != backup.value().version) {
        json::object body;
        body["errcode"] = "M_WRONG_ROOM_KEYS_VERSION";
        body["error"] = "there is a later key backup";
        body["current_version"] = std::to_string(latest.version);
        return answer(403, std::move(body));
    }
    bool changed = false;
    for (auto const& key : given.value()) changed = put_backed_up_key(s.db, user, backup.value().version, key) || changed;
    if (changed) renew_etag(s.db, user, backup.value().version);
    return describe_backup(s, user, backup.value().version);
}

result<answer> put_all(step& s, call& c) { return put(s, c, read_all(c.body)); }

result<answer> put_room(step& s, call& c) {
    keys all;
    if (auto read = read_room(c.body, c.parameter("room"), all); !read) return read.error();
    return put(s, c, all);
}

result<answer> put_session(step& s, call& c) {
    auto key = read_key(c.body, c.parameter("room"), c.parameter("session"));
    if (!key) return key.error();
    keys one;
    one.push_back(std::move(key.value()));
    return put(s, c, one);
}

result<backup_place> place_of(step& s, call const& c) {
    auto const version = version_of(c);
    if (!version) return version.error();
    auto const backup = find_backup(s, c, version.value());
    if (!backup) return backup.error();
    backup_place where;
    where.user = c.user.str();
    where.version = backup.value().version;
    return where;
}

result<answer> get_all(step& s, call& c) {
    auto const where = place_of(s, c);
    if (!where) return where.error();
    json::object rooms;
    for (auto const& key : backed_up_keys(s.db, where.value())) {
        auto& room = rooms.emplace(key.room, json::object()).first->value().get_object();
        auto& sessions = room.emplace("sessions", json::object()).first->value().get_object();
        sessions[key.session] = describe(key);
    }
    json::object body;
    body["rooms"] = std::move(rooms);
    return answer(std::move(body));
}

result<answer> get_room(step& s, call& c) {
    auto where = place_of(s, c);
    if (!where) return where.error();
    where.value().room = c.parameter("room");
    return answer(describe_sessions(backed_up_keys(s.db, where.value())));
}

result<answer> get_session(step& s, call& c) {
    auto where = place_of(s, c);
    if (!where) return where.error();
    where.value().room = c.parameter("room");
    where.value().session = c.parameter("session");
    auto const found = backed_up_keys(s.db, where.value());
    if (found.empty()) return not_found("this session is not in the key backup");
    return answer(describe(found.front()));
}

result<answer> remove(step& s, backup_place const& where) {
    if (delete_backed_up_keys(s.db, where)) renew_etag(s.db, where.user, where.version);
    return describe_backup(s, where.user, where.version);
}

result<answer> remove_all(step& s, call& c) {
    auto const where = place_of(s, c);
    if (!where) return where.error();
    return remove(s, where.value());
}

result<answer> remove_room(step& s, call& c) {
    auto where = place_of(s, c);
    if (!where) return where.error();
    where.value().room = c.parameter("room");
    return remove(s, where.value());
}

result<answer> remove_session(step& s, call& c) {
    auto where = place_of(s, c);
    if (!where) return where.error();
    where.value().room = c.parameter("room");
    where.value().session = c.parameter("session");
    return remove(s, where.value());
}

}  // namespace

void add_room_keys(service& to) {
    to.add(method::put, "/room_keys/keys", access::user, body_rule::required, put_all);
    to.add(method::get, "/room_keys/keys", access::user, body_rule::none, get_all);
    to.add(method::delete_, "/room_keys/keys", access::user, body_rule::none, remove_all);
    to.add(method::put, "/room_keys/keys/{room}", access::user, body_rule::required, put_room);
    to.add(method::get, "/room_keys/keys/{room}", access::user, body_rule::none, get_room);
    to.add(method::delete_, "/room_keys/keys/{room}", access::user, body_rule::none, remove_room);
    to.add(method::put, "/room_keys/keys/{room}/{session}", access::user, body_rule::required, put_session);
    to.add(method::get, "/room_keys/keys/{room}/{session}", access::user, body_rule::none, get_session);
    to.add(method::delete_, "/room_keys/keys/{room}/{session}", access::user, body_rule::none, remove_session);
}

}  // namespace chatrixcd::homeserver
