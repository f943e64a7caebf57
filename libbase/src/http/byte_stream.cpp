// SPDX-License-Identifier: Apache-2.0
// The only unit that instantiates TLS.
#include "http/byte_stream.hpp"

#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/system_error.hpp>
#include <cerrno>

namespace chatrixcd::base::http {

namespace {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

tcp::socket& socket_of(tcp::socket& socket) { return socket; }
tcp::socket& socket_of(asio::ssl::stream<tcp::socket>& stream) { return stream.next_layer(); }

void throw_if_cancelled(boost::system::error_code const& failure) {
    if (failure == asio::error::operation_aborted) throw boost::system::system_error(failure);
}

template <class Stream>
class socket_stream final : public byte_stream {
public:
    explicit socket_stream(Stream stream) : stream_(std::move(stream)) {}

    asio::awaitable<transferred> read_some(asio::mutable_buffer into) override {
        auto [failure, count] = co_await stream_.async_read_some(into, as_result);
        throw_if_cancelled(failure);
        co_return transferred(failure, count);
    }

    asio::awaitable<transferred> write(asio::const_buffer data) override {
        auto [failure, count] = co_await asio::async_write(stream_, data, as_result);
        throw_if_cancelled(failure);
        co_return transferred(failure, count);
    }

    void hang_up() override {
        boost::system::error_code ignored;  // it is gone already
        socket_of(stream_).shutdown(tcp::socket::shutdown_both, ignored);
    }

    bool is_quiet() override {
        char byte = 0;
        auto const received = ::recv(socket_of(stream_).native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
        return received < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
    }

private:
    Stream stream_;
};

void enable_alpn(asio::ssl::context& context) {
    static constexpr unsigned char http_1_1[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
    ::SSL_CTX_set_alpn_protos(context.native_handle(), http_1_1, sizeof http_1_1);
}

// RFC 6125 for names; addresses are compared with the certificate's addresses. Server name indication is for names only.
bool expect_host(SSL* connection, std::string const& host) {
    boost::system::error_code not_an_address;
    asio::ip::make_address(host, not_an_address);
    if (!not_an_address) return ::X509_VERIFY_PARAM_set1_ip_asc(::SSL_get0_param(connection), host.c_str()) == 1;
    ::SSL_set_hostflags(connection, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return ::SSL_set1_host(connection, host.c_str()) == 1 && SSL_set_tlsext_host_name(connection, host.c_str()) == 1;
}

class openssl_trust final : public tls_trust {
public:
    explicit openssl_trust(std::string const& ca_file) : context_(asio::ssl::context::tls_client) {
        context_.set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1);
        context_.set_verify_mode(asio::ssl::verify_peer);
        enable_alpn(context_);
        boost::system::error_code failure;
        // A machine without CAs of its own still reaches the servers of `ca_file`; the others are refused by name.
        context_.set_default_verify_paths(failure);
        if (ca_file.empty()) return;
        context_.load_verify_file(ca_file, failure);
        if (failure) {
            throw error_exception(error(error_kind::environment, "the CA file " + ca_file + " cannot be used: " + failure.message()));
        }
    }

    asio::awaitable<result<std::unique_ptr<byte_stream>>> connect(tcp::socket socket, std::string host) override {
        asio::ssl::stream<tcp::socket> stream(std::move(socket), context_);
        if (!expect_host(stream.native_handle(), host)) co_return error(error_kind::internal, "TLS cannot be set up for " + host);
        auto [failure] = co_await stream.async_handshake(asio::ssl::stream_base::client, as_result);
        throw_if_cancelled(failure);
        if (failure) co_return refusal(stream.native_handle(), failure, host);
        co_return std::make_unique<socket_stream<asio::ssl::stream<tcp::socket>>>(std::move(stream));
    }

private:
    static error refusal(SSL* connection, boost::system::error_code const& failure, std::string const& host) {
        auto const verified = ::SSL_get_verify_result(connection);
        if (verified == X509_V_OK) return error(error_kind::unavailable, "no TLS connection to " + host + ": " + failure.message());
        error refused(error_kind::unavailable, "the certificate of " + host + " is refused: " + ::X509_verify_cert_error_string(verified));
        return std::move(refused).with_hint("Check the host name, or name the server's CA in ca_file.");
    }

    asio::ssl::context context_;
};

}  // namespace

std::unique_ptr<tls_trust> make_tls_trust(std::string const& ca_file) { return std::make_unique<openssl_trust>(ca_file); }

std::unique_ptr<byte_stream> make_plain_stream(tcp::socket socket) {
    return std::make_unique<socket_stream<tcp::socket>>(std::move(socket));
}

}  // namespace chatrixcd::base::http
