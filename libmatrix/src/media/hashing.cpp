// SPDX-License-Identifier: Apache-2.0
#include "media/hashing.hpp"

#include <openssl/evp.h>

#include <array>

#include "media/hex.hpp"

namespace chatrixcd::matrix::detail {

namespace asio = boost::asio;

struct sha256_stream::context {
    context() : state(EVP_MD_CTX_new()) {}
    context(context const&) = delete;
    context& operator=(context const&) = delete;
    ~context() { EVP_MD_CTX_free(state); }

    EVP_MD_CTX* state;
};

namespace {

void check(bool worked) {
    if (!worked) throw base::error_exception(base::error(base::error_kind::environment, "the crypto library has no SHA-256"));
}

}  // namespace

sha256_stream::sha256_stream() : context_(std::make_unique<context>()) { restart(); }
sha256_stream::~sha256_stream() = default;

void sha256_stream::restart() { check(context_->state != nullptr && EVP_DigestInit_ex(context_->state, EVP_sha256(), nullptr) == 1); }

void sha256_stream::add(std::string_view piece) { check(EVP_DigestUpdate(context_->state, piece.data(), piece.size()) == 1); }

std::string sha256_stream::finish() {
    std::array<unsigned char, 32> bytes{};
    check(EVP_DigestFinal_ex(context_->state, bytes.data(), nullptr) == 1);
    return to_hex(std::string_view(reinterpret_cast<char const*>(bytes.data()), bytes.size()));
}

asio::awaitable<result<std::string>> hashing_source::read(std::size_t most) {
    auto piece = co_await from_->read(most);
    if (piece) hash_.add(*piece);
    ++moved_;
    co_return piece;
}

result<void> hashing_source::rewind() {
    hash_.restart();
    return from_->rewind();
}

result<void> hashing_sink::rewind() {
    hash_.restart();
    size_ = 0;
    return to_->rewind();
}

asio::awaitable<result<void>> hashing_sink::write(std::string piece) {
    hash_.add(piece);
    size_ += piece.size();
    ++moved_;
    co_return co_await to_->write(std::move(piece));
}

}  // namespace chatrixcd::matrix::detail
