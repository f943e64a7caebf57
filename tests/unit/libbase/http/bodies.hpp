// SPDX-License-Identifier: Apache-2.0
// A source and a sink of any size that hold nothing: byte n of a body is n modulo 251.
#pragma once

#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdint>
#include <limits>
#include <string>

#include <chatrixcd/base/http.hpp>

namespace chatrixcd::test {

// At most 64 KiB of it.
inline std::string pattern(std::uint64_t from, std::size_t length) {
    static std::string const repeated = [] {
        std::string bytes(65536 + 251, '\0');
        for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i % 251);
        return bytes;
    }();
    return repeated.substr(static_cast<std::size_t>(from % 251), length);
}

// Lets what else is ready run: a source or a sink that waits, as one on a disk does.
inline boost::asio::awaitable<void> step_aside() {
    auto const executor = co_await boost::asio::this_coro::executor;
    co_await boost::asio::post(executor, boost::asio::use_awaitable);
}

class patterned_source final : public base::http::body_source {
public:
    // Each but cannot_rewind shows behind the first 100,000 bytes.
    enum class fault { none, fails, throws, ends_early, gives_too_much, cannot_rewind };
    explicit patterned_source(std::uint64_t size, fault f = fault::none) : size_(size), fault_(f) {}

    std::uint64_t size() const override { return size_; }
    boost::asio::awaitable<base::result<std::string>> read(std::size_t most) override {
        co_await step_aside();
        largest_ = std::max(largest_, most);
        bool const due = at_ >= 100000;
        if (due && fault_ == fault::fails) co_return base::error(base::error_kind::environment, "the source is broken");
        if (due && fault_ == fault::throws) throw std::runtime_error("the source threw");
        if (due && fault_ == fault::ends_early) co_return std::string();
        if (due && fault_ == fault::gives_too_much) co_return std::string(most + 1, 'x');
        auto piece = pattern(at_, static_cast<std::size_t>(std::min<std::uint64_t>(most, size_ - at_)));
        at_ += piece.size();
        co_return piece;
    }
    base::result<void> rewind() override {
        if (fault_ == fault::cannot_rewind) return base::error(base::error_kind::unsupported, "the source was read");
        ++rewound_;
        at_ = 0;
        return {};
    }
    std::size_t largest_piece() const noexcept { return largest_; }
    std::uint64_t given() const noexcept { return at_; }
    int rewound() const noexcept { return rewound_; }

private:
    std::uint64_t size_;
    fault fault_;
    std::uint64_t at_ = 0;
    std::size_t largest_ = 0;
    int rewound_ = 0;
};

// How a request ends whose source has it.
inline base::error_kind kind_of(patterned_source::fault f) {
    if (f == patterned_source::fault::fails) return base::error_kind::environment;
    if (f == patterned_source::fault::cannot_rewind) return base::error_kind::unsupported;
    return base::error_kind::invalid;
}

class checking_sink final : public base::http::body_sink {
public:
    explicit checking_sink(std::uint64_t fails_after = std::numeric_limits<std::uint64_t>::max()) : fails_after_(fails_after) {}

    base::result<void> rewind() override {
        ++rewound_;
        size_ = 0;
        as_patterned_ = true;
        return {};
    }
    boost::asio::awaitable<base::result<void>> write(std::string piece) override {
        co_await step_aside();
        if (size_ + piece.size() > fails_after_) co_return base::error(base::error_kind::environment, "the sink is full");
        largest_ = std::max(largest_, piece.size());
        as_patterned_ = as_patterned_ && !piece.empty() && piece == pattern(size_, piece.size());
        size_ += piece.size();
        co_return base::result<void>();
    }
    std::uint64_t size() const noexcept { return size_; }
    std::size_t largest_piece() const noexcept { return largest_; }
    bool is_as_patterned() const noexcept { return as_patterned_; }
    int rewound() const noexcept { return rewound_; }

private:
    std::uint64_t fails_after_;
    std::uint64_t size_ = 0;
    std::size_t largest_ = 0;
    bool as_patterned_ = true;
    int rewound_ = 0;
};

}  // namespace chatrixcd::test
