// SPDX-License-Identifier: Apache-2.0
// Passes keys of rooms between this device and the account's other ones: asks for what is missing, and answers what is asked. Who is asked,
// believed and answered is decided in store closures (crypto/rooms/key_requests.hpp, key_answers.hpp).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <vector>

#include <chatrixcd/base/random.hpp>

#include "crypto/devices/device_table.hpp"
#include "encryption/machine.hpp"

namespace chatrixcd::matrix::detail {

class key_sharing {
public:
    // Begins sessions with devices; returns those with which there is none all the same.
    using begin_sessions = std::function<boost::asio::awaitable<result<std::vector<crypto::device_row>>>(std::vector<crypto::device_row>)>;

    // Both outlive it.
    key_sharing(machine& with, base::random& randomness, begin_sessions begin)
        : machine_(&with), random_(&randomness), begin_(std::move(begin)) {}

    // Queues what is to be sent now. Errors: as any request's.
    boost::asio::awaitable<result<void>> run();

private:
    machine* machine_;
    base::random* random_;
    begin_sessions begin_;
};

}  // namespace chatrixcd::matrix::detail
