// SPDX-License-Identifier: Apache-2.0
// Recognises a store that was put back from a copy. A number that grows with each start, and every ten minutes in which something arrives,
// is kept in the store and at the homeserver, in the account's data (client-server API, "Client Config"), where a copy does not take it
// back: a store that is behind the homeserver is a copy. A copy that is younger than the last raise is not recognised.
//
// The account data has an entry a store, not a device: a store changes its device when its token is revoked.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>
#include <cstdint>
#include <functional>
#include <string>

#include <chatrixcd/base/notifier.hpp>

#include "copies/table.hpp"
#include "http/api.hpp"
#include "session/session.hpp"
#include "state/services.hpp"

namespace chatrixcd::matrix::detail {

class copy_watch {
public:
    copy_watch(services& with, api& homeserver, session const& who);

    // Before anything is received, handed out or sent: compares, marks what has to be marked, raises the number and tells the homeserver.
    // Waits for a homeserver that does not answer; one that refuses account data is told of in the log, and that is all.
    boost::asio::awaitable<void> compare();
    // Something has arrived: is it time to raise the number?
    bool is_due() const;
    boost::asio::awaitable<void> raise();
    // For stores beside ours: raises a mark, here and at the homeserver, and returns what it was before. Waits for compare().
    boost::asio::awaitable<base::result<std::int64_t>> keep(std::string name, std::int64_t value);
    // Nobody waits any more.
    void close();

private:
    class turn;

    boost::asio::awaitable<base::result<boost::json::object>> fetch();
    boost::asio::awaitable<base::result<void>> put();
    boost::asio::awaitable<void> publish();
    // Rests before another attempt; false if there shall be none.
    boost::asio::awaitable<bool> may_go_on(base::error why);
    std::string path() const;

    services* with_;
    api* api_;
    session const* session_;
    std::string store_;
    bool compared_ = false;
    bool refused_ = false;  // the homeserver keeps no account data for us
    unsigned failures_ = 0;
    bool busy_ = false;
    bool closed_ = false;
    base::duration raised_{0};
    base::notifier changed_;
    backoff wait_;
    base::logger log_;
};

}  // namespace chatrixcd::matrix::detail
