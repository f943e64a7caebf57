// SPDX-License-Identifier: Apache-2.0
// Whatever is an event answers every question about it, and is the same event when it was written down and read again.
#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdlib>

#include <chatrixcd/matrix/event.hpp>

namespace {

// Boost.JSON reads a number that is no integer, or too large for one, to the last bit but one: written and read again it may differ there.
bool has_fraction(boost::json::value const& v) {
    if (v.is_double()) return true;
    if (v.is_array()) return std::ranges::any_of(v.get_array(), has_fraction);
    auto const of_member = [](auto const& member) { return has_fraction(member.value()); };
    return v.is_object() && std::ranges::any_of(v.get_object(), of_member);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace chatrixcd::matrix;
    auto const e = event::parse_text(std::string_view(reinterpret_cast<char const*>(data), size));
    if (!e) return e.error().message().empty() ? (std::abort(), 0) : 0;
    bool const text = is_text_message(*e);
    if (text && (!is_message(*e) || e->state_key() || e->is_redacted() || e->content_text("body").empty())) std::abort();
    if (message_text(*e).size() > e->content_text("body").size()) std::abort();
    if (auto const relation = e->relates_to(); relation && relation->target.str().front() != '$') std::abort();
    auto const again = event::parse_text(e->to_text());
    if (!again || (again->raw() != e->raw() && !has_fraction(e->raw())) || again->id() != e->id() || again->sent() != e->sent())
        std::abort();
    if (again->state_key() != e->state_key() || again->in_reply_to() != e->in_reply_to() || is_text_message(*again) != text) std::abort();
    return 0;
}
