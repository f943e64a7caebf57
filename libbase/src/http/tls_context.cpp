// SPDX-License-Identifier: Apache-2.0
#include "http/tls_context.hpp"

#include <boost/asio/buffer.hpp>

#include <chatrixcd/base/files.hpp>
#include <chatrixcd/base/secret.hpp>

namespace chatrixcd::base::http {

namespace {

namespace asio = boost::asio;
constexpr std::size_t max_certificates = 1U << 20U;

[[noreturn]] void refuse(std::string const& what, std::string const& why) {
    throw error_exception(error(error_kind::environment, what + " cannot be used: " + why));
}

void enable_alpn(asio::ssl::context& context) {
    static constexpr unsigned char http_1_1[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
    ::SSL_CTX_set_alpn_protos(context.native_handle(), http_1_1, sizeof http_1_1);
}

void use_certificate(asio::ssl::context& context, std::string const& file) {
    auto const what = "the client certificate file " + file;
    auto const chain = read_file(file, max_certificates);
    if (!chain) refuse(what, chain.error().message());
    boost::system::error_code failure;
    context.use_certificate_chain(asio::buffer(*chain), failure);
    if (failure) refuse(what, failure.message());
}

void use_key(asio::ssl::context& context, std::string const& file, std::string const& certificate_file) {
    auto const what = "the key file " + file;
    auto const key = secret::from_file(file);
    if (!key) refuse(what, key.error().message());
    if (key->reveal().find("ENCRYPTED") != std::string::npos) {
        auto locked = error(error_kind::environment, what + " cannot be used: it is protected by a passphrase");
        throw error_exception(std::move(locked).with_hint("Name a copy without one: openssl pkey -in " + file + " -out FILE"));
    }
    boost::system::error_code failure;
    context.use_private_key(asio::buffer(key->reveal()), asio::ssl::context::pem, failure);
    // OpenSSL compares the key with the certificate when it is the second to come.
    if (::ERR_GET_REASON(static_cast<unsigned long>(failure.value())) == X509_R_KEY_VALUES_MISMATCH)
        refuse(what, "it is not the key of the certificate in " + certificate_file);
    if (failure) refuse(what, failure.message());
}

}  // namespace

asio::ssl::context make_tls_context(tls_files const& files) {
    asio::ssl::context context(asio::ssl::context::tls_client);
    context.set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1);
    context.set_verify_mode(asio::ssl::verify_peer);
    enable_alpn(context);
    boost::system::error_code failure;
    // A machine without CAs of its own still reaches the servers of `ca_file`; the others are refused by name.
    context.set_default_verify_paths(failure);
    if (!files.ca_file.empty()) {
        context.load_verify_file(files.ca_file, failure);
        if (failure) refuse("the CA file " + files.ca_file, failure.message());
    }
    if (files.certificate_file.empty() != files.key_file.empty())
        throw error_exception(error(error_kind::invalid, "a client certificate needs a file with the certificate and one with its key"));
    if (!files.certificate_file.empty()) {
        use_certificate(context, files.certificate_file);
        use_key(context, files.key_file, files.certificate_file);
    }
    return context;
}

}  // namespace chatrixcd::base::http
