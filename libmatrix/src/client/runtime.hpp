// SPDX-License-Identifier: Apache-2.0
// Everything behind a client: its parts, in the order in which they depend on each other, and their life from start to stop.
#pragma once

#include <chatrixcd/base/task_group.hpp>
#include <chatrixcd/matrix/client.hpp>

#include "copies/watch.hpp"
#include "encryption/encryption.hpp"
#include "encryption/key_backup.hpp"
#include "encryption/member_watch.hpp"
#include "encryption/verifications.hpp"
#include "http/api.hpp"
#include "inbox/dispatcher.hpp"
#include "outbox/courtesies.hpp"
#include "outbox/outbox.hpp"
#include "requests/feature_memory.hpp"
#include "session/session.hpp"
#include "state/info_cache.hpp"
#include "state/member_loader.hpp"
#include "state/services.hpp"
#include "state/upgrade_follower.hpp"
#include "sync/gap_filler.hpp"
#include "sync/loop.hpp"
#include "sync/passing.hpp"

namespace chatrixcd::matrix::detail {

class handlers {
public:
    handlers() = default;
    std::function<boost::asio::awaitable<void>(message)> on_message;
    std::function<boost::asio::awaitable<void>(room, event)> on_event;
    std::function<boost::asio::awaitable<void>(invite)> on_invite;
    std::function<boost::asio::awaitable<void>(room, std::string)> on_gap_lost;
    std::function<boost::asio::awaitable<void>(message, std::string)> on_set_aside;
    std::function<boost::asio::awaitable<void>(room, dead_letter)> on_send_failed;
    std::function<boost::asio::awaitable<void>(passing)> on_passing;
    std::function<boost::asio::awaitable<void>(verification)> on_verification;
    std::function<boost::asio::awaitable<void>(room, room)> on_room_upgraded;
    std::function<boost::asio::awaitable<void>(room, newcomer)> on_newcomer;
    std::function<bool(room_id const&, event const&)> deliver_if;
    bool pulled = false;
};

class runtime {
public:
    runtime(boost::asio::any_io_executor executor, options how);
    ~runtime();
    runtime(runtime const&) = delete;
    runtime& operator=(runtime const&) = delete;

    // Whether the parts below may be used: after a start, until a stop.
    result<void> ready() const;
    services& with() { return *services_; }
    matrix::detail::session& session() { return *session_; }
    matrix::detail::api& api() { return *api_; }
    matrix::detail::outbox& outbox() { return *outbox_; }
    copy_watch& copies() { return *copies_; }
    feature_memory& features() { return features_; }
    base::duration uptime() const { return time_->uptime(); }
    base::worker_pool& workers();
    info_cache& infos() { return infos_; }
    member_loader& members() { return *members_; }
    matrix::detail::courtesies& courtesies() { return *courtesies_; }
    // A key of which nobody else knows.
    std::string fresh_key() { return "own:" + random_->token(22); }

    matrix::detail::handlers& handlers() { return handlers_; }

    boost::asio::awaitable<result<void>> start(std::shared_ptr<token_source> tokens);
    boost::asio::awaitable<result<void>> synced();
    boost::asio::awaitable<result<own_identity_state>> identity();
    // Before we join a room: until others can see whose this device is, if that does not take long. Who sees it before gives it no keys,
    // and what they say then is never read.
    boost::asio::awaitable<void> introduced();
    boost::asio::awaitable<result<replaced_identity>> replace_identity(recovery_key fresh, uia::answers confirmed_by);
    boost::asio::awaitable<result<key_backup_state>> backup();
    std::optional<key_backup_state> known_backup() const;
    boost::asio::awaitable<result<std::string>> export_keys(secret passphrase);
    boost::asio::awaitable<result<imported_keys>> import_keys(std::string file, secret passphrase);
    boost::asio::awaitable<result<verification>> verify(room_id in, user_id whom);
    boost::asio::awaitable<result<verification>> verify_device(user_id whom, device_id device);
    boost::asio::awaitable<result<std::vector<newcomer>>> newcomers(room_id in);
    boost::asio::awaitable<result<void>> accept_newcomer(room_id in, user_id who, std::string identity);
    boost::asio::awaitable<result<user_identity>> identity_of(user_id whose);
    boost::asio::awaitable<result<void>> renew_session(user_id with_user, device_id their_device);
    boost::asio::awaitable<result<matrix::encryption_figures>> encryption_figures();
    boost::asio::awaitable<result<void>> run();
    boost::asio::awaitable<void> stop();
    void request_stop();
    bool is_running() const noexcept { return phase_ == phase::running; }
    std::optional<error> const& failure() const noexcept { return failure_; }
    boost::asio::awaitable<result<delivery>> next();

