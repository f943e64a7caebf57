// SPDX-License-Identifier: Apache-2.0
#include "encryption/encryption.hpp"

#include <algorithm>
#include <boost/json/object.hpp>

#include <chatrixcd/base/json_reader.hpp>

#include "crypto/devices/device_table.hpp"
#include "crypto/keys/cross_signing_keys.hpp"
#include "crypto/keys/device_keys.hpp"
#include "crypto/keys/own_device.hpp"
#include "crypto/keys/own_identity.hpp"
#include "crypto/olm/channel.hpp"
#include "crypto/olm/requests.hpp"
#include "crypto/olm/session_table.hpp"
#include "http/retry.hpp"
#include "state/room_table.hpp"
#include "sync/decryption.hpp"

namespace chatrixcd::matrix::detail {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

// Keys for so many devices are made in one transaction, so that others need not wait for long.
constexpr std::size_t slice = 50;
constexpr unsigned most_rounds = 10;
constexpr std::size_t most_bytes = 64U << 20U;

call post(std::string path, json::object const& body, std::string_view purpose) {
    return call::post(std::move(path)).body(body).again().max_response(most_bytes).named(purpose);
}

std::vector<user_id> users_of(std::vector<crypto::query_entry> const& asked) {
    std::vector<user_id> users;
    users.reserve(asked.size());
    for (auto const& each : asked) users.push_back(each.user);
    return users;
}

// What the homeserver has of this device, and what is wrong with it; nothing if all is well.
std::optional<error> compare(crypto::context const& with, json::object const& answer) {
    auto const own = with.t.first("SELECT published, ed25519 FROM own_device WHERE account = ?1", {with.account});
    bool const published = own && own->integer(0) != 0;
    auto const* all = base::find_object(answer, "device_keys");
    auto const* mine = all == nullptr ? nullptr : base::find_object(*all, with.me.str());
    auto const* there = mine == nullptr ? nullptr : base::find_object(*mine, with.device.str());
    auto const* const hint = "Log in as a new device: remove the store, or give the client another one";
    if (there == nullptr) {
        if (!published) return std::nullopt;
        return error(error_kind::conflict, "the homeserver has lost the keys of this device").with_hint(hint);
    }
    auto const read = crypto::read_device_keys(*there, with.me, with.device);
    if (published && read && read->ed25519 == own->text(1)) return std::nullopt;
    return error(error_kind::conflict, published ? "the homeserver has other keys for this device than this store"
                                                 : "this device has keys already, and this store does not have them")
        .with_hint(hint);
}

// What is missing between this device and the account's identity.
struct identity_plan {
    bool is_foreign = false;                // somebody else made one
    std::optional<json::object> keys;       // to be published
    std::optional<json::object> signature;  // likewise
};

json::object const* own_part(json::object const& answer, std::string_view member, user_id const& me) {
    auto const* all = base::find_object(answer, member);
    return all == nullptr ? nullptr : base::find_object(*all, me.str());
}

identity_plan plan_identity(crypto::context const& with, json::object const& answer, crypto::own_identity const& fresh) {
    identity_plan plan;
    auto const there = crypto::read_user_keys(own_part(answer, "master_keys", with.me), own_part(answer, "self_signing_keys", with.me),
                                              own_part(answer, "user_signing_keys", with.me), with.me);
    auto held = crypto::own_identity::load(with);
    if (!there.master.empty() && (!held || held->master() != there.master)) {
        plan.is_foreign = true;
        return plan;
    }
    if (!held) {
        fresh.save(with);
        held = fresh;
    }
    crypto::own_device device(with);
    if (there.master.empty() || there.self_signing.empty() || there.user_signing.empty()) plan.keys = held->upload_body(with, device);
    auto const* devices = own_part(answer, "device_keys", with.me);
    auto const* here = devices == nullptr ? nullptr : base::find_object(*devices, with.device.str());
    auto const read = here == nullptr ? base::result<crypto::device_keys>(error(error_kind::not_found, "no keys"))
                                      : crypto::read_device_keys(*here, with.me, with.device);
    if (plan.keys || !read || !crypto::is_cross_signed(*read, there)) plan.signature = held->signature_body(with, device);
    return plan;
}

}  // namespace

// One errand at a time: a list is asked for once, and a key is claimed once.
class encryption::turn {
public:
    explicit turn(encryption& of) : of_(of) { of_.busy_ = true; }
    turn(turn const&) = delete;
    turn& operator=(turn const&) = delete;
    ~turn() {
        of_.busy_ = false;
        of_.changed_.notify_all();
    }

private:
    encryption& of_;
};

