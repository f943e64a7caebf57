// SPDX-License-Identifier: Apache-2.0
// Whatever somebody says who has a session with this device, and the key of a room: once decrypted, it is taken in or refused, and the next
// message is read.
#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/base/json_text.hpp>

#include "bare_store.hpp"
#include "crypto/devices/device_table.hpp"
#include "crypto/keys/own_device.hpp"
#include "crypto/olm/channel.hpp"
#include "crypto/olm/device_inbox.hpp"
#include "crypto/rooms/receiving.hpp"

namespace {

namespace crypto = chatrixcd::matrix::crypto;
namespace json = boost::json;
using chatrixcd::base::secret;

chatrixcd::matrix::user_id const ann("@ann:test");
chatrixcd::matrix::room_id const room("!a:test");

// Ann, whose sessions say each input as the first thing that they say.
class writer {
public:
    explicit writer(chatrixcd::fuzz::bare_store& to) {
        auto const group = olm_->make_outbound_group();
        group_ = group->pickle();
        session_id_ = group->id();
        to.kept([&](chatrixcd::base::transaction& t) {
            auto const with = to.context(t);
            crypto::own_device own(with);
            bot_curve25519_ = own.keys().curve25519();
            bot_ed25519_ = own.keys().ed25519();
            own.keys().make_one_time_keys(1);
            session_ = ann_->begin_session(bot_curve25519_, own.keys().unpublished_keys().at(0).key).value()->pickle();
            own.keys().mark_as_published();
            own.save();
            crypto::room_key_row key;
            key.room = room;
            key.session = session_id_;
            key.sender = ann;
            key.sender_curve25519 = ann_->curve25519();
            key.sender_ed25519 = ann_->ed25519();
            key.group = with.olm.make_inbound_group(group->session_key()).value();
            crypto::add_room_key(with, std::move(key));
        });
    }

    // Each of them in the content of an m.room.encrypted.
    json::array to_device(std::vector<std::string> const& texts) const {
        json::array contents;
        auto const session = olm_->load_session(session_).value();
        for (auto const& text : texts) {
            auto const message = session->encrypt(text);
            json::object cipher;
            cipher[bot_curve25519_] = json::object{{"type", message.type}, {"body", message.body}};
            contents.push_back(
                json::object{{"algorithm", crypto::olm_algorithm}, {"sender_key", ann_->curve25519()}, {"ciphertext", std::move(cipher)}});
        }
        return contents;
    }
    json::object to_room(std::string const& text) const {
        auto const group = olm_->load_outbound_group(group_).value();
        return json::object{{"algorithm", crypto::megolm_algorithm}, {"session_id", session_id_}, {"ciphertext", group->encrypt(text)}};
    }
    // With what shows whom it is from and for, where that is not there.
    std::string completed(json::object payload) const {
        auto const add = [&](char const* member, json::value value) {
            if (!payload.contains(member)) payload[member] = std::move(value);
        };
        add("type", "test.word");
        add("content", json::object());
        add("sender", json::value(ann.str()));
        add("recipient", "@bot:test");
        add("keys", json::object{{"ed25519", ann_->ed25519()}});
        add("recipient_keys", json::object{{"ed25519", bot_ed25519_}});
        add("room_id", json::value(room.str()));
        std::string text;
        chatrixcd::base::append_json(text, payload);
        return text;
    }

private:
    std::unique_ptr<chatrixcd::base::random> random_ = chatrixcd::base::make_seeded_random(2);
    std::unique_ptr<crypto::driver> olm_ = crypto::make_libolm_driver(*random_);
    std::unique_ptr<crypto::account> ann_ = olm_->make_account();
    secret session_;
    secret group_;
    std::string session_id_;
    std::string bot_curve25519_;
    std::string bot_ed25519_;
};

void read_in_room(crypto::context const& with, json::object const& content) {
    crypto::encrypted_event const event{room, "$1", ann, with.now, content};
    auto const said = crypto::room_reader(with).read(event);
    auto const* clear = std::get_if<crypto::clear_event>(&said);
    if (clear != nullptr && (clear->type.empty() || clear->type == "m.room.encrypted")) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    static chatrixcd::fuzz::bare_store store;
    static writer const anns(store);
    std::string const text(reinterpret_cast<char const*>(data), size);
    std::vector<std::string> texts{text};
    if (auto object = chatrixcd::base::parse_json_object(text)) texts.push_back(anns.completed(std::move(*object)));
    auto const contents = anns.to_device({texts.front(), texts.back(), anns.completed(json::object())});
    store.undone([&](chatrixcd::base::transaction& t) {
        auto const with = store.context(t);
        crypto::own_device own(with);
        crypto::device_inbox inbox(with, own);
        for (std::size_t i = 0; i < 2; ++i) {
            inbox.take(json::object{{"type", "m.room.encrypted"}, {"sender", ann.str()}, {"content", contents.at(i)}});
        }
        auto const next = crypto::read_from_device(with, own, ann, contents.at(2).as_object());
        if (!std::holds_alternative<crypto::device_event>(next)) std::abort();
        for (auto const& each : texts) read_in_room(with, anns.to_room(each));
    });
    return 0;
}
