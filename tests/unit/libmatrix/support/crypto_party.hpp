// SPDX-License-Identifier: Apache-2.0
// Devices with a store each, and what a homeserver would pass between them.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/base/random.hpp>
#include <chatrixcd/base/store.hpp>
#include <chatrixcd/protocol/signing.hpp>

#include "crypto/devices/device_lists.hpp"
#include "crypto/keys/device_keys.hpp"
#include "crypto/keys/own_device.hpp"
#include "crypto/olm/channel.hpp"
#include "crypto/olm/device_inbox.hpp"
#include "crypto/rooms/receiving.hpp"
#include "crypto/rooms/sending_key.hpp"
#include "session/account_table.hpp"
#include "state/schema.hpp"
#include "state/sealed_columns.hpp"
#include "support/run_coroutine.hpp"

namespace chatrixcd::test {

namespace crypto = matrix::crypto;
namespace json = boost::json;

inline matrix::room_id const lobby("!lobby:b");

// One device of one user.
class party {
public:
    // `database`: its file; in memory without one.
    party(std::string user, std::string name, std::uint64_t seed, std::string database = {})
        : me(std::move(user)), device(std::move(name)), random_(base::make_seeded_random(seed)), olm(crypto::make_libolm_driver(*random_)) {
        base::store_options how;
        how.path = std::move(database);
        how.migrations = matrix::detail::migrations();
        how.sealed = matrix::detail::sealed_columns();
        store_ = base::store::open(std::move(how), base::make_inline_store_runner()).value();
        auto begin = [](base::transaction& t) { matrix::detail::load_account(t, matrix::detail::only_account); };
        run_coroutine(loop_, store_->write(std::move(begin)));
    }

    // Runs a function of the context in a transaction.
    template <class F>
    auto in(F work) {
        auto all = [&](base::transaction& t) {
            crypto::context const with{t, *olm, matrix::detail::only_account, me, device, now};
            return work(with);
        };
        return run_coroutine(loop_, store_->write(std::move(all)));
    }
    // As above, with this device's keys.
    template <class F>
    auto with_keys(F work) {
        return in([&](crypto::context const& with) {
            crypto::own_device own(with);
            return work(with, own);
        });
    }

    json::object published() {
        return with_keys([](auto const& with, auto& own) { return crypto::own_device_keys(own.keys(), with.me, with.device); });
    }
    // A one-time key, as a homeserver hands it out.
    json::object one_time_key() {
        return with_keys([](auto const& with, auto& own) {
            own.keys().make_one_time_keys(1);
            auto const key = own.keys().unpublished_keys().at(0);
            own.keys().mark_as_published();
            own.save();
            return json::object{{"signed_curve25519:" + key.id, crypto::signed_key(own.keys(), key.key, false, with.me, with.device)}};
        });
    }

    matrix::user_id me;
    matrix::device_id device;

private:
    boost::asio::io_context loop_{1};
    std::unique_ptr<base::random> random_;
    std::unique_ptr<base::store> store_;

public:
    std::unique_ptr<crypto::driver> olm;
    base::time_point now{std::chrono::hours(24 * 365)};
};

// The cross-signing keys of a user.
class person_keys {
public:
    person_keys(matrix::user_id who, std::uint64_t seed)
        : user(std::move(who)),
          random_(base::make_seeded_random(seed)),
          master_key_(protocol::signing_key::generate(*random_, "x")),
          self_key_(protocol::signing_key::generate(*random_, "x")),
          user_key_(protocol::signing_key::generate(*random_, "x")),
          master(object_of("master", master_key_)),
          self_signing(object_of("self_signing", self_key_)),
          user_signing(object_of("user_signing", user_key_)) {
        sign(self_signing, master_key_);
        sign(user_signing, master_key_);
    }

    // The device's keys, signed by their owner.
    json::object sign_device(json::object device) const {
        sign(device, self_key_);
        return device;
    }
    // The self-signing key itself as a device of that name, which vouches for itself so.
    json::object self_signing_device(std::string const& curve25519) const {
        auto const name = self_key_.public_key().base64();
        json::object made{{"user_id", user.str()}, {"device_id", name}, {"algorithms", json::array{crypto::megolm_algorithm}}};
        made["keys"] = json::object{{"curve25519:" + name, curve25519}, {"ed25519:" + name, name}};
        return sign_device(std::move(made));
    }

    matrix::user_id user;

private:
    json::object object_of(char const* usage, protocol::signing_key const& key) const {
        auto const& name = key.public_key().base64();
        json::object made{{"user_id", user.str()}, {"usage", json::array{usage}}};
        made["keys"].emplace_object()["ed25519:" + name] = name;
        return made;
    }
    // With a key whose id is its public part, as cross-signing has it.
    void sign(json::object& what, protocol::signing_key const& key) const {
        protocol::sign_json(what, user.str(), key).value();
        auto& mine = what["signatures"].as_object()[user.str()].as_object();
        auto const signature = mine.at(key.key_id());
        mine["ed25519:" + key.public_key().base64()] = signature;
        mine.erase(key.key_id());
    }