template <class F>
auto encryption::in(F work) {
    auto all = [olm = olm_, account = with_->account, me = session_->user(), device = session_->device(), now = with_->time.now(),
                work = std::move(work)](base::transaction& t) mutable {
        crypto::context const with{t, *olm, account, me, device, now};
        return work(with);
    };
    return write_through(*with_, std::move(all));
}

encryption::encryption(services& with, api& homeserver, session const& who, member_loader& members, crypto::driver& olm, policy how)
    : with_(&with),
      api_(&homeserver),
      session_(&who),
      members_(&members),
      olm_(&olm),
      how_(std::move(how)),
      changed_(with.executor),
      log_(with.log.named("encryption")) {}

void encryption::wake() {
    wanted_ = true;
    changed_.notify_all();
}

asio::awaitable<void> encryption::run() {
    backoff wait(with_->random, std::chrono::seconds(1));
    while (!failed_) {
        while (!wanted_ || busy_) co_await changed_.wait();
        wanted_ = false;
        bool const went_well = co_await keep_up();
        if (went_well) {
            wait.reset();
        } else {
            wanted_ = true;
            auto const delay = wait.next();
            co_await with_->time.sleep(delay);
        }
    }
}

asio::awaitable<bool> encryption::keep_up() {
    turn const mine(*this);
    using errand = asio::awaitable<result<void>> (encryption::*)();
    for (errand const each : {&encryption::check_device, &encryption::upload, &encryption::identify, &encryption::query,
                              &encryption::unwedge, &encryption::flush}) {
        auto const done = co_await (this->*each)();
        if (failed_) co_return false;
        if (!done) {
            log_.warning("encryption cannot be kept up, trying again", {{"why", done.error().describe()}});
            co_return false;
        }
    }
    co_return true;
}

// Once a start: our store and the homeserver must agree on who we are.
asio::awaitable<result<void>> encryption::check_device() {
    if (checked_ == session_->device()) co_return result<void>();
    auto const device = session_->device();
    std::vector<crypto::query_entry> me;
    me.push_back({session_->user(), 0});
    auto request = post(client_path({"keys", "query"}), crypto::query_body(me), "asking for our own keys");
    auto answer = co_await api_->request(std::move(request));
    if (!answer) co_return answer.error();
    auto work = [answer = std::move(*answer)](crypto::context const& with) { return compare(with, answer); };
    auto wrong = co_await in(std::move(work));
    if (wrong) {
        log_.error("this device is not who it was: it says and reads nothing in encrypted rooms", {{"why", wrong->describe()}});
        failed_ = std::move(wrong);
        co_return *failed_;
    }
    checked_ = device;
    co_return result<void>();
}

asio::awaitable<result<void>> encryption::upload() {
    for (unsigned round = 0; round < most_rounds; ++round) {
        auto make = [](crypto::context const& with) { return crypto::own_device(with).to_upload(); };
        auto body = co_await in(std::move(make));
        if (!body) co_return result<void>();
        auto request = post(client_path({"keys", "upload"}), *body, "uploading our keys");
        auto answer = co_await api_->request(std::move(request));
        if (!answer && answer.error().http_status() == 400) {
            // Another key is there under the same id: the account was used by two, or its store was put back.
            log_.error("the homeserver does not take our keys: it says and reads nothing in encrypted rooms any more",
                       {{"why", answer.error().describe()}});
            failed_ = error(error_kind::conflict, "the homeserver and this store disagree about this device's keys")
                          .with_hint("Log in as a new device: remove the store, or give the client another one");
            co_return *failed_;
        }
        if (!answer) co_return answer.error();
        auto keep = [answer = std::move(*answer)](crypto::context const& with) { crypto::own_device(with).uploaded(answer); };
        co_await in(std::move(keep));
    }
    co_return result<void>();
}

// Once a start: the account's identity, made if there is none, says that this device is its own.
asio::awaitable<result<void>> encryption::identify() {
    auto const device = session_->device();
    if (identified_ == device) co_return result<void>();
    std::vector<crypto::query_entry> me;
    me.push_back({session_->user(), 0});
    auto request = post(client_path({"keys", "query"}), crypto::query_body(me), "asking for our own identity");
    auto answer = co_await api_->request(std::move(request));
    if (!answer) co_return answer.error();
    auto look = [answer = std::move(*answer), fresh = crypto::own_identity::make(with_->random)](crypto::context const& with) {
        return plan_identity(with, answer, fresh);
    };
    auto plan = co_await in(std::move(look));
    if (plan.is_foreign) {
        log_.warning("the account has an identity that this store does not hold: others see this device as one that nobody vouches for");
        identified_ = device;
        co_return result<void>();
    }
    if (plan.keys) {
        auto upload = call::post(client_path({"keys", "device_signing", "upload"})).again().named("publishing the account's identity");
        auto const done = co_await how_.confirmed(std::move(upload), std::move(*plan.keys));
        if (!done && base::is_retryable(done.error())) co_return done.error();
        if (!done) {
            log_.error("the account gets no identity: others see this device as one that nobody vouches for",
                       {{"why", done.error().describe()}});
            identified_ = device;
            co_return result<void>();
        }
    }
    if (plan.signature) {
        auto sign = post(client_path({"keys", "signatures", "upload"}), *plan.signature, "signing this device");
        auto const done = co_await api_->request(std::move(sign));
        if (!done) co_return done.error();
        auto const* failures = base::find_object(*done, "failures");
        if (failures != nullptr && !failures->empty()) log_.error("the homeserver does not take the signature of this device");
        log_.info("this device belongs to the account's identity", {{"device", device.str()}});
    }
    identified_ = device;
    co_return result<void>();
}

