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
    // Whether a failure of this stream says that the peer refuses our certificate, or asks for one: TLS 1.3 tells after the handshake,
    // and before the peer has looked at what was sent.
    virtual bool is_certificate_refused(boost::system::error_code const& failure) const = 0;
    // Ends both directions: what is under way on the stream ends with an error, as if the peer had gone.
    virtual void hang_up() = 0;
    // Whether an idle connection can still be used: nothing has come, neither an end nor bytes that nobody asked for.
    virtual bool is_quiet() = 0;
};

// PEM files, each of which may be unnamed.
struct tls_files {
    std::string ca_file;           // CAs beside the system's
    std::string certificate_file;  // our certificate and those between it and its CA
    std::string key_file;          // its key, without a passphrase; named if the certificate is
    bool any() const noexcept { return !ca_file.empty() || !certificate_file.empty() || !key_file.empty(); }
};

// Whom to trust and who we are, shared by all connections.
class tls_trust {
public:
    virtual ~tls_trust() = default;
    // Shakes hands on a connected socket and checks that the certificate is valid for `host`, a name or an address.
    virtual boost::asio::awaitable<result<std::unique_ptr<byte_stream>>> connect(boost::asio::ip::tcp::socket socket, std::string host) = 0;
};

// Throws error_exception, naming the file: environment if one cannot be used, invalid for a certificate or a key alone.
std::unique_ptr<tls_trust> make_tls_trust(tls_files const& files);
// What is_certificate_refused() comes to.
error certificate_refusal(std::string const& host, boost::system::error_code const& failure);
std::unique_ptr<byte_stream> make_plain_stream(boost::asio::ip::tcp::socket socket);

}  // namespace chatrixcd::base::http
