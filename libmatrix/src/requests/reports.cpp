// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/matrix/reports.hpp>

#include "client/runtime.hpp"
#include "requests/ask.hpp"

namespace chatrixcd::matrix {

namespace asio = boost::asio;
using detail::call;
using detail::client_path;

namespace {

call report(std::string path, std::string reason) {
    boost::json::object body;
    body["reason"] = std::move(reason);
    return call::post(std::move(path)).body(body).named("the report");
}

}  // namespace

asio::awaitable<result<void>> reports::event(room_id room, event_id id, std::string reason) const {
    auto request = report(client_path({"rooms", room.str(), "report", id.str()}), std::move(reason));
    return tell(*runtime_, feature::report_event, std::move(request));
}

asio::awaitable<result<void>> reports::room(room_id room, std::string reason) const {
    return tell(*runtime_, feature::report_room, report(client_path({"rooms", room.str(), "report"}), std::move(reason)));
}

asio::awaitable<result<void>> reports::user(user_id user, std::string reason) const {
    return tell(*runtime_, feature::report_user, report(client_path({"users", user.str(), "report"}), std::move(reason)));
}

reports client::reports() const { return matrix::reports(*runtime_); }

}  // namespace chatrixcd::matrix