    user_id user;
    device_id const& device() const noexcept;

private:
    enum class phase : std::uint8_t { fresh, starting, running, stopping, stopped };

    result<void> open_store();
    boost::asio::awaitable<result<void>> open(std::shared_ptr<token_source> tokens);
    void make_parts();
    void make_encryption(receiver const& from);
    void make_verifications();
    void make_backup(receiver const& from);
    boost::asio::awaitable<result<event_id>> say_in(room_id in, std::string type, boost::json::object content);
    boost::asio::awaitable<result<sealed_message>> seal(outbox_row const& row);
    seal_part seal_at_once(room_id const& room);
    boost::asio::awaitable<void> begin();
    void watch_copies();
    void stored(received count, std::size_t reserved);
    void fail(error why);
    boost::asio::awaitable<void> end_parts();

    boost::asio::awaitable<void> handle(inbox_row row);
    boost::asio::awaitable<void> tell_given_up(inbox_row row);
    boost::asio::awaitable<void> tell_refused(dead_letter letter);
    boost::asio::awaitable<void> tell_upgraded(room_id before, room_id after);
    boost::asio::awaitable<void> tell_newcomer(room_id in, newcomer who, std::string occasion);
    matrix::room room_of(inbox_row const& row);
    message message_of(inbox_row const& row, event content);

    boost::asio::any_io_executor executor_;
    options::values how_;
    std::unique_ptr<base::clock> own_clock_;
    std::unique_ptr<base::random> own_random_;
    std::unique_ptr<base::http::transport> own_transport_;
    std::unique_ptr<base::worker_pool> own_workers_;
    base::clock* time_;
    base::random* random_;
    base::http::transport* transport_;
    base::logger log_;
    matrix::detail::handlers handlers_;

    phase phase_ = phase::fresh;
    bool stop_requested_ = false;
    bool synced_ = false;
    std::optional<error> failure_;
    base::notifier changed_;
    store_health health_;
    feature_memory features_;
    info_cache infos_;

    std::optional<base::folder_lock> lock_;
    std::unique_ptr<base::store> store_;
    std::unique_ptr<services> services_;
    std::unique_ptr<matrix::detail::session> session_;
    std::unique_ptr<matrix::detail::api> api_;
    std::unique_ptr<crypto::driver> olm_;
    std::unique_ptr<matrix::detail::encryption> encryption_;        // none: switched off
    std::unique_ptr<matrix::detail::verifications> verifications_;  // likewise
    std::unique_ptr<key_backup> backup_;                            // likewise
    std::unique_ptr<member_watch> people_;                          // none: no room's members are pinned
    std::unique_ptr<copy_watch> copies_;
    std::unique_ptr<matrix::detail::outbox> outbox_;
    std::unique_ptr<matrix::detail::courtesies> courtesies_;
    std::unique_ptr<dispatcher> inbox_;
    std::unique_ptr<gap_filler> gaps_;
    std::unique_ptr<member_loader> members_;
    std::unique_ptr<upgrade_follower> upgrades_;
    std::unique_ptr<passing_queue> passing_;
    std::unique_ptr<sync_loop> sync_;
    base::task_group loops_;
};

}  // namespace chatrixcd::matrix::detail
