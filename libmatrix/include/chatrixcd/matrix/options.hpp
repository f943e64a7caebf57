// SPDX-License-Identifier: Apache-2.0
// How a client is set up. Everything that reaches outside (time, randomness, network, threads, log) can be handed in; what is handed in
// by reference must outlive the client.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/http.hpp>
#include <chatrixcd/base/http_proxy.hpp>
#include <chatrixcd/base/log.hpp>
#include <chatrixcd/base/random.hpp>
#include <chatrixcd/base/store.hpp>
#include <chatrixcd/base/store_key.hpp>
#include <chatrixcd/base/worker_pool.hpp>
#include <chatrixcd/matrix/ids.hpp>
#include <chatrixcd/matrix/recovery_key.hpp>
#include <chatrixcd/matrix/sync_filter.hpp>
#include <chatrixcd/matrix/user_identity.hpp>

namespace chatrixcd::matrix {

// What becomes of messages that were in the rooms before this account's first sync.
enum class first_start : std::uint8_t {
    ignore_old,   // nothing of them is delivered
    deliver_old,  // those that the first sync shows are delivered, the newest of each room
};

class options {
public:
    options() = default;

    // "https://matrix.example.org" is used as it is; "example.org" is looked up (client-server API, "Server discovery").
    options& homeserver(std::string url_or_server_name);
    // A folder (made with mode 0700) for this account alone; empty, the default: in memory, gone with the client.
    options& store(std::string folder);
    // The key under which a store in a folder keeps tokens, keys and messages, or the file that has it or shall (base::store_key_file). By
    // default the file `store.key` in that folder, which is made at the first start: a copy of the store is nothing without its key. A
    // store in memory needs none.
    options& store_key(base::store_key_source key);
    // What people see in the account's list of devices.
    options& device_name(std::string name);
    options& at_first_start(first_start policy);
    // What the homeserver shows at all.
    options& filter(sync_filter what);
    // Whether a room that was upgraded (m.room.tombstone) while we were in it is followed to its successor: joined, through the server of
    // who upgraded it, and left again if it does not name the old room as its predecessor. On by default.
    options& follow_upgrades(bool on);
    // Only the first sync response is taken: for a look at the account, beside which another client may run as the same device. What waits
    // for that device at the homeserver goes on waiting.
    options& first_sync_only(bool on);
    // End-to-end encryption (docs/e2ee.md): on by default, which gives an account that has no identity one. Without it nothing is said in a
    // room that was ever encrypted, and nothing read.
    options& encryption(bool on);
    // The account's recovery key. With it the identity that vouches for this device is fetched from the account's secret storage when the
    // store does not hold it, and put there when it is not; an account without secret storage gets one under this key (client-server API,
    // "Secrets"). Room keys are backed up and restored (matrix/key_backup.hpp).
    options& recovery(recovery_key key);
    // What the program can do with QR codes when somebody is verified (matrix/verification.hpp): draw verification::qr_data(), and hand
    // what a camera has read to verification::scan(). Nothing by default; it is offered to others beside codes that people compare;
    // whoever offers QR codes alone is not answered.
    options& qr_codes(bool shows, bool scans);
    // Rooms in which devices get keys that their owner's identity does not vouch for (MSC4153): none by default.
    options& unsigned_devices(std::function<bool(room_id const&)> in);
    // Rooms whose members are pinned: none by default. Whoever was not in the room (or invited) when it was first seen so gets no keys
    // until room::accept_newcomer() admits them, nor does a member whose identity has changed: a homeserver cannot add a reader. Their
    // devices are told so ("m.unauthorised"). Who leaves and comes back is a newcomer too.
    options& pinned_members(std::function<bool(room_id const&)> in);
    // The keys by which people are known from elsewhere: these and no others, so that what one stood for ends at the next start without it.
    // A key that fits neither its user's identity nor a device of theirs is a warning in the log, and stands for nothing. None by default.
    options& trusted_keys(std::vector<trusted_key> keys);
    // Of whom it matters that a message could not be read. Such messages are waited for, for ten minutes after they came; then they are
    // given up, and client::on_gap_lost() is told why: they are never delivered later. Those of others go on waiting for their keys. None
    // by default. Pure: called on the store's thread.
    options& unreadable_matters(std::function<bool(room_id const&, user_id const&)> of);
    // Which rooms' events are delivered; all by default. Pure: called on the store's thread.
    options& rooms(std::function<bool(room_id const&)> wanted);
    // How many rooms' messages are handled at once: 1 to 64, 8 by default.
    options& parallel_rooms(std::size_t number);
    // How many events of one gap in a timeline are fetched before the rest is given up: 10,000 by default.
    options& gap_bound(std::size_t events);

    // How much may wait to be sent in one room, in messages and in bytes of their contents: 1,000 and 8 MiB by default. Beyond it, sends
    // are refused (rate_limited, too_large) instead of queued.
    options& send_queue(std::size_t messages, std::size_t bytes);

    // Of the network that the client makes if it is handed none. A PEM file of CAs beside the system's.
    options& ca_file(std::string path);
    // PEM files of a certificate that the homeserver asks for, with those between it and its CA, and of its key.
    options& client_certificate(std::string certificate_file, std::string key_file);
    // None by default; run_bot() takes that of the environment (base/http_proxy.hpp) if this is not called.
    options& proxy(base::http::proxy_settings through);

    options& time(base::clock& clock);
    options& random(base::random& source);
    options& transport(base::http::transport& network);
    options& log(base::logger to);
    // Makes what the database runs on; a thread of its own by default.
    options& store_runner(std::function<std::unique_ptr<base::store_runner>()> make);
    // Where files are read, written and hashed; a thread of its own by default, made when it is first needed.
    options& workers(base::worker_pool& pool);
    // For tests of crashes.
    options& store_hooks(base::store_hooks hooks);

    // What was set; read by the client.
    class values {
    public:
        values() = default;
        std::string homeserver;
        std::string store;
        base::store_key_source store_key;
        std::string device_name = "chatrixcd";
        first_start at_first_start = first_start::ignore_old;
        sync_filter filter;
        bool follow_upgrades = true;
        bool first_sync_only = false;
        bool encryption = true;
        bool shows_qr_codes = false;
        bool scans_qr_codes = false;
        std::optional<recovery_key> recovery;
        std::function<bool(room_id const&)> unsigned_devices;
        std::function<bool(room_id const&)> pinned_members;
        std::vector<trusted_key> trusted_keys;
        std::function<bool(room_id const&, user_id const&)> unreadable_matters;
        std::function<bool(room_id const&)> rooms;
        std::size_t parallel_rooms = 8;
        std::size_t gap_bound = 10000;
        std::size_t queued_messages = 1000;
        std::size_t queued_bytes = 8U << 20U;
        std::string ca_file;
        std::string certificate_file;
        std::string key_file;
        std::optional<base::http::proxy_settings> proxy;
        base::clock* time = nullptr;
        base::random* random = nullptr;
        base::http::transport* transport = nullptr;
        base::logger log;
        std::function<std::unique_ptr<base::store_runner>()> store_runner;
        base::worker_pool* workers = nullptr;
        base::store_hooks store_hooks;
    };
    values const& all() const noexcept { return values_; }

private:
    values values_;
};

}  // namespace chatrixcd::matrix
