// SPDX-License-Identifier: Apache-2.0
// Two servers' answers to the same request, freed of what each may choose: the same status and kind, and of what is an object the same
// members of the same types.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <vector>

#include <chatrixcd/base/http.hpp>
#include <chatrixcd/base/json_reader.hpp>

namespace chatrixcd::test {

struct semaphore_answer {
    std::int64_t status = 0;
    std::string type;
    boost::json::value body;  // null if it is no JSON
};

inline semaphore_answer semaphore_answer_of(std::int64_t status, std::string type, std::string const& body) {
    auto parsed = base::parse_json(body);
    return {status, std::move(type), parsed ? std::move(*parsed) : boost::json::value()};
}

inline semaphore_answer semaphore_answer_of(base::http::response const& said) {
    return semaphore_answer_of(said.status, said.headers.get("Content-Type").value_or(""), said.body);
}

// What is compared of a list is its first element.
inline boost::json::object object_in(boost::json::value const& body) {
    if (auto const* list = body.if_array()) return list->empty() ? boost::json::object() : object_in(list->front());
    auto const* object = body.if_object();
    return object == nullptr ? boost::json::object() : *object;
}

inline bool says_nothing(boost::json::value const& v) {
    return v.is_null() || (v.is_string() && v.get_string().empty()) || (v.is_bool() && !v.get_bool()) ||
           (v.is_object() && v.get_object().empty()) || (v.is_int64() && v.get_int64() == 0);
}
inline bool is_one_kind(boost::json::value const& a, boost::json::value const& b) {
    return a.is_null() || b.is_null() || a.kind() == b.kind() || (a.is_number() && b.is_number());
}

// What one of them has and the other has not. `leaves_out`: newer servers leave out what says nothing, so that a member that says something
// may be missing where the data are others.
inline std::vector<std::string> semaphore_differences(semaphore_answer const& real, semaphore_answer const& ours, bool leaves_out) {
    std::vector<std::string> found;
    if (ours.status != real.status) found.push_back("status " + std::to_string(ours.status) + ", not " + std::to_string(real.status));
    if (ours.type != real.type) found.push_back("type '" + ours.type + "', not '" + real.type + "'");
    if (ours.body.is_array() != real.body.is_array()) found.push_back(real.body.is_array() ? "is no list" : "is a list");
    auto const theirs = object_in(real.body);
    auto const mine = object_in(ours.body);
    for (auto const& member : theirs) {
        auto const* other = mine.if_contains(member.key());
        if (other == nullptr && (!leaves_out || says_nothing(member.value()))) found.push_back("lacks " + std::string(member.key()));
        if (other != nullptr && !is_one_kind(member.value(), *other)) found.push_back("another type: " + std::string(member.key()));
    }
    for (auto const& member : mine) {
        if (!theirs.contains(member.key()) && (!leaves_out || says_nothing(member.value()))) {
            found.push_back("has " + std::string(member.key()));
        }
    }
    return found;
}

}  // namespace chatrixcd::test
