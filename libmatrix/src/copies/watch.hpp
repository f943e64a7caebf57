// SPDX-License-Identifier: Apache-2.0
// Recognises a store that was put back from a copy. A number that grows with each start, and every ten minutes in which something arrives,
// is kept in the store, in a file beside it and at the homeserver, in the account's data (client-server API, "Client Config"), where a copy
// does not take it back: a store that is behind one of them, or has lost its file, is a copy. A copy that is younger than the last raise
// is not recognised; an end in good order is a raise, too, for the file.
//
// The account data has an entry a store, not a device: a store changes its device when its token is revoked.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>
#include <cstdint>
#include <functional>
#include <string>

#include <chatrixcd/base/notifier.hpp>

#include "copies/generation_file.hpp"
#include "copies/table.hpp"
#include "http/api.hpp"
#include "session/session.hpp"
#include "state/services.hpp"

namespace chatrixcd::matrix::detail {

class copy_watch {
public:
    // All but the last outlive it. `folder`: of the store; empty: in memory.
    copy_watch(services& with, api& homeserver, session const& who, std::string const& folder);

    // Before anything is received, handed out or sent: compares, marks what has to be marked, raises the number and tells the homeserver.
    // Waits for a homeserver that does not answer; one that refuses account data is told of in the log, and that is all.
    boost::asio::awaitable<void> compare();
    // Something has arrived, or is to leave: is it time to raise the number?
    bool is_due() const;
    boost::asio::awaitable<void> raise();
    // For stores beside ours: raises a mark, here and at the homeserver, and returns what it was before. Waits for compare().
    boost::asio::awaitable<base::result<std::int64_t>> keep(std::string name, std::int64_t value);
    // Nobody waits any more.
    void close();
    // The end, when nothing is written any more: a copy from before it is told from the store.
    boost::asio::awaitable<void> conclude();

private:
    class turn;

    boost::asio::awaitable<base::result<boost::json::object>> fetch();
    boost::asio::awaitable<base::result<void>> put();
    boost::asio::awaitable<void> publish();
    // The number of the store, into the file.
    std::function<base::result<void>(base::transaction&)> keeping() const;
    boost::asio::awaitable<void> write_file();
    void tell(base::result<void> const& written) const;
    // Rests before another attempt; false if there shall be none.
    boost::asio::awaitable<bool> may_go_on(base::error why);
    std::string path() const;

    services* with_;
    api* api_;
    session const* session_;
    generation_file file_;
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
