// SPDX-License-Identifier: Apache-2.0
// Our side of a supervisor: orders out, reports in, and its burial.
#pragma once

#include <sys/types.h>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <memory>
#include <optional>
#include <string>

#include <chatrixcd/base/error.hpp>
#include <chatrixcd/base/notifier.hpp>

#include "files/descriptor.hpp"
#include "process/program.hpp"
#include "process/supervisor.hpp"

namespace chatrixcd::base::supervisor {

// Shared between the process object and the waits on its descriptors, which go on until the supervisor is gone.
class supervised : public std::enable_shared_from_this<supervised> {
public:
    // Forks. Error kind `environment`.
    static result<std::shared_ptr<supervised>> fork(boost::asio::any_io_executor executor, program runs);
    // Use fork().
    supervised(boost::asio::any_io_executor executor, files::descriptor output, files::descriptor channel, pid_t pid);
    ~supervised();

    // Waits for `started` or `failed`; none if the supervisor was gone before.
    boost::asio::awaitable<std::optional<report>> first_report();
    // The next of what the job writes; empty once no more can come.
    boost::asio::awaitable<std::string> read_output();
    // Waits until the supervisor is gone, and returns its last report.
    boost::asio::awaitable<std::optional<report>> last_report();
    void order(char what) noexcept;
    // Has everything killed; nobody will read any more.
    void abandon() noexcept;

private:
    void listen();
    void receive();
    void wait_for_output();

    boost::asio::posix::stream_descriptor output_;
    boost::asio::posix::stream_descriptor channel_;
    notifier changed_;
    pid_t pid_;
    std::optional<report> first_;
    std::optional<report> last_;
    bool gone_ = false;
    bool output_ended_ = false;
    bool waiting_for_output_ = false;
};

}  // namespace chatrixcd::base::supervisor
