// SPDX-License-Identifier: Apache-2.0
// Whatever comes as a message, a key or a stored pickle: it is read or refused, and a session reads on.
#include <cstdlib>

#include <chatrixcd/protocol/base64.hpp>

#include "crypto/driver/driver.hpp"

namespace {

namespace crypto = chatrixcd::matrix::crypto;
using chatrixcd::base::secret;

// Two devices with a session between them, and a group that one sends to.
struct pair {
    std::unique_ptr<chatrixcd::base::random> random = chatrixcd::base::make_seeded_random(1);
    std::unique_ptr<crypto::driver> olm = crypto::make_libolm_driver(*random);
    std::unique_ptr<crypto::account> alice = olm->make_account();
    std::unique_ptr<crypto::account> bob = olm->make_account();
    std::unique_ptr<crypto::outbound_group> group = olm->make_outbound_group();
    std::unique_ptr<crypto::inbound_group> reading = olm->make_inbound_group(group->session_key()).value();
    std::unique_ptr<crypto::olm_session> sending;
    std::unique_ptr<crypto::olm_session> receiving;

    pair() {
        bob->make_one_time_keys(1);
        sending = alice->begin_session(bob->curve25519(), bob->unpublished_keys().at(0).key).value();
        receiving = bob->accept_session(alice->curve25519(), sending->encrypt("")).value().session;
    }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    static pair const p;
    auto const text = chatrixcd::protocol::encode_base64(std::as_bytes(std::span(data, size)));
    for (std::int64_t const type : {0, 1}) {
        (void)p.receiving->decrypt({type, text});
        (void)p.bob->accept_session(p.alice->curve25519(), {type, text});
    }
    (void)p.reading->decrypt(text);
    (void)p.olm->make_inbound_group(secret(text));
    (void)p.olm->import_inbound_group(secret(text));
    (void)p.alice->begin_session(text, text);
    auto const next = p.sending->encrypt("still there");
    if (p.receiving->decrypt(next).value() != "still there") std::abort();
    return 0;
}
