// SPDX-License-Identifier: Apache-2.0
// The one door through which job processes start, so that a sandbox can stand in it.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <memory>

#include <chatrixcd/base/process.hpp>

namespace chatrixcd::executor {

class spawner {
public:
    virtual ~spawner() = default;
    // Starts a process whose whole group ends with it. Errors as base::spawn(); after an error nothing runs.
    virtual boost::asio::awaitable<base::result<std::unique_ptr<base::process>>> spawn(boost::asio::any_io_executor executor,
                                                                                       base::process_spec what) = 0;
};

// Starts processes of this machine by base::spawn(), as they are.
std::unique_ptr<spawner> make_process_spawner();

}  // namespace chatrixcd::executor
