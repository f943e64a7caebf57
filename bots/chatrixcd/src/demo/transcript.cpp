// SPDX-License-Identifier: Apache-2.0
#include "demo/transcript.hpp"

#include <algorithm>
#include <boost/json/object.hpp>
#include <chatrixcd/base/json_reader.hpp>

namespace chatrixcd::bot {

std::optional<std::size_t> transcript::take(matrix::event const& e) {
    std::string const id = e.id().str();
    if (std::find(seen_.begin(), seen_.end(), id) != seen_.end()) return std::nullopt;
    seen_.push_back(id);
    auto const relation = e.relates_to();
    if (e.type() == "m.reaction" && relation && relation->type == "m.annotation") {
        auto const target = find(relation->target.str());
        if (!target) return std::nullopt;
        auto const* relates = base::find_object(e.content(), "m.relates_to");
        entries_[*target].reactions += base::find_string(*relates, "key").value_or("");
        return target;
    }
    if (e.type() != "m.room.message") return std::nullopt;
    if (relation && relation->type == "m.replace") {
        auto const target = find(relation->target.str());
        auto const* fresh = base::find_object(e.content(), "m.new_content");
        if (!target || fresh == nullptr || entries_[*target].sender != e.sender().str()) return std::nullopt;
        entries_[*target].body = base::find_string(*fresh, "body").value_or("");
        ++entries_[*target].revision;
        return target;
    }
    entry made;
    made.event = id;
    made.sender = e.sender().str();
    made.body = std::string(e.content_text("body"));
    if (relation && relation->type == "m.thread") made.thread = relation->target.str();
    entries_.push_back(std::move(made));
    return entries_.size() - 1;
}

std::string transcript::thread_to_answer(std::string_view self) const {
    auto const last = std::find_if(entries_.rbegin(), entries_.rend(), [&](entry const& e) { return e.sender != self; });
    return last == entries_.rend() ? std::string() : last->thread;
}

std::optional<std::size_t> transcript::find(std::string_view event) const {
    for (std::size_t i = entries_.size(); i > 0; --i) {
        if (entries_[i - 1].event == event) return i - 1;
    }
    return std::nullopt;
}

}  // namespace chatrixcd::bot
