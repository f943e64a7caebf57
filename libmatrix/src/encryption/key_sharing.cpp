// SPDX-License-Identifier: Apache-2.0
#include "encryption/key_sharing.hpp"

#include "crypto/keys/own_device.hpp"
#include "crypto/rooms/key_answers.hpp"
#include "crypto/rooms/key_requests.hpp"

namespace chatrixcd::matrix::detail {

namespace asio = boost::asio;

asio::awaitable<result<void>> key_sharing::run() {
    bool more = true;
    while (more) {
        auto ask = [token = random_->token(22)](crypto::context const& with) { return crypto::ask_for_keys(with, token); };
        more = co_await machine_->run(std::move(ask));
    }
    auto review = [](crypto::context const& with) { return crypto::review_questions(with); };
    auto without = co_await machine_->run(std::move(review));
    if (!without.empty()) {
        auto const begun = co_await begin_(std::move(without));
        if (!begun) co_return begun.error();
    }
    more = true;
    while (more) {
        auto answer = [token = random_->token(22)](crypto::context const& with) {
            crypto::own_device own(with);
            return crypto::answer_questions(with, own, token);
        };
        more = co_await machine_->run(std::move(answer));
    }
    co_return result<void>();
}

}  // namespace chatrixcd::matrix::detail
