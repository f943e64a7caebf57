// SPDX-License-Identifier: Apache-2.0
#include "mirror.hpp"

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <chatrixcd/base/notifier.hpp>
#include <iostream>

namespace base = chatrixcd::base;
namespace matrix = chatrixcd::matrix;
using boost::asio::awaitable;

namespace {

class stalling_source final : public base::http::body_source {
public:
    explicit stalling_source(std::string content) : content_(std::move(content)) {}

    std::uint64_t size() const override { return content_.size(); }

    awaitable<base::result<std::string>> read(std::size_t most) override {
        auto const half = content_.size() / 2;
        if (at_ == half) {
            std::cout << "half of the answer has left" << std::endl;
            base::notifier nobody(co_await boost::asio::this_coro::executor);
            co_await nobody.wait();
        }
        auto piece = content_.substr(at_, std::min(most, half - at_));
        at_ += piece.size();
        co_return piece;
    }

    base::result<void> rewind() override {
        at_ = 0;
        return {};
    }

private:
    std::string content_;
    std::size_t at_ = 0;
};

matrix::upload upload_of(std::string content, bool stalls) {
    if (!stalls) return matrix::upload::memory(std::move(content));
    return matrix::upload::from(std::make_shared<stalling_source>(std::move(content)));
}

}  // namespace

awaitable<void> mirror(matrix::client& client, matrix::message m, matrix::attached sent, bool stalls) {
    std::cout << "file \"" << sent.file_name << "\" secret=" << sent.secret.has_value() << std::endl;
    auto how = matrix::download();
    if (sent.secret) how = std::move(how).decrypting(*sent.secret);
    auto got = (co_await client.media().get(sent.uri, std::move(how))).value();
    std::reverse(got.content.begin(), got.content.end());
    auto what = upload_of(std::move(got.content), stalls).type("text/plain").name("mirrored " + sent.file_name).encrypted();
    auto const done = (co_await client.media().upload(std::move(what))).value();
    auto shown = matrix::attachment::file(done);
    (co_await m.room().send_attachment(std::move(shown))).value();
}
