// SPDX-License-Identifier: Apache-2.0
#include "http/certificates.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <stdexcept>

namespace chatrixcd::test {

namespace {

template <auto Free>
struct deleter {
    template <class T>
    void operator()(T* object) const {
        Free(object);
    }
};
using key_ptr = std::unique_ptr<EVP_PKEY, deleter<EVP_PKEY_free>>;
using certificate_ptr = std::unique_ptr<X509, deleter<X509_free>>;
using bio_ptr = std::unique_ptr<BIO, deleter<BIO_free_all>>;

void require(bool ok) {
    if (!ok) throw std::runtime_error("OpenSSL made no certificate");
}

key_ptr make_key() {
    key_ptr key(EVP_EC_gen("P-256"));
    require(key != nullptr);
    return key;
}

std::string text_of(BIO* memory) {
    char* data = nullptr;
    auto const size = BIO_get_mem_data(memory, &data);
    return std::string(data, static_cast<std::size_t>(size));
}

std::string pem(X509* certificate) {
    bio_ptr const memory(BIO_new(BIO_s_mem()));
    require(PEM_write_bio_X509(memory.get(), certificate) == 1);
    return text_of(memory.get());
}

std::string pem(EVP_PKEY* key) {
    bio_ptr const memory(BIO_new(BIO_s_mem()));
    require(PEM_write_bio_PrivateKey(memory.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1);
    return text_of(memory.get());
}

void extend(X509* certificate, X509* issuer, int what, std::string const& value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    std::unique_ptr<X509_EXTENSION, deleter<X509_EXTENSION_free>> const extension(
        X509V3_EXT_conf_nid(nullptr, &context, what, value.c_str()));
    require(extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1);
}

certificate_ptr begin(std::string const& name, long serial, EVP_PKEY* key, long seconds = 3600) {
    certificate_ptr certificate(X509_new());
    require(certificate != nullptr);
    X509_set_version(certificate.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -7200);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), seconds);
    auto const* text = reinterpret_cast<unsigned char const*>(name.c_str());
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_UTF8, text, -1, -1, 0);
    require(X509_set_pubkey(certificate.get(), key) == 1);
    return certificate;
}

}  // namespace

struct certificate_authority::state {
    key_ptr key = make_key();
    certificate_ptr certificate = begin("a test's authority", 1, key.get());
    long issued = 1;
};

certificate_authority::certificate_authority() : state_(std::make_unique<state>()) {
    auto* const own = state_->certificate.get();
    X509_set_issuer_name(own, X509_get_subject_name(own));
    extend(own, own, NID_basic_constraints, "critical,CA:TRUE");
    extend(own, own, NID_key_usage, "critical,keyCertSign");
    require(X509_sign(own, state_->key.get(), EVP_sha256()) > 0);
}

certificate_authority::~certificate_authority() = default;

std::string certificate_authority::certificate() const { return pem(state_->certificate.get()); }

identity certificate_authority::issue(std::string const& names, std::string const& common_name, long seconds) const {
    auto const key = make_key();
    auto const certificate = begin(common_name, ++state_->issued, key.get(), seconds);
    auto* const issuer = state_->certificate.get();
    X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuer));
    if (!names.empty()) extend(certificate.get(), issuer, NID_subject_alt_name, names);
    require(X509_sign(certificate.get(), state_->key.get(), EVP_sha256()) > 0);
    return identity{pem(certificate.get()), pem(key.get())};
}

identity make_self_signed(std::string const& names) {
    auto const key = make_key();
    auto const certificate = begin("a test's server", 1, key.get());
    X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate.get()));
    extend(certificate.get(), certificate.get(), NID_subject_alt_name, names);
    require(X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0);
    return identity{pem(certificate.get()), pem(key.get())};
}

std::string locked(std::string const& key) {
    bio_ptr const in(BIO_new_mem_buf(key.data(), static_cast<int>(key.size())));
    key_ptr const parsed(PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, nullptr));
    bio_ptr const out(BIO_new(BIO_s_mem()));
    unsigned char const passphrase[] = "secret";
    require(PEM_write_bio_PrivateKey(out.get(), parsed.get(), EVP_aes_128_cbc(), passphrase, 6, nullptr, nullptr) == 1);
    return text_of(out.get());
}

}  // namespace chatrixcd::test
