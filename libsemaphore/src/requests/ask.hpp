// SPDX-License-Identifier: Apache-2.0
// A call and the reading of its answer, with the call's name in what may be wrong with it.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "http/connection.hpp"
#include "values/read.hpp"

namespace chatrixcd::semaphore::detail {

inline base::error in_answer_to(std::string const& name, base::error const& why) {
    return base::error(why.kind(), name + ": " + why.message()).with_hint(why.hint());
}

template <class T>
boost::asio::awaitable<result<T>> ask_one(connection& to, call what, result<T> (*read)(boost::json::object)) {
    auto const name = what.name();
    auto answer = co_await to.ask(std::move(what));
    if (!answer) co_return answer.error();
    auto made = read_one<T>(std::move(*answer), read);
    if (!made) co_return in_answer_to(name, made.error());
    co_return made;
}

template <class T>
boost::asio::awaitable<result<std::vector<T>>> ask_list(connection& to, call what, result<T> (*read)(boost::json::object)) {
    auto const name = what.name();
    auto answer = co_await to.ask(std::move(what));
    if (!answer) co_return answer.error();
    auto list = read_list<T>(std::move(*answer), read);
    if (!list) co_return in_answer_to(name, list.error());
    co_return list;
}

inline std::string no_project(project_id in) { return "there is no project " + in.str(); }

}  // namespace chatrixcd::semaphore::detail
