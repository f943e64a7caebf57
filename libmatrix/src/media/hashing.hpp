// SPDX-License-Identifier: Apache-2.0
// SHA-256 of a body while it passes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <chatrixcd/base/http.hpp>

namespace chatrixcd::matrix::detail {

using base::result;

class sha256_stream {
public:
    // Throws error_exception (environment) if the machine's crypto library cannot.
    sha256_stream();
    ~sha256_stream();
    sha256_stream(sha256_stream const&) = delete;
    sha256_stream& operator=(sha256_stream const&) = delete;

    void restart();
    void add(std::string_view piece);
    // 64 hexadecimal digits; ends the stream until restart().
    std::string finish();

private:
    struct context;
    std::unique_ptr<context> context_;
};

class hashing_source final : public base::http::body_source {
public:
    explicit hashing_source(std::shared_ptr<base::http::body_source> from) : from_(std::move(from)) {}

    std::uint64_t size() const override { return from_->size(); }
    boost::asio::awaitable<result<std::string>> read(std::size_t most) override;
    result<void> rewind() override;
    // Grows with every piece, over all attempts.
    std::uint64_t moved() const noexcept { return moved_; }
    // Of what the last attempt read.
    std::string digest() { return hash_.finish(); }

private:
    std::shared_ptr<base::http::body_source> from_;
    sha256_stream hash_;
    std::uint64_t moved_ = 0;
};

class hashing_sink final : public base::http::body_sink {
public:
    explicit hashing_sink(std::shared_ptr<base::http::body_sink> to) : to_(std::move(to)) {}

    result<void> rewind() override;
    boost::asio::awaitable<result<void>> write(std::string piece) override;
    // Grows with every piece, over all attempts.
    std::uint64_t moved() const noexcept { return moved_; }
    // Of what the last attempt wrote.
    std::uint64_t size() const noexcept { return size_; }
    std::string digest() { return hash_.finish(); }

private:
    std::shared_ptr<base::http::body_sink> to_;
    sha256_stream hash_;
    std::uint64_t size_ = 0;
    std::uint64_t moved_ = 0;
};

}  // namespace chatrixcd::matrix::detail
