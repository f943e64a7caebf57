// SPDX-License-Identifier: Apache-2.0
// What verifications say, each step in its turn, and what becomes of one that proved something.
#include <utility>

#include <chatrixcd/base/json_reader.hpp>

#include "crypto/devices/device_lists.hpp"
#include "crypto/keys/own_identity.hpp"
#include "crypto/olm/requests.hpp"
#include "crypto/verification/verified_table.hpp"
#include "encryption/verifications.hpp"

namespace chatrixcd::matrix::detail {

namespace asio = boost::asio;
namespace json = boost::json;

// Each by a task of its own: a room that takes no messages holds up nobody else.
void verifications::speak(entry const& of) {
    bool const has_proved = of->talk.step() == crypto::verification_step::done && !of->proof;
    bool const is_to_forget = of->talk.is_over() && of->is_kept_open;
    if (of->is_speaking || (!of->talk.has_events() && !has_proved && !is_to_forget)) return;
    of->is_speaking = true;
    handlers_.spawn(say_all(of));
}

asio::awaitable<void> verifications::say_all(entry of) {
    while (of->talk.has_events()) {
        for (auto& event : of->talk.take_events()) {
            auto const sent = co_await send(of, std::move(event));
            if (sent || of->talk.is_over()) continue;
            log_.warning("a verification cannot go on", {{"why", sent.error().describe()}});
            of->talk.cancel("m.user", "a message could not be sent");
        }
    }
    if (of->talk.is_over() && of->is_kept_open) co_await forget_open(of);
    if (of->talk.step() == crypto::verification_step::done && !of->proof) co_await conclude(of);
    of->is_speaking = false;
    of->changed.notify_all();
    of->wake();
}

asio::awaitable<result<void>> verifications::send(entry of, crypto::verification_event event) {
    if (of->room) {
        co_await keep_open(of);
        auto const sent = co_await how_.say(*of->room, std::move(event.type), std::move(event.content));
        if (!sent) co_return sent.error();
        co_return result<void>();
    }
    co_await send_to_device(of->talk.user(), of->talk.device(), std::move(event.type), std::move(event.content));
    co_return result<void>();
}

asio::awaitable<void> verifications::send_to_device(user_id user, device_id device, std::string type, json::object content) {
    auto write = [user, device, transaction = with_->random.token(22), type, content = std::move(content)](crypto::context const& with) {
        crypto::device_messages messages;
        messages.add(user, device, content);
        crypto::fill_request(with, crypto::reserve_request(with, type, transaction), std::move(messages).body());
    };
    co_await machine_.run(std::move(write));
    how_.flush();
}

asio::awaitable<void> verifications::conclude(entry of) {
    auto them = of->talk.them();
    bool const is_other_user = them.user != session_->user();
    // Only what was proved is signed.
    if (!of->talk.proves_master()) them.master.clear();
    verified proof;
    proof.device = of->talk.proves_device();
    proof.identity = of->talk.proves_master() && is_other_user;
    if (!of->keeps_proof) {
        of->proof = proof;
        of->changed.notify_all();
        co_return;
    }
    auto keep = [them](crypto::context const& with) { crypto::keep_verified(with, them.user, them.master); };
    if (proof.identity) co_await machine_.run(std::move(keep));
    log_.info("somebody was verified",
              {{"user", them.user.str()}, {"device", them.device.str()}, {"device_key", proof.device}, {"identity", proof.identity}});
    of->proof = proof;
    of->changed.notify_all();
    bool const can_be_signed = is_other_user ? proof.identity : proof.device;
    if (!can_be_signed) co_return;
    // For our other devices; it is true here all the same.
    auto const signed_one = co_await sign(them);
    if (!signed_one) log_.warning("what was verified is not signed", {{"why", signed_one.error().describe()}});
}

// Another's identity by our user-signing key, a device of our own by our self-signing key.
asio::awaitable<result<void>> verifications::sign(crypto::verified_party them) {
    std::vector<crypto::query_entry> asked;
    asked.push_back({them.user, 0});
    if (them.user != session_->user()) asked.push_back({session_->user(), 0});
    auto question = call::post(client_path({"keys", "query"})).body(crypto::query_body(asked)).again();
    auto answer = co_await api_->request(std::move(question).named("asking for what is to be signed"));
    if (!answer) co_return answer.error();
    auto write = [them, answer = std::move(*answer)](crypto::context const& with) -> std::optional<json::object> {
        auto const identity = crypto::own_identity::load(with);
        if (!identity) return std::nullopt;
        return identity->vouch_body(with, them.user, them.device, them.ed25519, them.master, answer);
    };
    auto const body = co_await machine_.run(std::move(write));
    if (!body) co_return result<void>();
    auto request = call::post(client_path({"keys", "signatures", "upload"})).body(*body).again().named("signing what was verified");
    auto const done = co_await api_->request(std::move(request));
    if (!done) co_return done.error();
    auto const* refused = base::find_object(*done, "failures");
    if (refused != nullptr && !refused->empty()) co_return error(error_kind::conflict, "the homeserver does not take the signature");
    co_return result<void>();
}

}  // namespace chatrixcd::matrix::detail
