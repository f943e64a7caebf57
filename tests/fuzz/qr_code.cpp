// SPDX-License-Identifier: Apache-2.0
// Whatever a camera reads, on each of those who may scan: it is taken if it has the keys that are known, and refused otherwise; and what
// is taken ends nothing but at whoever has shown that very secret.
#include <array>
#include <boost/json/object.hpp>
#include <cstdlib>
#include <span>

#include <chatrixcd/protocol/base64.hpp>

#include "crypto/verification/verification.hpp"

namespace {

using namespace chatrixcd;
namespace crypto = matrix::crypto;
using crypto::verification_step;

base::time_point const begin{std::chrono::hours(24 * 365 * 50)};

std::string key(char of) { return protocol::encode_base64(std::as_bytes(std::span<char const>(std::string(32, of)))); }

// Both are ready, and the second one shows a code.
void scan(std::string_view bytes, crypto::verified_party const& scans, crypto::verified_party const& shows) {
    auto const random = base::make_seeded_random(1);
    auto const place = crypto::verification::place::devices;
    boost::json::object request;
    request["from_device"] = scans.device.str();
    request["methods"] = crypto::verification_methods({true, true});
    auto first = crypto::verification::ask(*random, scans, shows.user, shows.device, place, "id", begin);
    auto second = crypto::verification::answer(*random, shows, scans.user, place, "id", request, begin);
    bool const is_one_user = scans.user == shows.user;
    first.enable({true, true});
    second.enable({true, true});
    first.know(shows.ed25519, is_one_user ? key('A') : shows.master);
    second.know(scans.ed25519, is_one_user ? key('A') : scans.master);
    second.accept();
    for (auto const& event : second.take_events()) first.take(event.type, event.content, begin);
    auto const shown = second.qr_data();
    if (!shown || first.step() != verification_step::ready) std::abort();
    bool const is_taken = first.scan(bytes).has_value();
    if (first.proves_device() || first.proves_master()) std::abort();
    auto const read = crypto::decode_qr_code(bytes);
    bool const has_their_keys = read && read->id == "id" && read->keys == crypto::qr_keys_of(shows, scans);
    if (has_their_keys && !is_taken) std::abort();
    if (is_taken != (first.step() == verification_step::confirmed)) std::abort();
    for (auto const& event : first.take_events()) second.take(event.type, event.content, begin);
    bool const is_theirs = is_taken && read && read->secret.reveal() == crypto::decode_qr_code(shown->reveal())->secret.reveal();
    if (is_theirs != (second.step() == verification_step::scanned)) std::abort();
    if (second.proves_device() || second.proves_master()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const bytes(reinterpret_cast<char const*>(data), size);
    auto const read = crypto::decode_qr_code(bytes);
    if (read && crypto::encode_qr_code(*read).value().reveal() != bytes) std::abort();
    crypto::verified_party const ann{matrix::user_id("@ann:test"), matrix::device_id("ANNS"), key('a'), key('A')};
    crypto::verified_party const bot{matrix::user_id("@bot:test"), matrix::device_id("BOTS"), key('b'), key('B')};
    // Of Ann's, new: it does not trust her identity.
    crypto::verified_party const fresh{matrix::user_id("@ann:test"), matrix::device_id("NEW"), key('n'), ""};
    scan(bytes, ann, bot);
    scan(bytes, ann, fresh);
    scan(bytes, fresh, ann);
    return 0;
}
