// SPDX-License-Identifier: Apache-2.0
// A connected stream, plain or TLS, behind one interface: what speaks HTTP over it need not be compiled twice. Cancellation ends an
// operation with system_error(operation_aborted); the stream is good for nothing then but to be destroyed.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/system/error_code.hpp>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include <chatrixcd/base/error.hpp>

namespace chatrixcd::base::http {

class byte_stream {
public:
    // One read and one write may be under way at once.
    using transferred = std::pair<boost::system::error_code, std::size_t>;

    // Closes the connection.
    virtual ~byte_stream() = default;
    // At least one byte, or why not; error::eof only for an end that the peer meant.
    virtual boost::asio::awaitable<transferred> read_some(boost::asio::mutable_buffer into) = 0;
    // Everything, or how much of it and why no more.
    virtual boost::asio::awaitable<transferred> write(boost::asio::const_buffer data) = 0;
    // Ends both directions: what is under way on the stream ends with an error, as if the peer had gone.
    virtual void hang_up() = 0;
    // Whether an idle connection can still be used: nothing has come, neither an end nor bytes that nobody asked for.
    virtual bool is_quiet() = 0;
};

// The CAs to trust, shared by all connections.
class tls_trust {
public:
    virtual ~tls_trust() = default;
    // Shakes hands on a connected socket and checks that the certificate is valid for `host`, a name or an address.
    virtual boost::asio::awaitable<result<std::unique_ptr<byte_stream>>> connect(boost::asio::ip::tcp::socket socket, std::string host) = 0;
};

// The system's CAs and those in `ca_file`, if one is named. Throws error_exception(environment) if it cannot be read.
std::unique_ptr<tls_trust> make_tls_trust(std::string const& ca_file);
std::unique_ptr<byte_stream> make_plain_stream(boost::asio::ip::tcp::socket socket);

}  // namespace chatrixcd::base::http
