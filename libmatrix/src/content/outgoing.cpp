// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/matrix/outgoing.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cassert>

#include <chatrixcd/matrix/markdown.hpp>

#include "content/cut.hpp"
#include "content/utf8.hpp"

namespace chatrixcd::matrix {

namespace {

// For the key, which joins the content later.
constexpr std::size_t room_for_key = 512;

boost::json::array names_of(std::vector<user_id> const& users) {
    boost::json::array names;
    for (auto const& user : users) names.emplace_back(user.str());
    return names;
}

std::size_t size_of(boost::json::object const& content) { return boost::json::serialize(content).size(); }

}  // namespace

outgoing outgoing::emote(std::string words) {
    outgoing made(std::move(words));
    made.msgtype_ = "m.emote";
    return made;
}

outgoing outgoing::location(std::string words, std::string geo_uri) {
    outgoing made(std::move(words));
    made.msgtype_ = "m.location";
    made.geo_uri_ = std::move(geo_uri);
    return made;
}

outgoing outgoing::html(std::string plain, std::string markup) {
    assert(!html_problem(markup) && "only what Matrix allows, with its tags balanced: see html_problem()");
    outgoing made(std::move(plain));
    made.html_ = std::move(markup);
    return made;
}

outgoing outgoing::markdown(std::string source) {
    auto markup = markdown_to_html(source);
    return html(std::move(source), std::move(markup));
}

outgoing outgoing::as_text() && {
    msgtype_ = "m.text";
    return std::move(*this);
}

outgoing outgoing::reply_to(event_id target) && {
    reply_to_ = std::move(target);
    return std::move(*this);
}

outgoing outgoing::in_thread(event_id root) && {
    thread_ = std::move(root);
    return std::move(*this);
}

outgoing outgoing::mention(user_id user) && {
    mentions_.push_back(std::move(user));
    return std::move(*this);
}

outgoing outgoing::mention_anew(user_id user) && {
    anew_.push_back(user);
    return std::move(*this).mention(std::move(user));
}

outgoing outgoing::mention_room() && {
    mentions_room_ = true;
    return std::move(*this);
}

outgoing outgoing::urgent() && {
    urgency_ = urgency::urgent;
    return std::move(*this);
}

outgoing outgoing::bulk() && {
    urgency_ = urgency::bulk;
    return std::move(*this);
}

outgoing outgoing::key(std::string idempotency_key) && {
    key_ = std::move(idempotency_key);
    return std::move(*this);
}

boost::json::object outgoing::framed(std::string body, std::string markup) const {
    boost::json::object made;
    made["msgtype"] = msgtype_;
    made["body"] = std::move(body);
    if (!markup.empty()) {
        made["format"] = "org.matrix.custom.html";
        made["formatted_body"] = std::move(markup);
    }
    if (!geo_uri_.empty()) made["geo_uri"] = detail::repaired_utf8(geo_uri_);
    // Present even if empty: then clients do not look for names in the text.
    made["m.mentions"] = boost::json::object();
    return made;
}

boost::json::object outgoing::mentions() const {
    boost::json::object made;
    if (!mentions_.empty()) made["user_ids"] = names_of(mentions_);
    if (mentions_room_) made["room"] = true;
    return made;
}

boost::json::object outgoing::base_content() const {
    auto made = framed(detail::repaired_utf8(body_), detail::repaired_utf8(html_));
    made["m.mentions"] = mentions();
    return made;
}

void outgoing::relate(boost::json::object& content, bool answers) const {
    bool const replies = answers && reply_to_;
    if (!replies && !thread_) return;
    boost::json::object relates;
    if (thread_) {
        relates["rel_type"] = "m.thread";
        relates["event_id"] = thread_->str();
        relates["is_falling_back"] = !replies;
    }
    boost::json::object reply;
    reply["event_id"] = replies ? reply_to_->str() : thread_->str();
    relates["m.in_reply_to"] = std::move(reply);
    content["m.relates_to"] = std::move(relates);
}

boost::json::object outgoing::content() const {
    auto made = base_content();
    relate(made, /*answers=*/true);
    return made;
}

boost::json::object outgoing::edit_content(event_id const& target) const {
    auto const write = [&](std::string const& body, std::string const& markup) {
        auto made = framed("* " + body, markup.empty() ? markup : "* " + markup);
        if (!anew_.empty()) made["m.mentions"].get_object()["user_ids"] = names_of(anew_);
        made["m.new_content"] = base_content();
        boost::json::object relates;
        relates["rel_type"] = "m.replace";
        relates["event_id"] = target.str();
        made["m.relates_to"] = std::move(relates);
        return made;
    };
    auto const body = detail::repaired_utf8(body_);
    auto made = write(body, detail::repaired_utf8(html_));
    if (size_of(made) <= largest_content - room_for_key) return made;
    constexpr std::size_t fallback = 1024;
    return write(body.substr(0, detail::good_place(body, detail::longest_prefix(body, fallback))) + " …", {});
}

}  // namespace chatrixcd::matrix
