// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/matrix/receipts.hpp>

#include "client/runtime.hpp"
#include "requests/ask.hpp"

namespace chatrixcd::matrix {

namespace asio = boost::asio;
using detail::call;
using detail::client_path;

namespace {

std::string_view word_of(receipt_kind kind) noexcept { return kind == receipt_kind::read ? "m.read" : "m.read.private"; }

}  // namespace

asio::awaitable<result<void>> receipts::send(event_id up_to, receipt_kind kind, receipt_thread where) const {
    boost::json::object body;
    if (!where.str().empty()) body["thread_id"] = where.str();
    auto request = call::post(client_path({"rooms", room_.str(), "receipt", word_of(kind), up_to.str()})).body(body).again();
    return tell(*runtime_, std::move(request).named("marking messages as read"));
}

asio::awaitable<result<void>> receipts::fully_read(event_id up_to, receipt_kind with) const {
    boost::json::object body;
    body["m.fully_read"] = up_to.str();
    body[word_of(with)] = up_to.str();
    auto request = call::post(client_path({"rooms", room_.str(), "read_markers"})).body(body).again();
    return tell(*runtime_, std::move(request).named("marking messages as read"));
}

receipts room::receipts() const { return matrix::receipts(*runtime_, id_); }

}  // namespace chatrixcd::matrix
