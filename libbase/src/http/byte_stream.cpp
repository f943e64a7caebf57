// SPDX-License-Identifier: Apache-2.0
// The only unit that instantiates TLS.
#include "http/byte_stream.hpp"

#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/system_error.hpp>
#include <cerrno>

#include "http/tls_context.hpp"

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

// TLS alerts that speak of our certificate (RFC 8446, 6.2).
bool is_about_our_certificate(boost::system::error_code const& failure) {
    if (failure.category() != asio::error::get_ssl_category()) return false;
    switch (ERR_GET_REASON(static_cast<unsigned long>(failure.value()))) {
        case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE:  // TLS 1.2 has no better one for a certificate that is missing
        case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
        case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
        case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
        case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
        case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
        case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
        case SSL_R_TLSV1_ALERT_ACCESS_DENIED:
        case SSL_R_TLSV1_ALERT_DECRYPT_ERROR:
        case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
            return true;
        default:
            return false;
    }
}

// What a peer that knows no TLS answers has no TLS version where a record has one (RFC 8446, 5.1).
bool is_without_tls(boost::system::error_code const& failure) {
    if (failure.category() != asio::error::get_ssl_category()) return false;
    auto const reason = ERR_GET_REASON(static_cast<unsigned long>(failure.value()));
    return reason == SSL_R_WRONG_VERSION_NUMBER || reason == SSL_R_HTTP_REQUEST || reason == SSL_R_PACKET_LENGTH_TOO_LONG;
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

    bool is_certificate_refused(boost::system::error_code const& failure) const override { return is_about_our_certificate(failure); }

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

// RFC 6125 for names, of which the subject's common name is none (RFC 9110, 4.3.4); addresses are compared with the certificate's
// addresses. Server name indication is for names only.
bool expect_host(SSL* connection, std::string const& host) {
    boost::system::error_code not_an_address;
    asio::ip::make_address(host, not_an_address);
    if (!not_an_address) return ::X509_VERIFY_PARAM_set1_ip_asc(::SSL_get0_param(connection), host.c_str()) == 1;
    ::SSL_set_hostflags(connection, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    return ::SSL_set1_host(connection, host.c_str()) == 1 && SSL_set_tlsext_host_name(connection, host.c_str()) == 1;
}

class openssl_trust final : public tls_trust {
public:
    explicit openssl_trust(tls_files const& files) : context_(make_tls_context(files)) {}

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
        if (is_about_our_certificate(failure)) return certificate_refusal(host, failure);
        if (is_without_tls(failure)) {
            error plain(error_kind::unavailable, "no TLS connection to " + host + ": what answers there is not TLS");
            return std::move(plain).with_hint("If the port speaks plain HTTP, write http:// instead of https://.");
        }
        auto const verified = ::SSL_get_verify_result(connection);
        if (verified == X509_V_OK) return error(error_kind::unavailable, "no TLS connection to " + host + ": " + failure.message());
        error refused(error_kind::unavailable, "the certificate of " + host + " is refused: " + ::X509_verify_cert_error_string(verified));
        return std::move(refused).with_hint("Check the host name, or name the server's CA in ca_file.");
    }

    asio::ssl::context context_;
};

}  // namespace

error certificate_refusal(std::string const& host, boost::system::error_code const& failure) {
    error refused(error_kind::unavailable, host + " refuses this client's certificate, or wants one: " + failure.message());
    return std::move(refused).with_hint("Name a certificate that it accepts, and its key, as the client certificate.");
}

std::unique_ptr<tls_trust> make_tls_trust(tls_files const& files) { return std::make_unique<openssl_trust>(files); }

std::unique_ptr<byte_stream> make_plain_stream(tcp::socket socket) {
    return std::make_unique<socket_stream<tcp::socket>>(std::move(socket));
}

}  // namespace chatrixcd::base::http
