// SPDX-License-Identifier: Apache-2.0
// Whatever a homeserver says to and about devices is taken in or refused.
#include <chatrixcd/base/json_reader.hpp>

#include "bare_store.hpp"
#include "crypto/devices/device_lists.hpp"
#include "crypto/keys/own_device.hpp"
#include "crypto/olm/channel.hpp"
#include "crypto/olm/device_inbox.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace chatrixcd;
    namespace crypto = matrix::crypto;
    static fuzz::bare_store store;
    static auto const random = base::make_seeded_random(1);
    static auto const olm = crypto::make_libolm_driver(*random);
    auto const said = base::parse_json_object(std::string_view(reinterpret_cast<char const*>(data), size));
    if (!said) return 0;
    store.undone([&](base::transaction& t) {
        crypto::context const with{t, *olm, matrix::detail::only_account, matrix::user_id("@bot:test"), matrix::device_id("BOT"), {}};
        crypto::own_device own(with);
        crypto::device_inbox(with, own).take(*said);
        crypto::track(with, matrix::user_id("@ann:test"));
        crypto::take_query_answer(with, crypto::to_query(with), *said);
        crypto::take_claim_answer(with, own, crypto::devices_of(with, matrix::user_id("@ann:test")), *said);
        own.uploaded(*said);
    });
    return 0;
}
