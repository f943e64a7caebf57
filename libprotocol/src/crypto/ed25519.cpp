// SPDX-License-Identifier: Apache-2.0
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include <chatrixcd/protocol/base64.hpp>
#include <chatrixcd/protocol/signing.hpp>

namespace chatrixcd::protocol {

namespace {

constexpr std::size_t key_bytes = 32;

struct pkey_free {
    void operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }
};
struct context_free {
    void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};
using pkey = std::unique_ptr<EVP_PKEY, pkey_free>;
using context = std::unique_ptr<EVP_MD_CTX, context_free>;

unsigned char const* raw(std::string_view bytes) { return reinterpret_cast<unsigned char const*>(bytes.data()); }
unsigned char const* raw(std::span<std::byte const> bytes) { return reinterpret_cast<unsigned char const*>(bytes.data()); }

base::error_exception broken(char const* what) { return base::error_exception(base::error(base::error_kind::environment, what)); }

bool is_version(std::string_view version) {
    auto const allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; };
    return !version.empty() && std::ranges::all_of(version, allowed);
}

}  // namespace

struct verify_key::impl {
    pkey key;
};

struct signing_key::impl {
    pkey key;
};

base::result<verify_key> verify_key::parse(std::string_view base64) {
    auto const bytes = decode_base64(base64);
    if (!bytes || bytes->size() != key_bytes) return base::error(base::error_kind::invalid, "not an Ed25519 public key");
    pkey key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, raw(*bytes), bytes->size()));
    if (!key) return base::error(base::error_kind::invalid, "not an Ed25519 public key");
    verify_key parsed;
    parsed.impl_ = std::make_shared<impl const>(impl{std::move(key)});
    parsed.base64_ = encode_base64(*bytes);
    return parsed;
}

bool verify_key::verify(std::string_view message, std::string_view signature) const {
    auto const bytes = decode_base64(signature);
    if (!bytes || bytes->size() != std::tuple_size_v<signature_bytes>) return false;
    context verifying(EVP_MD_CTX_new());
    if (!verifying || EVP_DigestVerifyInit(verifying.get(), nullptr, nullptr, nullptr, impl_->key.get()) != 1)
        throw broken("Ed25519 is not available");
    return EVP_DigestVerify(verifying.get(), raw(*bytes), bytes->size(), raw(message), message.size()) == 1;
}

signing_key::signing_key(std::string key_id, base::secret seed, std::shared_ptr<impl const> key, verify_key public_key)
    : impl_(std::move(key)), key_id_(std::move(key_id)), seed_(std::move(seed)), public_key_(std::move(public_key)) {}

base::result<signing_key> signing_key::from_seed(base::secret const& seed, std::string version) {
    if (!is_version(version)) return base::error(base::error_kind::invalid, "a signing key's version is made of letters, digits and _");
    auto bytes = decode_base64(seed.reveal());
    if (!bytes || bytes->size() != key_bytes) return base::error(base::error_kind::invalid, "not an Ed25519 seed");
    pkey key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, raw(*bytes), bytes->size()));
    OPENSSL_cleanse(bytes->data(), bytes->size());
    if (!key) throw broken("Ed25519 is not available");
    std::array<std::byte, key_bytes> public_bytes;
    auto length = public_bytes.size();
    if (EVP_PKEY_get_raw_public_key(key.get(), reinterpret_cast<unsigned char*>(public_bytes.data()), &length) != 1)
        throw broken("Ed25519 is not available");
    return signing_key("ed25519:" + version, seed, std::make_shared<impl const>(impl{std::move(key)}),
                       verify_key::parse(encode_base64(public_bytes)).value());
}

signing_key signing_key::generate(base::random& randomness, std::string version) {
    std::array<std::byte, key_bytes> bytes;
    randomness.fill(bytes);
    base::secret const seed(encode_base64(bytes));
    OPENSSL_cleanse(bytes.data(), bytes.size());
    return from_seed(seed, std::move(version)).value();
}

signature_bytes signing_key::sign(std::string_view message) const {
    signature_bytes signature;
    auto length = signature.size();
    context signer(EVP_MD_CTX_new());
    if (!signer || EVP_DigestSignInit(signer.get(), nullptr, nullptr, nullptr, impl_->key.get()) != 1 ||
        EVP_DigestSign(signer.get(), reinterpret_cast<unsigned char*>(signature.data()), &length, raw(message), message.size()) != 1)
        throw broken("Ed25519 is not available");
    return signature;
}

}  // namespace chatrixcd::protocol
