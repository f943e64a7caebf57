// SPDX-License-Identifier: Apache-2.0
// Content that is encrypted on its way up, and decrypted on its way down, piece by piece (AES-256 in counter mode).
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <chatrixcd/base/http.hpp>
#include <chatrixcd/matrix/encrypted_file.hpp>

namespace chatrixcd::matrix::detail {

using base::result;

class cipher_stream {
public:
    // Throws error_exception (environment) if the machine's crypto library cannot.
    explicit cipher_stream(encrypted_file const& with);
    ~cipher_stream();
    cipher_stream(cipher_stream const&) = delete;
    cipher_stream& operator=(cipher_stream const&) = delete;

    // From the beginning.
    void restart();
    // The next piece, in either direction.
    std::string apply(std::string_view piece);

private:
    struct context;
    secret key_;
    std::string iv_;
    std::unique_ptr<context> context_;
};

class encrypting_source final : public base::http::body_source {
public:
    encrypting_source(std::shared_ptr<base::http::body_source> from, encrypted_file const& with) : from_(std::move(from)), cipher_(with) {}

    std::uint64_t size() const override { return from_->size(); }
    boost::asio::awaitable<result<std::string>> read(std::size_t most) override;
    result<void> rewind() override;

private:
    std::shared_ptr<base::http::body_source> from_;
    cipher_stream cipher_;
};

class decrypting_sink final : public base::http::body_sink {
public:
    decrypting_sink(std::shared_ptr<base::http::body_sink> to, encrypted_file const& with) : to_(std::move(to)), cipher_(with) {}

    result<void> rewind() override;
    boost::asio::awaitable<result<void>> write(std::string piece) override;

private:
    std::shared_ptr<base::http::body_sink> to_;
    cipher_stream cipher_;
};

}  // namespace chatrixcd::matrix::detail
