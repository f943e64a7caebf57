// SPDX-License-Identifier: Apache-2.0
// What every process of a bot is made of: a loop, a socket, an account of the stage's homeserver, and the wish to stop.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <memory>

#include <chatrixcd/base/http_client.hpp>
#include <chatrixcd/matrix/client.hpp>

#include "crash/stage.hpp"

namespace chatrixcd::test {

class bot_process {
public:
    bot_process(stage const& world, mortal& itself, int line);
    virtual ~bot_process() = default;
    bot_process(bot_process const&) = delete;
    bot_process& operator=(bot_process const&) = delete;

    // Its whole life; returns the process's exit status.
    int live();

protected:
    // After the account has started, before it stops, and after that.
    virtual boost::asio::awaitable<base::result<void>> begin() { co_return base::result<void>(); }
    virtual boost::asio::awaitable<void> end() { co_return; }
    virtual boost::asio::awaitable<void> last() { co_return; }
    void fail(int status) noexcept { status_ = status; }

    mortal& itself_;
    boost::asio::io_context loop_{1};

private:
    boost::asio::awaitable<void> whole_life();

    boost::asio::posix::stream_descriptor line_;
    std::unique_ptr<base::http::transport> sockets_;

protected:
    mortal_network network_;
    matrix::client account_;

private:
    int status_ = 0;
};

}  // namespace chatrixcd::test
