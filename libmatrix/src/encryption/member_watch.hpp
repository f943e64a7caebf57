// SPDX-License-Identifier: Apache-2.0
// Looks for newcomers in rooms of pinned members, and tells of each once. Who gets keys is not decided here (room_encryption.hpp).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <chatrixcd/base/notifier.hpp>
#include <chatrixcd/matrix/newcomer.hpp>

#include "encryption/machine.hpp"
#include "http/retry.hpp"
#include "session/session.hpp"
#include "state/member_loader.hpp"
#include "state/services.hpp"

namespace chatrixcd::matrix::detail {

class member_watch {
public:
    using predicate = std::function<bool(room_id const&)>;
    using listener = std::function<boost::asio::awaitable<void>(room_id, newcomer, std::string)>;

    // All but the last two outlive it. `pins`: of which rooms the members are pinned.
    member_watch(services& with, session const& who, crypto::driver& olm, member_loader& members, predicate pins, listener told);

    // Pins what is to be pinned and tells of whoever waits, until it is cancelled.
    boost::asio::awaitable<void> run();
    // Members or identities may be others.
    void wake();

    // Errors: as any request's.
    boost::asio::awaitable<result<std::vector<newcomer>>> newcomers(room_id in);
    // Errors: not_found (no such newcomer), conflict (their identity is another one), and those of newcomers().
    boost::asio::awaitable<result<void>> accept(room_id in, user_id who, std::string identity);

private:
    boost::asio::awaitable<void> tell_of(room_id room);
    boost::asio::awaitable<result<void>> all_members(room_id room);
    boost::asio::awaitable<void> tell(room_id room, newcomer who, std::string occasion);

    services* with_;
    machine machine_;
    member_loader* members_;
    predicate pins_;
    listener told_;
    std::uint64_t version_ = 0;
    base::notifier changed_;
    backoff wait_;
    base::logger log_;
};

}  // namespace chatrixcd::matrix::detail
