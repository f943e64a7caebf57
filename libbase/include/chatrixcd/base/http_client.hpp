// SPDX-License-Identifier: Apache-2.0
// The HTTP/1.1 client: TLS with host name check against the system's CAs, keep-alive, time-outs, size caps. One request a
// connection at a time, as many connections as requests at once; idle ones are reused. Answers come compressed where the server can, and
// arrive inflated, without Content-Encoding and Content-Length; a request with an Accept-Encoding of its own gets the body as it came.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <memory>
#include <string>

#include <chatrixcd/base/http.hpp>
#include <chatrixcd/base/http_proxy.hpp>
#include <chatrixcd/base/log.hpp>

namespace chatrixcd::base::http {

class client_options {
public:
    client_options() = default;
    // A PEM file of additional CAs. make_client() throws error_exception(environment) if it cannot be read.
    std::string ca_file;
    // PEM files of a certificate that servers may ask for, with those between it and its CA, and of its key. Both or neither; the key
    // without a passphrase, and 0600, or the log says so. make_client() throws error_exception, naming the file, if one cannot be used.
    std::string certificate_file;
    std::string key_file;
    // What a proxy refuses, or does not do, is `unavailable`.
    proxy_settings proxy;
    std::string user_agent = "chatrixcd";
    // For the name lookup, all addresses (IPv6 and IPv4 are raced, RFC 8305), the proxy and the TLS handshake together.
    std::chrono::milliseconds connect_timeout{std::chrono::seconds(10)};
    // A connection that was idle for longer is not used again; it is closed at the next request, or with the client.
    std::chrono::milliseconds idle_timeout{std::chrono::seconds(60)};
    std::size_t max_idle_connections = 8;
};

// The transport must be used on the executor's thread, and destroyed after its requests have ended.
std::unique_ptr<transport> make_client(boost::asio::any_io_executor executor, client_options options = {}, logger log = {});

}  // namespace chatrixcd::base::http
