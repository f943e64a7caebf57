// SPDX-License-Identifier: Apache-2.0
// One request on one connection: its header and body out, its answer in, at the same time if the body is streamed, since a server may
// refuse a body that it has not read.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <string>

#include <chatrixcd/base/http.hpp>

#include "http/byte_stream.hpp"
#include "http/connector.hpp"
#include "http/response_reader.hpp"

namespace chatrixcd::base::http {

// One call of send(), over all its attempts.
struct outgoing {
    outgoing(request r, origin to, std::string head);

    // What went wrong with a call decides, by whether anything of it was sent, if it may have been executed.
    error failed(std::string const& what) const;

    method verb;
    origin where;
    std::size_t max_response;
    std::string bytes;  // the header, and the body if it is not streamed
    bool decode;        // whoever names codings gets the body as it comes
    std::shared_ptr<body_source> source;
    std::shared_ptr<body_sink> sink;
    bool sent = false;  // something of it may have left this machine
};

class attempt {
public:
    // Both must outlive run().
    attempt(outgoing& call, byte_stream& stream);

    boost::asio::awaitable<result<response>> run();

    // How it went; ask when run() has returned.
    bool sent() const noexcept { return sent_; }
    bool answered() const noexcept { return answered_; }
    // It failed, and by no fault of the source, the sink or the answer's content.
    bool lost_connection() const noexcept { return lost_connection_; }
    bool keep_alive() const noexcept { return keep_alive_ && wrote_all_; }

private:
    boost::asio::awaitable<result<response>> read_while_writing();
    boost::asio::awaitable<result<response>> read_answer();
    boost::asio::awaitable<result<void>> pass_on();
    boost::asio::awaitable<void> write_body();
    error lost(std::string const& what, boost::system::error_code const& why);

    outgoing& call_;
    byte_stream& stream_;
    response_reader reader_;
    bool sent_ = false;
    bool wrote_all_ = false;
    bool answered_ = false;
    bool sink_ready_ = false;
    bool lost_connection_ = false;
    bool keep_alive_ = false;
    std::optional<error> source_failed_;
    std::exception_ptr source_threw_;
};

}  // namespace chatrixcd::base::http
