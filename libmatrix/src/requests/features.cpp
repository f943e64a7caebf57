// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/matrix/features.hpp>

#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <charconv>
#include <chrono>

#include <chatrixcd/base/json_reader.hpp>

#include "client/runtime.hpp"
#include "http/answer.hpp"
#include "requests/ask.hpp"
#include "requests/feature_memory.hpp"

namespace chatrixcd::matrix {

namespace asio = boost::asio;
using detail::call;

namespace {

// How long an answer is believed.
constexpr base::duration fresh_for = std::chrono::hours(24);
constexpr base::duration doubtful_for = std::chrono::minutes(5);
// A homeserver that names more has no use for it.
constexpr std::size_t most_names = 1000;

struct known_feature {
    feature which;
    std::string_view name;
    std::string_view version;  // empty: before there were numbered versions
    std::array<std::string_view, 2> flags;
};

constexpr known_feature table[] = {
    {feature::authenticated_media, "authenticated media", "v1.11", {"org.matrix.msc3916.stable", ""}},
    {feature::async_upload, "asynchronous uploads", "v1.7", {"fi.mau.msc2246.stable", "fi.mau.msc2246"}},
    {feature::media_config, "asking for the upload limit", "", {"", ""}},
    {feature::profile_fields, "profile fields", "v1.16", {"uk.tcpip.msc4133.stable", "uk.tcpip.msc4133"}},
    {feature::presence, "presence", "", {"", ""}},
    {feature::devices_removal, "removing devices", "", {"", ""}},
    {feature::account_data, "account data", "", {"", ""}},
    {feature::cross_signing, "cross-signing", "v1.1", {"", ""}},
    {feature::tags, "room tags", "", {"", ""}},
    {feature::password_change, "changing the password", "", {"", ""}},
    {feature::open_id, "OpenID tokens", "", {"", ""}},
    {feature::push_rules, "changing push rules", "", {"", ""}},
    {feature::search, "searching messages", "", {"", ""}},
    {feature::user_directory, "searching users", "", {"", ""}},
    {feature::public_rooms, "the list of public rooms", "", {"", ""}},
    {feature::room_visibility, "publishing rooms", "", {"", ""}},
    {feature::room_aliases, "listing a room's aliases", "v1.1", {"org.matrix.msc2432", ""}},
    {feature::room_upgrade, "upgrading rooms", "", {"", ""}},
    {feature::room_summary, "room summaries", "v1.15", {"org.matrix.msc3266.stable", "im.nheko.summary"}},
    {feature::hierarchy, "the hierarchy of spaces", "v1.2", {"org.matrix.msc2946", ""}},
    {feature::knock, "knocking", "v1.1", {"xyz.amorgan.knock", ""}},
    {feature::relations, "listing relations", "v1.3", {"org.matrix.msc2675", ""}},
    {feature::threads, "listing threads", "v1.4", {"org.matrix.msc3856", ""}},
    {feature::event_at_time, "finding events by time", "v1.6", {"org.matrix.msc3030", ""}},
    {feature::report_event, "reporting events", "", {"", ""}},
    {feature::report_room, "reporting rooms", "v1.13", {"org.matrix.msc4151", ""}},
    {feature::report_user, "reporting users", "v1.14", {"org.matrix.msc4260.stable", "org.matrix.msc4260"}},
};

known_feature const& row_of(feature f) noexcept {
    for (auto const& row : table) {
        if (row.which == f) return row;
    }
    return table[0];
}

// "v1.11" as 1 and 11.
std::optional<std::pair<unsigned, unsigned>> numbers_of(std::string_view version) {
    if (version.empty() || version.front() != 'v') return std::nullopt;
    auto const dot = version.find('.');
    if (dot == std::string_view::npos) return std::nullopt;
    auto const number = [](std::string_view text) -> std::optional<unsigned> {
        unsigned value = 0;
        auto const [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
        return value;
    };
    auto const major = number(version.substr(1, dot - 1));
    auto const minor = number(version.substr(dot + 1));
    if (!major || !minor) return std::nullopt;
    return std::pair(*major, *minor);
}

std::optional<bool> find_bool(boost::json::object const& from, std::string_view key) {
    auto const* found = from.if_contains(key);
    if (found == nullptr || !found->is_bool()) return std::nullopt;
    return found->get_bool();
}

std::set<std::string> strings_of(boost::json::object const& from, std::string_view key) {
    std::set<std::string> found;
    auto const* list = base::find_array(from, key);
    if (list == nullptr) return found;
    for (auto const& item : *list) {
        if (item.is_string() && found.size() < most_names) found.emplace(item.get_string());
    }
    return found;
}

}  // namespace

std::string_view to_string(feature f) noexcept { return row_of(f).name; }

server_features::server_features(boost::json::object const& versions, boost::json::object const& capabilities)
    : versions_(strings_of(versions, "versions")) {
    if (auto const* flags = base::find_object(versions, "unstable_features")) {
        for (auto const& flag : *flags) {
            if (flag.value().is_bool() && flag.value().get_bool() && unstable_.size() < most_names) unstable_.emplace(flag.key());
        }
    }
    auto const* said = base::find_object(capabilities, "capabilities");
    capabilities_ = std::make_shared<boost::json::object const>(said != nullptr ? *said : boost::json::object());
    auto const enabled = [&](std::string_view name) -> std::optional<bool> {
        auto const* one = base::find_object(*capabilities_, name);
        return one != nullptr ? find_bool(*one, "enabled") : std::nullopt;
    };
    may_change_password_ = enabled("m.change_password").value_or(true);
    may_set_name_ = enabled("m.set_displayname").value_or(true);
    may_set_avatar_ = enabled("m.set_avatar_url").value_or(true);
    may_set_fields_ = enabled("m.profile_fields");
    if (auto const* fields = base::find_object(*capabilities_, "m.profile_fields")) {
        allowed_fields_ = strings_of(*fields, "allowed");
        forbidden_fields_ = strings_of(*fields, "disallowed");
    }
    if (auto const* rooms = base::find_object(*capabilities_, "m.room_versions")) {
        default_room_version_ = base::find_string(*rooms, "default").value_or(std::string());
        if (auto const* available = base::find_object(*rooms, "available")) {
            for (auto const& version : *available) {
                if (version.value().is_string() && room_versions_.size() < most_names) {
                    room_versions_.emplace(version.key(), version.value().get_string());
                }
            }
        }
    }
}

bool server_features::has_version(std::string_view at_least) const {
    if (versions_.contains(std::string(at_least))) return true;
    auto const wanted = numbers_of(at_least);
    if (!wanted) return false;
    for (auto const& version : versions_) {
        auto const has = numbers_of(version);
        if (has && has->first == wanted->first && has->second >= wanted->second) return true;
    }
    return false;
}

bool server_features::has_unstable(std::string_view flag) const { return unstable_.contains(std::string(flag)); }

bool server_features::may_set_profile_field(std::string_view name) const {
    std::string const field(name);
    if (may_set_fields_) {
        if (!*may_set_fields_) return false;
        if (!allowed_fields_.empty()) return allowed_fields_.contains(field);
        return !forbidden_fields_.contains(field);
    }
    if (name == "displayname") return may_set_name_;
    if (name == "avatar_url") return may_set_avatar_;
    return true;
}

bool server_features::advertises(feature f) const {
    auto const& row = row_of(f);
    if (!row.version.empty() && has_version(row.version)) return true;
    for (auto flag : row.flags) {
        if (!flag.empty() && has_unstable(flag)) return true;
    }
    return false;
}

namespace detail {

server_features const* feature_memory::known(base::duration now) const {
    return known_ && now - learnt_at_ < fresh_for ? &*known_ : nullptr;
}

void feature_memory::learn(server_features what, base::duration now) {
    known_ = std::move(what);
    learnt_at_ = now;
}

// What the homeserver said of itself is then worth asking again: it may have become another one.
void feature_memory::miss(feature f, base::error const& why, base::duration now) {
    missing_until_[f] = now + (why.errcode().empty() ? doubtful_for : fresh_for);
    known_.reset();
}

bool feature_memory::is_missing(feature f, base::duration now) const {
    auto const found = missing_until_.find(f);
    return found != missing_until_.end() && now < found->second;
}

std::optional<std::optional<std::uint64_t>> feature_memory::upload_limit(base::duration now) const {
    if (now - upload_limit_at_ >= fresh_for) return std::nullopt;
    return upload_limit_;
}

void feature_memory::learn_upload_limit(std::optional<std::uint64_t> bytes, base::duration now) {
    upload_limit_ = bytes;
    upload_limit_at_ = now;
}

namespace {

// Ends an inquiry, also by cancellation.
class inquiry {
public:
    explicit inquiry(feature_memory& of) : of_(of) { of_.busy = true; }
    inquiry(inquiry const&) = delete;
    inquiry& operator=(inquiry const&) = delete;
    ~inquiry() {
        of_.busy = false;
        of_.free.notify_all();
    }

private:
    feature_memory& of_;
};

asio::awaitable<result<server_features>> inquire(runtime& of) {
    auto first = call::get("/_matrix/client/versions").named("asking what the homeserver can do");
    auto const versions = co_await ask(of, std::move(first));
    if (!versions) co_return versions.error();
    auto second = call::get(client_path({"capabilities"})).named("asking for the homeserver's capabilities");
    auto capabilities = co_await ask(of, std::move(second));
    if (!capabilities && is_unknown_endpoint(capabilities.error())) capabilities = boost::json::object();
    if (!capabilities) co_return capabilities.error();
    co_return server_features(*versions, *capabilities);
}

asio::awaitable<result<server_features>> know(runtime& of) {
    if (auto const ready = of.ready(); !ready) co_return ready.error();
    auto& memory = of.features();
    for (;;) {
        if (!memory.busy) break;
        co_await memory.free.wait();
    }
    if (auto const* known = memory.known(of.uptime())) co_return *known;
    inquiry const mine(memory);
    auto said = co_await inquire(of);
    if (said) memory.learn(*said, of.uptime());
    co_return said;
}

asio::awaitable<result<support>> know(runtime& of, feature f) {
    auto const known = co_await know(of);
    if (!known) co_return known.error();
    if (of.features().is_missing(f, of.uptime())) co_return support::no;
    if (f == feature::password_change && !known->may_change_password()) co_return support::no;
    co_return known->advertises(f) ? support::yes : support::unknown;
}

}  // namespace
}  // namespace detail

asio::awaitable<result<server_features>> features::get() const { return detail::know(*runtime_); }
asio::awaitable<result<support>> features::has(feature f) const { return detail::know(*runtime_, f); }

features client::features() const { return matrix::features(*runtime_); }

}  // namespace chatrixcd::matrix
