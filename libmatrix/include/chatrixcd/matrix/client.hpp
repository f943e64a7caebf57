// SPDX-License-Identifier: Apache-2.0
// One Matrix account: logs in, stays in sync, delivers what arrives and sends what is asked, so that neither is lost or doubled by a crash.
//
// Order of use: construct, set handlers, start(), and in the end run() or stop(). Every call belongs on the executor's thread (a strand on
// a pool). All memory is bounded; what waits, waits on disk. stop() must have ended before the client is destroyed, and the client must
// outlive every room, message and delivery that it gave out, and every call on them.
//
// Delivery. A message is stored with the sync position in one transaction, then handed out: in order in a room, several rooms at once. It
// is done when its handler has returned; a handler that throws is asked again, and after three tries the message is set aside, so that
// it does not block those behind it. If our own store fails, delivery pauses until it works again; nothing is given up for it.
// Failures of a handler show in the log with an error id, never to the room.
//
// Copies. A store folder that is put back from a copy is recognised at the next start, unless the copy is younger than ten minutes of
// activity: what arrives up to then is delivered as restored(), what is sent in the first hour is looked for in the room before it is
// sent, and nothing is encrypted any more with the keys that the copy had.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <chatrixcd/matrix/delivery.hpp>
#include <chatrixcd/matrix/identity.hpp>
#include <chatrixcd/matrix/key_backup.hpp>
#include <chatrixcd/matrix/login.hpp>
#include <chatrixcd/matrix/message.hpp>
#include <chatrixcd/matrix/new_room.hpp>
#include <chatrixcd/matrix/newcomer.hpp>
#include <chatrixcd/matrix/options.hpp>
#include <chatrixcd/matrix/passing.hpp>
#include <chatrixcd/matrix/room.hpp>
#include <chatrixcd/matrix/sending.hpp>
#include <chatrixcd/matrix/uia.hpp>
#include <chatrixcd/matrix/user_identity.hpp>
#include <chatrixcd/matrix/verification.hpp>

namespace chatrixcd::matrix {

class account;
class devices;
class directory;
class features;
class media;
class membership;
class presence;
class profile;
class push_rules;
class reports;
class search;

class client {
public:
    client(boost::asio::any_io_executor executor, options how);
    ~client();
    client(client const&) = delete;
    client& operator=(client const&) = delete;

    // Handlers and predicates are set before start().
    //
    // A message of somebody else; by default only text (m.text) is delivered. Returning acknowledges it.
    void on_message(std::function<boost::asio::awaitable<void>(message)> handler);
    // Every event that deliver_if() accepts and that is no message of somebody else: edits, reactions, own messages, state.
    void on_event(std::function<boost::asio::awaitable<void>(matrix::room, event)> handler);
    // Without a handler, invitations are left alone.
    void on_invite(std::function<boost::asio::awaitable<void>(invite)> handler);
    // Messages of a room were lost to us, for the reason given: more than the gap bound, withheld by the homeserver, or encrypted with a
    // key that did not come (options::unreadable_matters()).
    void on_gap_lost(std::function<boost::asio::awaitable<void>(matrix::room, std::string)> handler);
    // A room was upgraded while we were in it, and we have joined its successor, which names the old room as its predecessor. Called again
    // after a crash before it had returned.
    void on_room_upgraded(std::function<boost::asio::awaitable<void>(matrix::room before, matrix::room after)> handler);
    // A message was given up after three tries; with the error id that the log has. Called before that is committed, so perhaps again
    // after a crash.
    void on_set_aside(std::function<boost::asio::awaitable<void>(message, std::string)> handler);
    // A message was refused for good, with the reason: whoever sent it is told as well, if he still waits. Called once the refusal is
    // stored; not again after a crash, so look at dead_letters() too. Not called for what the handler sends itself.
    void on_send_failed(std::function<boost::asio::awaitable<void>(matrix::room, dead_letter)> handler);
    // What passes by and is not kept; one after another. With a handler the homeserver is asked for it; of what waits, the newest 1000 and
    // 4 MiB are kept.
    void on_passing(std::function<boost::asio::awaitable<void>(passing)> handler);
    // Somebody asks to be verified, or a device of an older client begins without asking. Without a handler nobody is answered. The handler
    // may take as long as people do; it runs at once, beside others.
    void on_verification(std::function<boost::asio::awaitable<void>(verification)> handler);
    // Somebody in a room of pinned members (options::pinned_members()) gets no keys until room::accept_newcomer(): a newcomer, or a member
    // with another identity. Called once for each and identity; again after a crash before it had returned.
    void on_newcomer(std::function<boost::asio::awaitable<void>(matrix::room, newcomer)> handler);
    // Which events are stored for delivery; is_text_message() by default. Pure: called on the store's thread.
    void deliver_if(std::function<bool(room_id const&, event const&)> wanted);
    // Messages are taken by next() instead of on_message().
    void pull_messages();

