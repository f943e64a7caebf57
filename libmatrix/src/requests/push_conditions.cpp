// SPDX-License-Identifier: Apache-2.0
#include "requests/push_conditions.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <charconv>

#include <chatrixcd/base/json_reader.hpp>

#include "requests/glob.hpp"

namespace chatrixcd::matrix::detail {

namespace json = boost::json;

namespace {

bool never(judged const&) { return false; }

// Strings, integers, booleans and null, without conversions.
bool is_simple(json::value const& v) { return v.is_string() || v.is_int64() || v.is_uint64() || v.is_bool() || v.is_null(); }

bool same(json::value const& a, json::value const& b) { return is_simple(a) && is_simple(b) && a == b; }

bool is_body(std::vector<std::string> const& path) { return path.size() == 2 && path[0] == "content" && path[1] == "body"; }

condition event_match(json::object const& said) {
    auto const key = base::find_string(said, "key");
    auto const pattern = base::find_string(said, "pattern");
    if (!key || !pattern) return never;
    auto path = property_path(*key);
    if (is_body(path)) return body_matches(*pattern);
    return [path = std::move(path), wanted = glob(*pattern)](judged const& j) {
        auto const* text = j.text(path);
        return text != nullptr && wanted.matches(*text);
    };
}

condition property_is(json::object const& said) {
    auto const key = base::find_string(said, "key");
    auto const* value = said.if_contains("value");
    if (!key || value == nullptr || !is_simple(*value)) return never;
    return [path = property_path(*key), wanted = *value](judged const& j) {
        auto const* found = j.find(path);
        return found != nullptr && same(*found, wanted);
    };
}

condition property_contains(json::object const& said) {
    auto const key = base::find_string(said, "key");
    auto const* value = said.if_contains("value");
    if (!key || value == nullptr || !is_simple(*value)) return never;
    return [path = property_path(*key), wanted = *value](judged const& j) {
        auto const* found = j.find(path);
        auto const* list = found != nullptr ? found->if_array() : nullptr;
        return list != nullptr && std::any_of(list->begin(), list->end(), [&](auto const& item) { return same(item, wanted); });
    };
}

bool contains_display_name(judged const& j) {
    auto const& name = j.about().display_name();
    static std::vector<std::string> const body{"content", "body"};
    auto const* text = j.text(body);
    return !name.empty() && text != nullptr && glob::literal(name).matches_words(*text);
}

condition member_count(json::object const& said) {
    auto const is = base::find_string(said, "is");
    if (!is) return never;
    std::string_view rest(*is);
    auto const digits = rest.find_first_of("0123456789");
    if (digits == std::string_view::npos) return never;
    std::string const comparison(rest.substr(0, digits));
    rest.remove_prefix(digits);
    std::size_t number = 0;
    auto const [end, failure] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
    if (failure != std::errc() || end != rest.data() + rest.size()) return never;
    if (comparison.empty() || comparison == "==") return [number](judged const& j) { return j.about().members() == number; };
    if (comparison == "<") return [number](judged const& j) { return j.about().members() < number; };
    if (comparison == ">") return [number](judged const& j) { return j.about().members() > number; };
    if (comparison == "<=") return [number](judged const& j) { return j.about().members() <= number; };
    if (comparison == ">=") return [number](judged const& j) { return j.about().members() >= number; };
    return never;
}

condition notification_permission(json::object const& said) {
    auto key = base::find_string(said, "key");
    if (!key) return never;
    return [key = std::move(*key)](judged const& j) { return j.about().may_notify(j.source().sender(), key); };
}

}  // namespace

json::value const* judged::find(std::vector<std::string> const& path) const {
    auto const* inside = &event_->raw();
    for (std::size_t i = 0; i < path.size(); ++i) {
        auto const* member = inside->if_contains(path[i]);
        if (member == nullptr || i + 1 == path.size()) return member;
        inside = member->if_object();
        if (inside == nullptr) return nullptr;
    }
    return nullptr;
}

std::u32string const* judged::text(std::vector<std::string> const& path) const {
    auto const known = folded_.find(path);
    if (known != folded_.end()) return &known->second;
    auto const* found = find(path);
    if (found == nullptr || !found->is_string()) return nullptr;
    return &folded_.emplace(path, folded(found->get_string())).first->second;
}

std::vector<std::string> property_path(std::string_view dotted) {
    std::vector<std::string> path(1);
    for (std::size_t i = 0; i < dotted.size(); ++i) {
        bool const escape = dotted[i] == '\\' && i + 1 < dotted.size() && (dotted[i + 1] == '.' || dotted[i + 1] == '\\');
        if (escape) {
            path.back() += dotted[++i];
        } else if (dotted[i] == '.') {
            path.emplace_back();
        } else {
            path.back() += dotted[i];
        }
    }
    return path;
}

condition body_matches(std::string_view pattern) {
    return [wanted = glob(pattern)](judged const& j) {
        static std::vector<std::string> const body{"content", "body"};
        auto const* text = j.text(body);
        return text != nullptr && wanted.matches_words(*text);
    };
}

condition make_condition(json::value const& said) {
    auto const* object = said.if_object();
    if (object == nullptr) return never;
    auto const kind = base::find_string(*object, "kind");
    if (kind == "event_match") return event_match(*object);
    if (kind == "event_property_is") return property_is(*object);
    if (kind == "event_property_contains") return property_contains(*object);
    if (kind == "contains_display_name") return contains_display_name;
    if (kind == "room_member_count") return member_count(*object);
    if (kind == "sender_notification_permission") return notification_permission(*object);
    return never;
}

}  // namespace chatrixcd::matrix::detail
