// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/matrix/options.hpp>

namespace chatrixcd::matrix {

std::string from_env(std::string const& name) { return secret::from_env(name).reveal(); }

options& options::homeserver(std::string url_or_server_name) {
    values_.homeserver = std::move(url_or_server_name);
    return *this;
}

options& options::store(std::string folder) {
    values_.store = std::move(folder);
    return *this;
}

options& options::store_key(base::store_key_source key) {
    values_.store_key = std::move(key);
    return *this;
}
options& options::device_name(std::string name) {
    values_.device_name = std::move(name);
    return *this;
}

options& options::at_first_start(first_start policy) {
    values_.at_first_start = policy;
    return *this;
}

options& options::filter(sync_filter what) {
    values_.filter = std::move(what);
    return *this;
}

options& options::first_sync_only(bool on) {
    values_.first_sync_only = on;
    return *this;
}

options& options::encryption(bool on) {
    values_.encryption = on;
    return *this;
}

options& options::qr_codes(bool shows, bool scans) {
    values_.shows_qr_codes = shows;
    values_.scans_qr_codes = scans;
    return *this;
}

options& options::recovery(recovery_key key) {
    values_.recovery = std::move(key);
    return *this;
}

options& options::unsigned_devices(std::function<bool(room_id const&)> in) {
    values_.unsigned_devices = std::move(in);
    return *this;
}

options& options::trusted_keys(std::vector<trusted_key> keys) {
    values_.trusted_keys = std::move(keys);
    return *this;
}

options& options::follow_upgrades(bool on) {
    values_.follow_upgrades = on;
    return *this;
}

options& options::pinned_members(std::function<bool(room_id const&)> in) {
    values_.pinned_members = std::move(in);
    return *this;
}

options& options::unreadable_matters(std::function<bool(room_id const&, user_id const&)> of) {
    values_.unreadable_matters = std::move(of);
    return *this;
}

options& options::rooms(std::function<bool(room_id const&)> wanted) {
    values_.rooms = std::move(wanted);
    return *this;
}

options& options::parallel_rooms(std::size_t number) {
    values_.parallel_rooms = number;
    return *this;
}

options& options::gap_bound(std::size_t events) {
    values_.gap_bound = events;
    return *this;
}

options& options::send_queue(std::size_t messages, std::size_t bytes) {
    values_.queued_messages = messages;
    values_.queued_bytes = bytes;
    return *this;
}

options& options::ca_file(std::string path) {
    values_.ca_file = std::move(path);
    return *this;
}

options& options::client_certificate(std::string certificate_file, std::string key_file) {
    values_.certificate_file = std::move(certificate_file);
    values_.key_file = std::move(key_file);
    return *this;
}

options& options::proxy(base::http::proxy_settings through) {
    values_.proxy = std::move(through);
    return *this;
}

options& options::time(base::clock& clock) {
    values_.time = &clock;
    return *this;
}

options& options::random(base::random& source) {
    values_.random = &source;
    return *this;
}

options& options::transport(base::http::transport& network) {
    values_.transport = &network;
    return *this;
}

options& options::log(base::logger to) {
    values_.log = std::move(to);
    return *this;
}

options& options::store_runner(std::function<std::unique_ptr<base::store_runner>()> make) {
    values_.store_runner = std::move(make);
    return *this;
}

options& options::workers(base::worker_pool& pool) {
    values_.workers = &pool;
    return *this;
}

options& options::store_hooks(base::store_hooks hooks) {
    values_.store_hooks = std::move(hooks);
    return *this;
}

}  // namespace chatrixcd::matrix