asio::awaitable<result<void>> encryption::query() {
    std::string last;
    for (unsigned round = 0; round < most_rounds; ++round) {
        auto look = [](crypto::context const& with) { return crypto::to_query(with); };
        auto asked = co_await in(std::move(look));
        // Those who were not answered are asked again when there is news.
        if (asked.empty() || (!last.empty() && asked.front().user.str() == last)) co_return result<void>();
        last = asked.front().user.str();
        auto request = post(client_path({"keys", "query"}), crypto::query_body(asked), "asking for devices");
        auto answer = co_await api_->request(std::move(request));
        if (!answer) co_return answer.error();
        auto keep = [asked, answer = std::move(*answer)](crypto::context const& with) {
            return crypto::take_query_answer(with, asked, answer);
        };
        auto const outcome = co_await in(std::move(keep));
        for (auto const& each : outcome.refused) log_.warning("a device is not taken", {{"which", each}});
        for (auto const& each : outcome.identity_changed) log_.warning("somebody has another identity", {{"user", each.str()}});
        co_await put_in_place(users_of(asked));
    }
    co_return result<void>();
}

// What waited to know whose device it came from.
asio::awaitable<void> encryption::put_in_place(std::vector<user_id> asked) {
    auto how = how_.next();
    auto work = [asked = std::move(asked), how = std::move(how)](crypto::context const& with) mutable {
        decryption opening(with.t, with.olm, with.account, with.me, with.device, with.now);
        std::size_t rows = 0;
        for (auto const& each : opening.reopen_of(asked)) {
            if (store_opened(with.t, each.opened, each.where, how)) ++rows;
        }
        return rows;
    };
    auto const rows = co_await in(std::move(work));
    if (rows > 0) how_.rows();
}

// Returns those with which there is none all the same.
asio::awaitable<result<std::vector<crypto::device_row>>> encryption::begin_sessions(std::vector<crypto::device_row> devices) {
    if (devices.empty()) co_return devices;
    auto request = post(client_path({"keys", "claim"}), crypto::claim_body(devices), "claiming keys");
    auto answer = co_await api_->request(std::move(request));
    if (!answer) co_return answer.error();
    auto keep = [devices = std::move(devices), answer = std::move(*answer)](crypto::context const& with) {
        crypto::own_device own(with);
        return crypto::take_claim_answer(with, own, devices, answer);
    };
    co_return co_await in(std::move(keep));
}

// Begins anew with devices whose messages could not be read, and tells them by a message of no content.
asio::awaitable<result<void>> encryption::unwedge() {
    auto look = [](crypto::context const& with) {
        std::vector<crypto::device_row> devices;
        for (auto const& row : with.t.query("SELECT user_id, their_key FROM wedged WHERE account = ?1 LIMIT 50", {with.account})) {
            if (auto device = crypto::find_device_by_key(with, user_id(row.text(0)), row.text(1))) devices.push_back(std::move(*device));
        }
        return devices;
    };
    auto const devices = co_await in(std::move(look));
    if (devices.empty()) co_return result<void>();
    auto const without = co_await begin_sessions(devices);
    if (!without) co_return without.error();
    auto write = [devices, transaction = with_->random.token(22)](crypto::context const& with) {
        crypto::own_device own(with);
        crypto::device_messages messages;
        for (auto const& each : devices) {
            auto message = crypto::write_to_device(with, own, each, "m.dummy", json::object());
            if (message) messages.add(each.user, each.device, std::move(*message));
            with.t.run("DELETE FROM wedged WHERE account = ?1 AND their_key = ?2", {with.account, each.curve25519});
        }
        if (messages.empty()) return;
        crypto::fill_request(with, crypto::reserve_request(with, "m.room.encrypted", transaction), std::move(messages).body());
    };
    co_await in(std::move(write));
    co_return result<void>();
}

