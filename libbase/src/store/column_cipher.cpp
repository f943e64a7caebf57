// SPDX-License-Identifier: Apache-2.0
#include "store/column_cipher.hpp"

#include <openssl/evp.h>

#include <climits>
#include <cstring>
#include <limits>
#include <span>

#include <chatrixcd/base/random.hpp>

namespace chatrixcd::base {

namespace {

constexpr std::size_t tag_size = 16;
constexpr std::size_t before_content = 1 + nonce_counter::size;
constexpr std::size_t around_content = before_content + tag_size;

void check(bool done) {
    if (!done) throw store_error("AES-256-GCM does not work");
}

unsigned char* at(blob& value, std::size_t place) noexcept { return reinterpret_cast<unsigned char*>(value.data()) + place; }
unsigned char const* at(blob const& value, std::size_t place) noexcept {
    return reinterpret_cast<unsigned char const*>(value.data()) + place;
}
unsigned char const* bytes_of(std::string const& text) noexcept { return reinterpret_cast<unsigned char const*>(text.data()); }

}  // namespace

nonce_counter::nonce_counter() { draw(); }

// Not handed in: a seed that comes twice would repeat nonces, which gives the content away.
void nonce_counter::draw() {
    make_system_random()->fill(std::as_writable_bytes(std::span(next_)).first<size - sizeof used_>());
    used_ = 0;
}

nonce_counter::nonce const& nonce_counter::next() {
    if (used_ == std::numeric_limits<std::uint32_t>::max()) draw();
    ++used_;
    std::memcpy(next_.data() + size - sizeof used_, &used_, sizeof used_);
    return next_;
}

// OpenSSL's type under a name of ours.
struct column_cipher::context {
    EVP_CIPHER_CTX* state;
};

void column_cipher::free_context::operator()(context* c) const noexcept {
    EVP_CIPHER_CTX_free(c->state);
    delete c;
}

column_cipher::column_cipher(secret const& key)
    : sealing_(new context{EVP_CIPHER_CTX_new()}), unsealing_(new context{EVP_CIPHER_CTX_new()}) {
    auto const* const bytes = bytes_of(key.reveal());
    check(key.reveal().size() == store_key::size && sealing_->state != nullptr && unsealing_->state != nullptr);
    check(EVP_EncryptInit_ex(sealing_->state, EVP_aes_256_gcm(), nullptr, bytes, nullptr) == 1);
    check(EVP_DecryptInit_ex(unsealing_->state, EVP_aes_256_gcm(), nullptr, bytes, nullptr) == 1);
}

blob column_cipher::seal(nonce_counter::nonce const& with, std::string_view content) {
    if (content.size() > INT_MAX) throw store_error("a value is too large to be sealed");
    auto* const state = sealing_->state;
    blob value(around_content + content.size());
    value.front() = encrypted_format;
    std::memcpy(at(value, 1), with.data(), with.size());
    int length = 0;
    check(EVP_EncryptInit_ex(state, nullptr, nullptr, nullptr, with.data()) == 1);
    check(EVP_EncryptUpdate(state, at(value, before_content), &length, reinterpret_cast<unsigned char const*>(content.data()),
                            static_cast<int>(content.size())) == 1);
    check(EVP_EncryptFinal_ex(state, at(value, before_content + content.size()), &length) == 1);
    check(EVP_CIPHER_CTX_ctrl(state, EVP_CTRL_AEAD_GET_TAG, tag_size, at(value, before_content + content.size())) == 1);
    return value;
}

std::optional<std::string> column_cipher::unseal(blob const& value) {
    if (value.size() < around_content || value.size() - around_content > INT_MAX || value.front() != encrypted_format) return std::nullopt;
    auto* const state = unsealing_->state;
    std::string content(value.size() - around_content, '\0');
    // OpenSSL wants the tag to be writable, and does not write to it.
    auto* const tag = const_cast<unsigned char*>(at(value, before_content + content.size()));
    int length = 0;
    check(EVP_DecryptInit_ex(state, nullptr, nullptr, nullptr, at(value, 1)) == 1);
    check(EVP_DecryptUpdate(state, reinterpret_cast<unsigned char*>(content.data()), &length, at(value, before_content),
                            static_cast<int>(content.size())) == 1);
    check(EVP_CIPHER_CTX_ctrl(state, EVP_CTRL_AEAD_SET_TAG, tag_size, tag) == 1);
    if (EVP_DecryptFinal_ex(state, nullptr, &length) == 1) return content;
    wipe(content);  // nothing of what was not proved
    return std::nullopt;
}

}  // namespace chatrixcd::base
