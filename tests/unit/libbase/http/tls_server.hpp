// SPDX-License-Identifier: Apache-2.0
// A TLS server on loopback for tests of the client.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <tuple>

#include "http/certificates.hpp"

namespace chatrixcd::test {

// Answers every request on every connection with "ok", over TLS.
class tls_server {
public:
    // With `clients`, the certificate of an authority, it asks for a certificate of that authority.
    tls_server(boost::asio::io_context& loop, identity const& as, std::string const& clients = {}) : state_(std::make_shared<state>(loop)) {
        state_->context.use_certificate(boost::asio::buffer(as.certificate), boost::asio::ssl::context::pem);
        state_->context.use_private_key(boost::asio::buffer(as.key), boost::asio::ssl::context::pem);
        if (!clients.empty()) {
            state_->context.set_verify_mode(boost::asio::ssl::verify_peer | boost::asio::ssl::verify_fail_if_no_peer_cert);
            state_->context.add_certificate_authority(boost::asio::buffer(clients));
        }
        boost::asio::co_spawn(loop, accept(state_), [](std::exception_ptr) {});
    }
    ~tls_server() { state_->acceptor.close(); }
    std::string url(std::string const& host) const { return "https://" + host + ":" + std::to_string(port()) + "/"; }
    std::uint16_t port() const { return state_->acceptor.local_endpoint().port(); }
    // As oldest and newest version.
    void speak_tls_1_2() { state_->context.set_options(boost::asio::ssl::context::no_tlsv1_3); }
    // The common name of the last client's certificate.
    std::string const& client() const { return state_->client; }
    int requests() const { return state_->requests; }
    int connections() const { return state_->connections; }
    std::string const& asked_for() const { return state_->asked_for; }

private:
    struct state {
        explicit state(boost::asio::io_context& loop)
            : acceptor(loop, boost::asio::ip::tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0)) {}
        boost::asio::ip::tcp::acceptor acceptor;
        boost::asio::ssl::context context{boost::asio::ssl::context::tls_server};
        int connections = 0;
        int requests = 0;
        std::string asked_for;  // the name in the handshake
        std::string client;
    };

    static boost::asio::awaitable<void> accept(std::shared_ptr<state> self) {
        while (true) {
            auto socket = co_await self->acceptor.async_accept(boost::asio::use_awaitable);
            ++self->connections;
            auto const executor = self->acceptor.get_executor();
            boost::asio::co_spawn(executor, serve(self, std::move(socket)), [](std::exception_ptr) {});
        }
    }
    static boost::asio::awaitable<void> serve(std::shared_ptr<state> self, boost::asio::ip::tcp::socket socket) {
        boost::asio::ssl::stream<boost::asio::ip::tcp::socket> stream(std::move(socket), self->context);
        auto [refused] =
            co_await stream.async_handshake(boost::asio::ssl::stream_base::server, boost::asio::as_tuple(boost::asio::use_awaitable));
        if (refused) {
            // Closing with bytes unread would reset the connection, and our last words with it.
            std::string rest(4096, '\0');
            boost::system::error_code ended;
            while (!ended)
                ended = std::get<0>(co_await stream.next_layer().async_read_some(boost::asio::buffer(rest),
                                                                                 boost::asio::as_tuple(boost::asio::use_awaitable)));
            co_return;
        }
        if (char const* name = SSL_get_servername(stream.native_handle(), TLSEXT_NAMETYPE_host_name)) self->asked_for = name;
        keep_client(*self, stream.native_handle());
        std::string buffer(4096, '\0');
        while (true) {
            auto [failure, count] =
                co_await stream.async_read_some(boost::asio::buffer(buffer), boost::asio::as_tuple(boost::asio::use_awaitable));
            if (failure) co_return;
            ++self->requests;
            std::string const answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
            co_await boost::asio::async_write(stream, boost::asio::buffer(answer), boost::asio::use_awaitable);
        }
    }

    static void keep_client(state& self, SSL* connection) {
        std::unique_ptr<X509, decltype(&X509_free)> const certificate(SSL_get1_peer_certificate(connection), &X509_free);
        char name[64] = "";
        if (certificate) X509_NAME_get_text_by_NID(X509_get_subject_name(certificate.get()), NID_commonName, name, sizeof name);
        self.client = name;
    }

    std::shared_ptr<state> state_;
};

}  // namespace chatrixcd::test