    // Opens the store, finds the homeserver, restores the session or logs in, and begins to sync. Called once.
    // Errors: environment (the folder), conflict (another process uses it; it belongs to another user), invalid (the homeserver's name),
    // unavailable, unauthorized and forbidden (the login), protocol (no Matrix homeserver).
    boost::asio::awaitable<result<void>> start(std::shared_ptr<token_source> tokens);
    // Waits until the first sync since start() is stored. Errors as run().
    boost::asio::awaitable<result<void>> synced();
    // Waits until request_stop() is called or the account is of no use any more (unauthorized), then stops. Returns that error.
    boost::asio::awaitable<result<void>> run();
    // Makes run() end. Fit for signal and message handlers.
    void request_stop();
    // Ends syncing, gives handlers 5 s to return and the outbox 5 s to empty, then cancels and joins everything and closes the store.
    // Idempotent; works after a failed start. Not to be awaited by a handler: request_stop() is for those.
    boost::asio::awaitable<void> stop();
    bool is_running() const noexcept;
    // Why the account is of no use, if it is not.
    std::optional<error> failure() const;

    // The next message, after pull_messages(). Errors: unavailable (stopped), invalid (messages are not pulled), and run()'s.
    boost::asio::awaitable<result<delivery>> next();

    // Valid after start().
    user_id const& user() const noexcept;
    device_id const& device() const noexcept;

    // Waits until it is known how this device stands to the account's identity, which may take requests to the homeserver. Errors: invalid
    // (options::encryption() is off), unavailable (not running), conflict (store and homeserver know different keys of this device), and
    // run()'s.
    boost::asio::awaitable<result<own_identity_state>> identity();

    // Replaces the account's identity, on purpose: for when nobody can fetch the old one any more. Whoever has verified the account does
    // so again, and the account's other devices are vouched for by nobody until they are verified from here. If this device holds the
    // identity that the homeserver shows, that one stays. The secret storage is made anew under `fresh`, unless options::recovery() opens
    // the account's own; so is the key backup, unless its private key is here: keys in the old one are lost to whoever has not read it.
    //
    // The homeserver wants it confirmed by the account's owner: `confirmed_by` says how, by default with the login's password. Whatever it
    // ends with, and wherever it is interrupted, either the old identity counts or the new one is held here; calling it again goes on. What
    // is said in encrypted rooms meanwhile waits. Waits for the backup as long as the homeserver is out of order. Errors: unauthorized (a
    // confirmation that nobody answered for; one that is given elsewhere, as with MSC3967 and MSC4312, has the homeserver's address in
    // server_text()), forbidden (the confirmation was not taken), and those of identity() and of the requests.
    boost::asio::awaitable<result<replaced_identity>> replace_identity(recovery_key fresh, uia::answers confirmed_by);
    boost::asio::awaitable<result<replaced_identity>> replace_identity(recovery_key fresh);

    // Waits until it is known what becomes of the account's backup of room keys, which may take requests to the homeserver. Errors as
    // identity().
    boost::asio::awaitable<result<key_backup_state>> backup();
    // What backup() would say but for what is missing there, if it is known by now.
    std::optional<key_backup_state> known_backup() const;
    // All room keys of the store as the text of a file that other clients read, under a passphrase (client-server API, "Key exports").
    // Whoever has both reads what was said. Errors: invalid (no passphrase; options::encryption() is off), too_large (more than 64 MiB),
    // unavailable.
    boost::asio::awaitable<result<std::string>> export_keys(secret passphrase);
    // Takes in the keys of such a text, of up to 64 MiB. What waits for them is delivered soon; they are worth no more than those of a
    // backup (matrix/key_backup.hpp). Errors: forbidden (the passphrase is another, or the text was changed), invalid (it is no such text,
    // or wants more than five million rounds; options::encryption() is off), too_large, unavailable.
    boost::asio::awaitable<result<imported_keys>> import_keys(std::string file, secret passphrase);

