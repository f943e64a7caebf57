// SPDX-License-Identifier: Apache-2.0
#include "media/ciphering.hpp"

#include <openssl/evp.h>

#include "crypto/primitives/checked.hpp"

namespace chatrixcd::matrix::detail {

namespace asio = boost::asio;
using crypto::bytes_of;
using crypto::check;

struct cipher_stream::context {
    context() : state(EVP_CIPHER_CTX_new()) {}
    context(context const&) = delete;
    context& operator=(context const&) = delete;
    ~context() { EVP_CIPHER_CTX_free(state); }

    EVP_CIPHER_CTX* state;
};

cipher_stream::cipher_stream(encrypted_file const& with) : key_(with.key), iv_(with.iv), context_(std::make_unique<context>()) {
    restart();
}
cipher_stream::~cipher_stream() = default;

void cipher_stream::restart() {
    std::string_view const key = key_.reveal();
    std::string_view const iv = iv_;
    check(context_->state != nullptr && EVP_EncryptInit_ex(context_->state, EVP_aes_256_ctr(), nullptr, bytes_of(key), bytes_of(iv)) == 1);
}

std::string cipher_stream::apply(std::string_view piece) {
    std::string out(piece.size(), '\0');
    int length = 0;
    check(EVP_EncryptUpdate(context_->state, bytes_of(out), &length, bytes_of(piece), static_cast<int>(piece.size())) == 1);
    return out;
}

asio::awaitable<result<std::string>> encrypting_source::read(std::size_t most) {
    auto piece = co_await from_->read(most);
    if (!piece) co_return piece;
    co_return cipher_.apply(*piece);
}

result<void> encrypting_source::rewind() {
    cipher_.restart();
    return from_->rewind();
}

result<void> decrypting_sink::rewind() {
    cipher_.restart();
    return to_->rewind();
}

asio::awaitable<result<void>> decrypting_sink::write(std::string piece) {
    auto plain = cipher_.apply(piece);
    co_return co_await to_->write(std::move(plain));
}

}  // namespace chatrixcd::matrix::detail
