// SPDX-License-Identifier: Apache-2.0
#include "verification/own_words.hpp"

#include <chatrixcd/base/timeout.hpp>
#include <chatrixcd/matrix/fingerprint.hpp>
#include <optional>
#include <utility>

namespace chatrixcd::bot {

boost::asio::awaitable<base::result<matrix::own_identity_state>> own_identity(matrix::client& of, base::clock& time, base::duration limit) {
    auto own = co_await base::with_timeout(time, of.identity(), limit);
    if (own) co_return std::move(*own);
    co_return base::error(base::error_kind::timeout_unknown, "the homeserver has not said yet how this device stands to its account");
}

chatops::line shown_own(matrix::own_identity_state const& own) {
    chatops::line words;
    words.emplace_back("I am device ");
    words.push_back(chatops::code(own.device.str()));
    words.emplace_back(" with the fingerprint ");
    words.push_back(chatops::code(matrix::shown_fingerprint(own.fingerprint)));
    words.emplace_back(own.is_cross_signed ? ", cross-signed." : ", not cross-signed.");
    if (!own.problem.empty()) words.emplace_back(" " + own.problem);
    return words;
}

std::string shown_trust(chatops::chat::trust_level trust) {
    switch (trust) {
        case chatops::chat::trust_level::verified:
            return "I have verified you: your word decides about others.";
        case chatops::chat::trust_level::cross_signed:
            return "Your identity vouches for the device that you write from, but I have not verified your identity.";
        case chatops::chat::trust_level::device:
            return "I have not verified you: your identity does not vouch for the device that you write from, or your message came late.";
        case chatops::chat::trust_level::server:
            break;
    }
    return "I have not verified you: only the homeserver says that this message is yours.";
}

}  // namespace chatrixcd::bot
