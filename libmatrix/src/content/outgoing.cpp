// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/matrix/outgoing.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <chatrixcd/matrix/markdown.hpp>

#include "content/utf8.hpp"

namespace chatrixcd::matrix {

outgoing outgoing::html(std::string plain, std::string markup) {
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

outgoing outgoing::key(std::string idempotency_key) && {
    key_ = std::move(idempotency_key);
    return std::move(*this);
}

boost::json::object outgoing::base_content() const {
    boost::json::object made;
    made["msgtype"] = msgtype_;
    made["body"] = detail::repaired_utf8(body_);
    if (!html_.empty()) {
        made["format"] = "org.matrix.custom.html";
        made["formatted_body"] = detail::repaired_utf8(html_);
    }
    // Present even if empty: then clients do not look for names in the text.
    boost::json::object mentions;
    if (!mentions_.empty()) {
        boost::json::array users;
        for (auto const& user : mentions_) users.emplace_back(user.str());
        mentions["user_ids"] = std::move(users);
    }
    made["m.mentions"] = std::move(mentions);
    return made;
}

boost::json::object outgoing::content() const {
    auto made = base_content();
    if (!reply_to_ && !thread_) return made;
    boost::json::object relates;
    if (thread_) {
        relates["rel_type"] = "m.thread";
        relates["event_id"] = thread_->str();
        relates["is_falling_back"] = !reply_to_;
    }
    boost::json::object reply;
    reply["event_id"] = reply_to_ ? reply_to_->str() : thread_->str();
    relates["m.in_reply_to"] = std::move(reply);
    made["m.relates_to"] = std::move(relates);
    return made;
}

boost::json::object outgoing::edit_content(event_id const& target) const {
    auto made = base_content();
    auto fresh = base_content();
    made["body"] = "* " + detail::repaired_utf8(body_);
    if (!html_.empty()) made["formatted_body"] = "* " + detail::repaired_utf8(html_);
    // An edit notifies nobody anew.
    made["m.mentions"] = boost::json::object();
    made["m.new_content"] = std::move(fresh);
    boost::json::object relates;
    relates["rel_type"] = "m.replace";
    relates["event_id"] = target.str();
    made["m.relates_to"] = std::move(relates);
    return made;
}

}  // namespace chatrixcd::matrix
