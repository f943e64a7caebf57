// SPDX-License-Identifier: Apache-2.0
#include "screen.hpp"

#include <iostream>
#include <span>

#include <chatrixcd/protocol/base64.hpp>

namespace matrix = chatrixcd::matrix;
namespace protocol = chatrixcd::protocol;
using boost::asio::awaitable;

namespace {

constexpr std::string_view asks_to_scan = "scan ";

void tell(matrix::verification const& of, matrix::result<matrix::verified> const& proof) {
    if (proof) std::cout << "verified " << of.user().str() << " identity=" << proof->identity << std::endl;
    if (!proof) std::cout << "not verified: " << proof.error().message() << std::endl;
}

}  // namespace

awaitable<void> screen::show(matrix::verification asked) {
    last_ = asked;
    auto const code = (co_await asked.qr_data()).value();
    std::cout << "shows " << protocol::encode_base64(std::as_bytes(std::span<char const>(code.reveal()))) << std::endl;
    auto const seen = co_await asked.scanned();
    if (!seen) {
        std::cout << "was not scanned: " << seen.error().message() << std::endl;
        co_return;
    }
    std::cout << "was scanned" << std::endl;
    auto const proof = co_await asked.confirm();
    tell(asked, proof);
}

awaitable<void> screen::look_at(std::string text) {
    if (!last_ || !text.starts_with(asks_to_scan)) co_return;
    auto const bytes = protocol::decode_base64(std::string_view(text).substr(asks_to_scan.size())).value();
    auto const of = *last_;
    matrix::secret code(std::string(reinterpret_cast<char const*>(bytes.data()), bytes.size()));
    auto const proof = co_await of.scan(std::move(code));
    tell(of, proof);
}