asio::awaitable<result<void>> encryption::flush() {
    for (;;) {
        auto look = [](crypto::context const& with) { return crypto::next_request(with); };
        auto const next = co_await in(std::move(look));
        if (!next) co_return result<void>();
        auto const body = base::parse_json_object(next->body);
        if (body) {
            auto request = call::put(client_path({"sendToDevice", next->type, next->transaction})).body(*body).named("sending to devices");
            auto const answer = co_await api_->request(std::move(request));
            if (!answer && !is_refusal(answer.error())) co_return answer.error();
            if (!answer) log_.warning("a message to devices is refused", {{"why", answer.error().describe()}});
        }
        auto settle = [id = next->id](crypto::context const& with) { crypto::settle_request(with, id); };
        co_await in(std::move(settle));
    }
}

// Everybody who is to read the room gets the key.
asio::awaitable<result<void>> encryption::share(room_id room) {
    bool const admits = how_.unsigned_devices && how_.unsigned_devices(room);
    auto plan = [room, admits](crypto::context const& with) {
        crypto::own_device own(with);
        return crypto::room_sender(with, own, room).prepare(audience_of(with, room, admits));
    };
    auto const wanted = co_await in(std::move(plan));
    auto missing = [devices = wanted.to_share](crypto::context const& with) {
        std::vector<crypto::device_row> without;
        for (auto const& each : devices) {
            if (!crypto::has_session(with, each.curve25519)) without.push_back(each);
        }
        return without;
    };
    auto strangers = co_await in(std::move(missing));
    auto const unreachable = co_await begin_sessions(std::move(strangers));
    if (!unreachable) co_return unreachable.error();
    for (std::size_t first = 0; first < wanted.to_share.size(); first += slice) {
        auto const last = std::min(first + slice, wanted.to_share.size());
        auto write = [room,
                      devices = std::vector(wanted.to_share.begin() + static_cast<std::ptrdiff_t>(first),
                                            wanted.to_share.begin() + static_cast<std::ptrdiff_t>(last)),
                      transaction = with_->random.token(22)](crypto::context const& with) {
            crypto::own_device own(with);
            crypto::room_sender sender(with, own, room);
            crypto::device_messages messages;
            auto const id = crypto::reserve_request(with, "m.room.encrypted", transaction);
            for (auto const& each : devices) {
                if (auto message = sender.share(each, id)) messages.add(each.user, each.device, std::move(*message));
            }
            if (messages.empty()) return crypto::drop_request(with, id);
            crypto::fill_request(with, id, std::move(messages).body());
        };
        co_await in(std::move(write));
    }
    auto tell = [room, refused = wanted.to_refuse, unreachable = *unreachable,
                 transaction = with_->random.token(22)](crypto::context const& with) {
        if (refused.empty() && unreachable.empty()) return;
        crypto::own_device own(with);
        crypto::room_sender sender(with, own, room);
        crypto::device_messages messages;
        auto const id = crypto::reserve_request(with, "m.room_key.withheld", transaction);
        for (auto const& each : refused) messages.add(each.user, each.device, sender.refuse(each, "m.unverified", id));
        for (auto const& each : unreachable) messages.add(each.user, each.device, sender.refuse(each, "m.no_olm", id));
        crypto::fill_request(with, id, std::move(messages).body());
    };
    co_await in(std::move(tell));
    co_return co_await flush();
}

asio::awaitable<result<sealed_message>> encryption::seal(outbox_row const& row) {
    bool const admits = how_.unsigned_devices && how_.unsigned_devices(row.room);
    for (unsigned round = 0; round < most_rounds; ++round) {
        if (failed_) co_return *failed_;
        auto work = [row, admits, asked = round > 0](crypto::context const& with) { return seal_message(with, row, admits, asked); };
        auto message = co_await in(std::move(work));
        if (message.before != obstacle::keys) co_return message;
        auto const members = co_await members_->ensure(row.room);
        if (!members) co_return members.error();
        while (busy_) co_await changed_.wait();
        turn const mine(*this);
        auto const checked = co_await check_device();
        if (!checked) co_return checked.error();
        auto const uploaded = co_await upload();
        if (!uploaded) co_return uploaded.error();
        auto expect = [room = row.room, admits](crypto::context const& with) {
            for (auto const& user : audience_of(with, room, admits).users) crypto::track(with, user);
        };
        co_await in(std::move(expect));
        auto const asked = co_await query();
        if (!asked) co_return asked.error();
        auto const shared = co_await share(row.room);
        if (!shared) co_return shared.error();
    }
    co_return error(error_kind::unavailable, "the room's members and their devices change faster than they can be given keys")
        .with_hint("Try again later");
}

}  // namespace chatrixcd::matrix::detail