    std::shared_ptr<base::random> random_;
    protocol::signing_key master_key_;
    protocol::signing_key self_key_;
    protocol::signing_key user_key_;

public:
    json::object master;
    json::object self_signing;
    json::object user_signing;
};

// The public part of a key of a person, which is its id as well.
inline std::string public_key_in(json::object const& cross_signing_key) {
    return std::string(cross_signing_key.at("keys").as_object().begin()->value().as_string());
}

// An answer to POST /keys/query.
class query_answer {
public:
    query_answer& device(json::object keys) {
        auto const user = base::find_string(keys, "user_id").value();
        auto const device = base::find_string(keys, "device_id").value();
        auto& all = devices_[user];
        if (!all.is_object()) all = json::object();
        all.as_object()[device] = std::move(keys);
        return *this;
    }
    query_answer& person(person_keys const& who) {
        masters_[who.user.str()] = who.master;
        self_signing_[who.user.str()] = who.self_signing;
        return *this;
    }
    // As the homeserver tells it to the user alone.
    query_answer& user_signing_of(person_keys const& who) {
        user_signing_[who.user.str()] = who.user_signing;
        return *this;
    }
    json::object get() const {
        json::object answer{{"device_keys", devices_}, {"master_keys", masters_}, {"self_signing_keys", self_signing_}};
        if (!user_signing_.empty()) answer["user_signing_keys"] = user_signing_;
        return answer;
    }

private:
    json::object devices_;
    json::object masters_;
    json::object self_signing_;
    json::object user_signing_;
};

// `who` learns what the homeserver says of that user.
inline crypto::query_outcome learn(party& who, matrix::user_id const& about, json::object const& answer) {
    return who.in([&](crypto::context const& with) {
        crypto::track(with, about);
        crypto::mark_changed(with, about);
        std::vector<crypto::query_entry> asked;
        for (auto const& each : crypto::to_query(with)) {
            if (each.user == about) asked.push_back(each);
        }
        return crypto::take_query_answer(with, asked, answer);
    });
}

// What `from` sends to each device that is to have the key of the room, by its Curve25519 key; sessions are begun where there are none.
inline std::map<std::string, json::object> share(party& from, crypto::audience const& with_whom, std::vector<party*> const& all,
                                                 matrix::room_id const& room = lobby) {
    auto const plan = from.with_keys([&](auto const& with, auto& own) { return crypto::room_sender(with, own, room).prepare(with_whom); });
    json::object users;
    for (auto const& each : plan.to_share) {
        for (auto* other : all) {
            if (other->me != each.user || other->device != each.device) continue;
            auto& devices = users[each.user.str()];
            if (!devices.is_object()) devices = json::object();
            devices.as_object()[each.device.str()] = other->one_time_key();
        }
    }
    json::object const answer{{"one_time_keys", users}};
    return from.with_keys([&](auto const& with, auto& own) {
        crypto::take_claim_answer(with, own, plan.to_share, answer);
        crypto::room_sender sender(with, own, room);
        std::map<std::string, json::object> sent;
        for (auto const& each : plan.to_share) {
            if (auto message = sender.share(each, /*request=*/1)) sent[each.curve25519] = *message;
        }
        crypto::note_shared(with, 1);
        return sent;
    });
}

inline json::object encrypt(party& from, std::string const& body, matrix::room_id const& room = lobby) {
    return from.with_keys([&](auto const& with, auto& own) {
        return crypto::room_sender(with, own, room).encrypt("m.room.message", json::object{{"msgtype", "m.text"}, {"body", body}});
    });
}

struct taken {
    crypto::session_names keys;
    std::vector<std::string> complaints;
};
inline taken give(party& to, matrix::user_id const& sender, json::object const& content, std::string const& type = "m.room.encrypted") {
    return to.with_keys([&](auto const& with, auto& own) {
        crypto::device_inbox inbox(with, own);
        inbox.take(json::object{{"type", type}, {"sender", sender.str()}, {"content", content}});
        return taken{inbox.new_keys(), inbox.complaints()};
    });
}

inline std::variant<crypto::clear_event, crypto::unreadable_event> read(party& who, matrix::user_id const& sender,
                                                                        json::object const& content, std::string const& id,
                                                                        matrix::room_id const& room = lobby,
                                                                        base::time_point sent = base::time_point(std::chrono::hours(1))) {
    return who.in([&](crypto::context const& with) {
        crypto::encrypted_event const event{room, id, sender, sent, content};
        return crypto::room_reader(with).read(event);
    });
}

}  // namespace chatrixcd::test
