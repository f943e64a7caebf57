// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/semaphore/live.hpp>

#include <utility>

#include "values/fields.hpp"

namespace chatrixcd::semaphore {

using boost::asio::awaitable;

namespace {

live_message read_update(boost::json::object const& from) {
    task_update update;
    update.project = project_id(detail::number_of(from, "project_id"));
    update.task = task_id(detail::number_of(from, "task_id"));
    update.of = template_id(detail::number_of(from, "template_id"));
    update.raw_status = detail::text_of(from, "status");
    update.start = detail::time_of(from, "start");
    update.end = detail::time_of(from, "end");
    update.version = detail::some_text_of(from, "version");
    if (update.task.value() == 0 || update.project.value() == 0 || update.raw_status.empty()) {
        return other_message{"update"};
    }
    return update;
}

live_message read_line(boost::json::object const& from) {
    task_line line;
    line.project = project_id(detail::number_of(from, "project_id"));
    line.task = task_id(detail::number_of(from, "task_id"));
    line.time = detail::time_of(from, "time");
    line.text = detail::text_of(from, "output");
    return line;
}

}  // namespace

live_message read_live_message(std::string_view text) {
    auto const message = base::parse_json_object(text);
    if (!message) return other_message();
    auto const type = detail::text_of(*message, "type");
    if (type == "update") return read_update(*message);
    if (type == "log") return read_line(*message);
    return other_message{type};
}

awaitable<result<live_message>> live_connection::next() {
    auto const text = co_await over_->receive();
    if (!text) co_return text.error();
    co_return read_live_message(*text);
}

awaitable<result<live_connection>> connect_live(client& to, base::http::websocket_dialer& by) {
    auto opened = co_await to.open_websocket(by);
    if (!opened) co_return opened.error();
    co_return live_connection(std::move(*opened));
}

}  // namespace chatrixcd::semaphore
