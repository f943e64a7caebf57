// SPDX-License-Identifier: Apache-2.0
// A long message as several events.
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <chatrixcd/matrix/outgoing.hpp>

#include "content/cut.hpp"
#include "content/html_cutter.hpp"
#include "content/utf8.hpp"

namespace chatrixcd::matrix {

namespace {

constexpr std::size_t least_text = 64;

std::size_t size_of(boost::json::object const& content) { return boost::json::serialize(content).size(); }

}  // namespace

// Body and HTML are cut in step, by what is left of each: a client shows one of the two, and must see all of it. Nothing if the HTML
// cannot be cut, or more than most_parts would be needed.
std::optional<std::vector<boost::json::object>> outgoing::cut(std::string const& body, std::string const& markup,
                                                              std::size_t most_bytes) const {
    std::vector<boost::json::object> made;
    detail::html_cutter html(markup);
    std::string_view rest = body;
    auto const frame = [&](bool first, std::string text, std::string tags) {
        auto content = framed(std::move(text), std::move(tags));
        if (first) content["m.mentions"] = mentions();
        relate(content, /*answers=*/first);
        return content;
    };
    while (made.size() < most_parts) {
        bool const first = made.empty();
        auto const bare = size_of(frame(first, {}, markup.empty() ? "" : "x"));
        if (bare + least_text > most_bytes) return std::nullopt;
        auto const budget = most_bytes - bare;
        auto const of_text = detail::json_cost(rest);
        auto const of_html = markup.empty() ? 0 : html.rest_cost();
        if (of_text + of_html <= budget) {
            made.push_back(frame(first, std::string(rest), markup.empty() ? std::string() : html.rest()));
            return made;
        }
        auto const share =
            static_cast<std::size_t>(static_cast<double>(budget) * static_cast<double>(of_text) / static_cast<double>(of_text + of_html));
        auto const place = detail::good_place(rest, detail::longest_prefix(rest, share));
        std::string tags;
        if (!markup.empty()) {
            auto piece = html.take(budget - share);
            if (!piece) return std::nullopt;
            tags = std::move(*piece);
        }
        made.push_back(frame(first, std::string(rest.substr(0, place)), std::move(tags)));
        rest.remove_prefix(place);
    }
    return std::nullopt;
}

result<std::vector<boost::json::object>> outgoing::parts(std::size_t most_bytes) const {
    if (auto whole = content(); size_of(whole) <= most_bytes) {
        std::vector<boost::json::object> one;
        one.push_back(std::move(whole));
        return one;
    }
    auto const body = detail::repaired_utf8(body_);
    auto const markup = detail::repaired_utf8(html_);
    std::optional<std::vector<boost::json::object>> made;
    if (!markup.empty() && detail::is_balanced(markup)) made = cut(body, markup, most_bytes);
    if (!made && !body.empty()) made = cut(body, {}, most_bytes);
    if (made) return std::move(*made);
    return error(error_kind::too_large, "the message is too long: " + std::to_string(body.size() + markup.size()) + " bytes")
        .with_hint("It may take " + std::to_string(most_parts) + " events of " + std::to_string(most_bytes) +
                   " bytes: send a file instead");
}

}  // namespace chatrixcd::matrix
