// SPDX-License-Identifier: Apache-2.0
#include "client/runtime.hpp"

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <boost/json/serialize.hpp>
#include <cassert>

#include <chatrixcd/base/http_client.hpp>
#include <chatrixcd/base/timeout.hpp>

#include "content/event_access.hpp"
#include "encryption/key_files.hpp"
#include "requests/confirm.hpp"
#include "state/failure.hpp"
#include "state/sealed_columns.hpp"

namespace chatrixcd::matrix::detail {

namespace asio = boost::asio;

namespace {

// At a stop: for handlers to return, and again for the outbox to empty.
constexpr base::duration grace = std::chrono::seconds(5);

// Rooms of which what was asked is kept in memory; a few hundred bytes each.
constexpr std::size_t most_infos = 128;

// A homeserver that does not take our identity keeps us out of no room.
constexpr base::duration longest_introduction = std::chrono::seconds(10);

// For what is only polite.
constexpr base::duration short_grace = std::chrono::seconds(1);

asio::awaitable<bool> last_receipts(courtesies& of) {
    co_await of.finish();
    co_return true;
}

base::http::client_options network_options(options::values const& how) {
    base::http::client_options network;
    network.ca_file = how.ca_file;
    network.certificate_file = how.certificate_file;
    network.key_file = how.key_file;
    if (how.proxy) network.proxy = *how.proxy;
    return network;
}

base::store_key_source key_of(options::values const& how) {
    if (!std::holds_alternative<std::monostate>(how.store_key)) return how.store_key;
    return base::store_key_file{how.store + "/store.key"};
}

error without_encryption() { return error(error_kind::invalid, "the client has no encryption (options::encryption())"); }
error without_pins() { return error(error_kind::invalid, "the room's members are not pinned (options::pinned_members())"); }
error stopped() { return error(error_kind::unavailable, "the Matrix client does not run"); }

}  // namespace

runtime::runtime(asio::any_io_executor executor, options how)
    : executor_(std::move(executor)),
      how_(how.all()),
      time_(how_.time),
      random_(how_.random),
      transport_(how_.transport),
      log_(how_.log.named("matrix")),
      changed_(executor_),
      health_(log_.named("store")),
      features_(executor_),
      infos_(most_infos),
      loops_(executor_, [this](std::exception_ptr e) {
          log_.error("a part of the client ended unexpectedly", {{"why", words_of(e)}});
          fail(error(error_kind::internal, "a part of the Matrix client ended unexpectedly").with_hint("Look at its log"));
      }) {
    if (time_ == nullptr) time_ = (own_clock_ = base::make_system_clock()).get();
    if (random_ == nullptr) random_ = (own_random_ = base::make_system_random()).get();
    if (transport_ == nullptr) {
        own_transport_ = base::http::make_client(executor_, network_options(how_), log_.named("http"));
        transport_ = own_transport_.get();
    }
}

runtime::~runtime() {
    assert((phase_ == phase::fresh || phase_ == phase::stopped) && "stop() must have ended before the client is destroyed");
}

result<void> runtime::ready() const {
    if (phase_ == phase::running || phase_ == phase::stopping) return {};
    return stopped();
}

device_id const& runtime::device() const noexcept {
    static device_id const none;
    return session_ ? session_->device() : none;
}

base::worker_pool& runtime::workers() {
    if (how_.workers != nullptr) return *how_.workers;
    if (!own_workers_) own_workers_ = base::make_worker_pool(1);
    return *own_workers_;
}

result<void> runtime::open_store() {
    base::store_options file;
    file.migrations = migrations();
    file.sealed = sealed_columns();
    file.hooks = how_.store_hooks;
    if (!how_.store.empty()) {
        auto locked = base::folder_lock::acquire(how_.store);
        if (!locked) return locked.error();
        lock_.emplace(std::move(*locked));
        file.path = how_.store + "/matrix.db";
        file.key = key_of(how_);
    }
    auto runner = how_.store_runner ? how_.store_runner() : base::make_store_thread();
    auto opened = base::store::open(std::move(file), std::move(runner));
    if (!opened) return opened.error();
    store_ = std::move(*opened);
    return {};
}

asio::awaitable<result<void>> runtime::open(std::shared_ptr<token_source> tokens) {
    if (auto const store = open_store(); !store) co_return store.error();
    services_ = std::make_unique<services>(executor_, *time_, *random_, log_, *store_, health_);
    session_ = std::make_unique<matrix::detail::session>(*services_, *transport_, how_.homeserver, how_.device_name);
    auto opened = co_await session_->open(std::move(tokens));
    if (!opened) co_return opened;
    user = session_->user();
    co_return result<void>();
}

asio::awaitable<result<void>> runtime::start(std::shared_ptr<token_source> tokens) {
    if (phase_ != phase::fresh) co_return error(error_kind::invalid, "a Matrix client can be started once");
    phase_ = phase::starting;
    result<void> opened;
    try {
        opened = co_await open(std::move(tokens));
    } catch (base::store_error const& e) {
        opened = error(error_kind::environment, std::string("the store does not work: ") + e.what());
    }
    if (!opened) co_return opened;
    if (phase_ != phase::starting) co_return stopped();
    make_parts();
    phase_ = phase::running;
    loops_.spawn(begin());
    co_return result<void>();
}

// Nothing of a store is used before it is known whether it is a copy.
asio::awaitable<void> runtime::begin() {
    // What is gone with the client cannot be put back.
    if (!how_.store.empty()) co_await copies_->compare();
    if (verifications_) co_await verifications_->forget_unsent();
    // Nor is anything read before it is known whom to believe.
    if (encryption_) co_await encryption_->trust(how_.trusted_keys);
    loops_.spawn(inbox_->run());
    loops_.spawn(outbox_->resume());
    loops_.spawn(gaps_->run());
    if (encryption_) loops_.spawn(encryption_->run());
    if (encryption_ && how_.unreadable_matters) loops_.spawn(encryption_->watch_unread());
    if (verifications_) loops_.spawn(verifications_->run());
    if (backup_) loops_.spawn(backup_->run());
    if (people_) loops_.spawn(people_->run());
    if (how_.follow_upgrades) loops_.spawn(upgrades_->run());
    if (passing_->has_listener()) loops_.spawn(passing_->run());
    loops_.spawn(sync_->run(how_.first_sync_only));
}

void runtime::make_parts() {
    receiver::policy policy;
    policy.filter.rooms = how_.rooms;
    policy.filter.wanted = handlers_.deliver_if;
    policy.filter.messages = handlers_.on_message || handlers_.pulled;
    policy.filter.other_events = static_cast<bool>(handlers_.on_event);
    policy.filter.invites = static_cast<bool>(handlers_.on_invite);
    policy.deliver_first = how_.at_first_start == first_start::deliver_old;
    policy.lazy_members = how_.filter.has_lazy_members();
    policy.follow_upgrades = how_.follow_upgrades;
    if (how_.encryption) olm_ = crypto::make_libolm_driver(*random_);
    policy.olm = olm_.get();

    dispatcher::consumers to;
    to.handle = [this](inbox_row row) { return handle(std::move(row)); };
    to.given_up = [this](inbox_row row) { return tell_given_up(std::move(row)); };
    to.pulled = handlers_.pulled;

    sync_loop::listeners heard;
    heard.reserve = [this] { return inbox_->reserve(); };
    heard.give_back = [this](std::size_t places) { inbox_->give_back(places); };
    heard.doubtful = [this] {
        infos_.clear();
        gaps_->wake();
        upgrades_->wake();
    };
    heard.stored = [this](received count, std::size_t reserved) { stored(std::move(count), reserved); };
    heard.failed = [this](error const& why) { fail(why); };

    api_ = std::make_unique<matrix::detail::api>(*transport_, *session_, *time_, *random_);
    receiver const from(*services_, *api_, *session_, std::move(policy));
    queue_limits limits;
    limits.rows = static_cast<std::int64_t>(how_.queued_messages);
    limits.bytes = static_cast<std::int64_t>(how_.queued_bytes);
    matrix::detail::outbox::on_refused refused;
    if (handlers_.on_send_failed) refused = [this](dead_letter letter) { return tell_refused(std::move(letter)); };
    copies_ = std::make_unique<copy_watch>(*services_, *api_, *session_, how_.store);
    matrix::detail::outbox::sealer sealer;
    sealer.seal = [this](outbox_row const& row) { return seal(row); };
    sealer.at_once = [this](room_id const& room) { return seal_at_once(room); };
    outbox_ = std::make_unique<matrix::detail::outbox>(*services_, *api_, *session_, limits, std::move(sealer), std::move(refused));
    courtesies_ = std::make_unique<matrix::detail::courtesies>(*services_, *api_, user);
    inbox_ = std::make_unique<dispatcher>(*services_, std::move(to), std::clamp<std::size_t>(how_.parallel_rooms, 1, 64));
    auto filled = [this](room_id const& room) {
        infos_.forget(room);
        inbox_->wake();
        if (encryption_) encryption_->wake();
        if (backup_) backup_->wake();
    };
    auto said = [this](std::vector<crypto::verification_said> parts) { verifications_->take(std::move(parts)); };
    gaps_ = std::make_unique<gap_filler>(from, how_.filter, how_.gap_bound, std::move(filled), std::move(said));
    members_ = std::make_unique<member_loader>(*services_, *api_, [this](room_id const& room) { infos_.forget(room); });
    if (olm_) make_encryption(from);
    upgrades_ = std::make_unique<upgrade_follower>(
        *services_, *api_, [this](room_id before, room_id after) { return tell_upgraded(std::move(before), std::move(after)); });
    passing_ = std::make_unique<passing_queue>(executor_, handlers_.on_passing, log_.named("passing"));
    sync_ = std::make_unique<sync_loop>(from, how_.filter, *passing_, std::move(heard));
}

void runtime::make_encryption(receiver const& from) {
    matrix::detail::encryption::policy policy;
    policy.unsigned_devices = how_.unsigned_devices;
    policy.pinned_members = how_.pinned_members;
    policy.unreadable_matters = how_.unreadable_matters;
    policy.next = [from] { return from.next(); };
    policy.rows = [this] { inbox_->wake(); };
    policy.said = [this](std::vector<crypto::verification_said> said) { verifications_->take(std::move(said)); };
    policy.keys = [this] { backup_->wake(); };
    policy.state = [this] {
        changed_.notify_all();
        backup_->wake();
    };
    policy.people = [this] {
        if (people_) people_->wake();
    };
    policy.recovery = how_.recovery;
    policy.confirmed = [this](call what, boost::json::object body) {
        return confirm(*this, feature::cross_signing, std::move(what), std::move(body), uia::answers());
    };
    encryption_ = std::make_unique<matrix::detail::encryption>(*services_, *api_, *session_, *members_, *olm_, std::move(policy));
    make_verifications();
    make_backup(from);
    if (!how_.pinned_members) return;
    people_ = std::make_unique<member_watch>(*services_, *session_, *olm_, *members_, how_.pinned_members,
                                             [this](room_id in, newcomer who, std::string occasion) {
                                                 return tell_newcomer(std::move(in), std::move(who), std::move(occasion));
                                             });
}

void runtime::make_backup(receiver const& from) {
    key_backup::policy policy;
    policy.identity = [this] { return encryption_->identity(); };
    policy.next = [from] { return from.next(); };
    policy.rows = [this] { inbox_->wake(); };
    policy.state = [this] { changed_.notify_all(); };
    policy.recovery = how_.recovery;
    backup_ = std::make_unique<key_backup>(*services_, *api_, *session_, *olm_, std::move(policy));
}

void runtime::make_verifications() {
    verifications::policy policy;
    if (handlers_.on_verification) policy.asked = [this](verification asked) { return handlers_.on_verification(std::move(asked)); };
    policy.qr_codes.shows = how_.shows_qr_codes;
    policy.qr_codes.scans = how_.scans_qr_codes;
    policy.learn = [this](user_id whom) { return encryption_->learn(std::move(whom)); };
    policy.flush = [this] { encryption_->wake(); };
    policy.say = [this](room_id in, std::string type, boost::json::object content) {
        return say_in(std::move(in), std::move(type), std::move(content));
    };
    verifications_ = std::make_unique<verifications>(*services_, *api_, *session_, *olm_, std::move(policy));
}

// As it is: both sides of a verification hash what was sent, so that nothing of ours may be added to it.
asio::awaitable<result<event_id>> runtime::say_in(room_id in, std::string type, boost::json::object content) {
    outbox_item said;
    said.key = verification_key_prefix + fresh_key();
    said.made_here = true;
    said.room = std::move(in);
    said.type = std::move(type);
    said.content = boost::json::serialize(content);
    std::vector<outbox_item> all;
    all.push_back(std::move(said));
    co_return co_await outbox_->send(std::move(all));
}

asio::awaitable<result<verification>> runtime::verify(room_id in, user_id whom) {
    if (auto const usable = ready(); !usable) co_return usable.error();
    if (!verifications_) co_return without_encryption();
    co_return co_await verifications_->ask_in(std::move(in), std::move(whom));
}

asio::awaitable<result<verification>> runtime::verify_device(user_id whom, device_id device) {
    if (auto const usable = ready(); !usable) co_return usable.error();
    if (!verifications_) co_return without_encryption();
    co_return co_await verifications_->ask_device(std::move(whom), std::move(device));
}

asio::awaitable<result<std::vector<newcomer>>> runtime::newcomers(room_id in) {
    if (auto const usable = ready(); !usable) co_return usable.error();
    if (!encryption_) co_return without_encryption();
    if (!people_ || !how_.pinned_members(in)) co_return without_pins();
    co_return co_await people_->newcomers(std::move(in));
}

asio::awaitable<result<void>> runtime::accept_newcomer(room_id in, user_id who, std::string identity) {
    if (auto const usable = ready(); !usable) co_return usable.error();
    if (!encryption_) co_return without_encryption();
    if (!people_ || !how_.pinned_members(in)) co_return without_pins();
    co_return co_await people_->accept(std::move(in), std::move(who), std::move(identity));
}

asio::awaitable<result<user_identity>> runtime::identity_of(user_id whose) {
    if (auto const usable = ready(); !usable) co_return usable.error();
    if (!encryption_) co_return without_encryption();
    co_return co_await encryption_->identity_of(std::move(whose));
}

asio::awaitable<result<void>> runtime::renew_session(user_id with_user, device_id their_device) {
    if (auto const usable = ready(); !usable) co_return usable.error();
    if (!encryption_) co_return without_encryption();
    co_return co_await encryption_->renew_session(std::move(with_user), std::move(their_device));
}

asio::awaitable<result<matrix::encryption_figures>> runtime::encryption_figures() {
    if (auto const usable = ready(); !usable) co_return usable.error();
    if (!encryption_) co_return without_encryption();
    co_return co_await encryption_->figures();
}

asio::awaitable<result<sealed_message>> runtime::seal(outbox_row const& row) {
    watch_copies();
    if (encryption_) co_return co_await encryption_->seal(row);
    auto work = [account = services_->account, row](base::transaction& t) { return leave_in_clear(t, account, row); };
    co_return co_await write_through(*services_, std::move(work));
}

seal_part runtime::seal_at_once(room_id const& room) {
    watch_copies();
    return encryption_ ? encryption_->seal_at_once(room) : nullptr;
}

void runtime::watch_copies() {
    if (phase_ == phase::running && !how_.store.empty() && copies_->is_due()) loops_.spawn(copies_->raise());
}

void runtime::stored(received count, std::size_t reserved) {
    // A device that is new has no keys yet, and nobody says so.
    if (encryption_ && (count.devices || !encryption_->knows_device())) encryption_->wake();
    if (encryption_) encryption_->note_sync();
    if ((count.devices || count.waiting) && backup_) backup_->wake();
    if (!count.verifications.empty()) verifications_->take(std::move(count.verifications));
    for (auto const& each : count.complaints) log_.warning(each);
    if (count.gaps > 0) gaps_->wake();
    if (people_ && !count.changed.empty()) people_->wake();
    for (auto const& room : count.changed) infos_.forget(room);
    if (count.rows > 0 || reserved > 0) inbox_->give(std::move(count.taken), reserved);
    if (count.upgrades) upgrades_->wake();
    if (count.rows > 0) watch_copies();
    if (!synced_) {
        synced_ = true;
        changed_.notify_all();
    }
}

void runtime::fail(error why) {
    if (failure_) return;
    failure_ = why;
    if (outbox_) outbox_->fail(std::move(why));
    changed_.notify_all();
}

asio::awaitable<result<void>> runtime::synced() {
    while (!synced_ && !failure_ && phase_ == phase::running) co_await changed_.wait();
    if (failure_) co_return *failure_;
    if (!synced_) co_return stopped();
    co_return result<void>();
}

asio::awaitable<result<own_identity_state>> runtime::identity() {
    if (!how_.encryption) co_return without_encryption();
    while (!failure_ && phase_ == phase::running) {
        if (auto const why = encryption_->failure()) co_return *why;
        if (auto const known = encryption_->identity()) co_return *known;
        co_await changed_.wait();
    }
    if (failure_) co_return *failure_;
    co_return stopped();
}

asio::awaitable<void> runtime::introduced() {
    if (!encryption_) co_return;
    auto known = [](runtime* self) -> asio::awaitable<bool> { co_return (co_await self->identity()).has_value(); };
    co_await base::with_timeout(*time_, known(this), longest_introduction);
}

asio::awaitable<result<replaced_identity>> runtime::replace_identity(recovery_key fresh, uia::answers confirmed_by) {
    auto const before = co_await identity();
    if (!before) co_return before.error();
    identification::confirmed_request confirmed = [this, confirmed_by = std::move(confirmed_by)](call what, boost::json::object body) {
        return confirm(*this, feature::cross_signing, std::move(what), std::move(body), confirmed_by);
    };
    auto const done = co_await encryption_->replace_identity(fresh, std::move(confirmed));
    if (!done) co_return done.error();
    backup_->renew(done->has_fresh_key ? std::optional(fresh) : std::nullopt);
    while (!failure_ && phase_ == phase::running && backup_->is_renewing()) co_await changed_.wait();
    if (failure_) co_return *failure_;
    if (phase_ != phase::running) co_return stopped();
    co_return *done;
}

std::optional<key_backup_state> runtime::known_backup() const { return backup_ ? backup_->known() : std::nullopt; }

asio::awaitable<result<key_backup_state>> runtime::backup() {
    if (!how_.encryption) co_return without_encryption();
    while (!failure_ && phase_ == phase::running) {
        if (auto const why = encryption_->failure()) co_return *why;
        if (backup_->is_known()) co_return co_await backup_->state();
        co_await changed_.wait();
    }
    if (failure_) co_return *failure_;
    co_return stopped();
}

asio::awaitable<result<std::string>> runtime::export_keys(secret passphrase) {
    if (auto const usable = ready(); !usable) co_return usable.error();
    if (!backup_) co_return without_encryption();
    machine const store(*services_, *session_, *olm_);
    co_return co_await detail::export_keys(store, workers(), *random_, std::move(passphrase));
}

asio::awaitable<result<imported_keys>> runtime::import_keys(std::string file, secret passphrase) {
    if (auto const usable = ready(); !usable) co_return usable.error();
    if (!backup_) co_return without_encryption();
    machine const store(*services_, *session_, *olm_);
    auto const count = co_await detail::import_keys(store, workers(), std::move(file), std::move(passphrase));
    if (count) backup_->wake();
    co_return count;
}

asio::awaitable<result<void>> runtime::run() {
    while (!stop_requested_ && !failure_ && phase_ == phase::running) co_await changed_.wait();
    co_await stop();
    if (failure_) co_return *failure_;
    co_return result<void>();
}

void runtime::request_stop() {
    stop_requested_ = true;
    changed_.notify_all();
}

asio::awaitable<void> runtime::stop() {
    auto const throws = co_await asio::this_coro::throw_if_cancelled();
    co_await asio::this_coro::throw_if_cancelled(false);
    while (phase_ == phase::stopping) co_await changed_.wait_to_the_end();
    if (phase_ != phase::stopped) {
        bool const has_parts = phase_ == phase::running;
        phase_ = phase::stopping;
        changed_.notify_all();
        if (has_parts) co_await end_parts();
        if (session_) session_->close();
        store_.reset();
        lock_.reset();
        phase_ = phase::stopped;
        changed_.notify_all();
    }
    co_await asio::this_coro::throw_if_cancelled(throws);
}

asio::awaitable<void> runtime::end_parts() {
    copies_->close();
    loops_.cancel();
    co_await loops_.join();
    if (verifications_) co_await verifications_->cancel_and_join();
    inbox_->close();
    co_await base::with_timeout(*time_, inbox_->idle(), grace);
    co_await base::with_timeout(*time_, outbox_->idle(), grace);
    if (encryption_) co_await base::with_timeout(*time_, encryption_->finish(), short_grace);
    co_await inbox_->cancel_and_join();
    co_await outbox_->cancel_and_join();
    co_await base::with_timeout(*time_, last_receipts(*courtesies_), short_grace);
    co_await courtesies_->cancel_and_join();
    outbox_->fail(stopped());
    if (!how_.store.empty()) co_await copies_->conclude();
}

asio::awaitable<result<delivery>> runtime::next() {
    if (!handlers_.pulled) co_return error(error_kind::invalid, "messages are not pulled: call pull_messages() before start()");
    if (!inbox_) co_return stopped();
    auto place = co_await inbox_->next();
    if (!place) {
        if (failure_) co_return *failure_;
        co_return stopped();
    }
    auto content = event_access::parse_text(place->row().event, place->row().believed);
    if (!content) {
        place->say(verdict::failed, content.error().describe());
        co_return content.error();
    }
    auto handed = message_of(place->row(), std::move(*content));
    co_return delivery(std::move(handed), std::move(place));
}

}  // namespace chatrixcd::matrix::detail
