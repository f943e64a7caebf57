// SPDX-License-Identifier: Apache-2.0
// What every part of the machine works with, inside one store closure. The machine has no memory but the store: what a closure changed is
// kept or not as a whole, and nothing is to be loaded anew when a commit fails (docs/adr/0009-crypto-without-memory.md).
#pragma once

#include <cstdint>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/store.hpp>
#include <chatrixcd/matrix/ids.hpp>

#include "crypto/driver/driver.hpp"

namespace chatrixcd::matrix::crypto {

struct context {
    base::transaction& t;
    driver& olm;
    std::int64_t account;
    user_id me;
    device_id device;
    base::time_point now;

    std::int64_t milliseconds() const { return now.time_since_epoch().count(); }
};

inline constexpr char const* olm_algorithm = "m.olm.v1.curve25519-aes-sha2";
inline constexpr char const* megolm_algorithm = "m.megolm.v1.aes-sha2";

}  // namespace chatrixcd::matrix::crypto