    // Asks somebody in a room to be verified, or a device. Errors: invalid (options::encryption() is off), rate_limited (enough are going
    // on), and those of sending.
    boost::asio::awaitable<result<verification>> verify(room_id in, user_id whom);
    boost::asio::awaitable<result<verification>> verify_device(user_id whom, device_id device);

    // A user's devices and identity, asked of the homeserver now. Errors: invalid (options::encryption() is off), unavailable (not
    // running), and those of the request.
    boost::asio::awaitable<result<user_identity>> identity_of(user_id user);
    // Begins a new Olm session with a device and tells it so by a message of no content (client-server API, "Recovering from undecryptable
    // messages"): for when what it sends cannot be read. At most once an hour with each, also when it was done unasked. Errors: invalid
    // (options::encryption() is off, or the device is our own), not_found (no such device), rate_limited (with retry_after()), unavailable
    // (the device has no keys left for it, or not running), and those of the requests, after which it is tried again.
    boost::asio::awaitable<result<void>> renew_session(user_id user, device_id device);
    // Errors: invalid (options::encryption() is off), unavailable (not running).
    boost::asio::awaitable<result<matrix::encryption_figures>> encryption_figures();

    matrix::room room(room_id id);
    // Rooms that we have joined, as of the last sync.
    boost::asio::awaitable<std::vector<room_id>> rooms();
    // Rooms that we have joined together with that user, as far as members are known (room::members()).
    boost::asio::awaitable<std::vector<room_id>> shared_rooms(user_id with);
    // Not idempotent. Errors: timeout_unknown (it may exist now), and what the homeserver refuses.
    boost::asio::awaitable<result<room_id>> create_room(new_room what);
    // Joins by id or alias; `via` are servers to join through.
    boost::asio::awaitable<result<room_id>> join(std::string room_or_alias, std::vector<std::string> via = {});
    // Forgets a key of a message that is settled: a later send with it sends again, and a refused message is dropped for good.
    boost::asio::awaitable<void> forget_key(std::string key);
    // Withdraws a message that is still queued.
    boost::asio::awaitable<cancellation> cancel_send(std::string key);
    // Messages that were refused for good, the newest first.
    boost::asio::awaitable<std::vector<dead_letter>> dead_letters(std::size_t most = 100);
    // Sends a refused message again, behind what waits in its room; of any other key, gives or waits for its outcome. Error not_found: no
    // such key, or its content is not kept any more; the others as room::send().
    boost::asio::awaitable<result<event_id>> resend(std::string key);
    // For stores beside ours: keeps a number under a name of 1 to 64 characters, unless a higher one is kept, in our store and at the
    // homeserver (account data org.chatrixcd.store), where putting copies of the stores back does not take it back. Returns what was kept
    // before; 0: nothing. A store that finds more than it has itself is a copy. Waits until the homeserver has answered; one that
    // refuses account data is done without. Errors: unavailable (not running), invalid (the name).
    boost::asio::awaitable<result<std::int64_t>> keep_mark(std::string name, std::int64_t value);
    // Ends the session at the homeserver and forgets it; call stop() next.
    boost::asio::awaitable<result<void>> log_out();

    // What an account can ask for, by topic; each in the header of its name. Handles: cheap, must not outlive the client.
    matrix::account account() const;
    matrix::devices devices() const;
    matrix::directory directory() const;
    matrix::features features() const;
    matrix::media media() const;
    matrix::membership membership() const;
    matrix::presence presence() const;
    matrix::profile profile() const;
    matrix::push_rules push_rules() const;
    matrix::reports reports() const;
    matrix::search search() const;

private:
    std::unique_ptr<detail::runtime> runtime_;
};

}  // namespace chatrixcd::matrix
