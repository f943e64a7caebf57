// SPDX-License-Identifier: Apache-2.0
#include "engine/open_questions.hpp"

#include <algorithm>
#include <utility>

namespace chatrixcd::chatops {

void open_questions::load(std::string const& service, std::vector<journal::question> open) {
    for (auto& one : open) {
        auto const number = one.number;
        open_.insert_or_assign(number, std::move(one));
    }
    tell(service);
}

void open_questions::add(journal::question open) {
    auto const service = open.from.service;
    auto const is_replaced = [&](auto const& other) {
        auto const& [number, before] = other;
        return before.from.service == service && before.from.room == open.from.room && before.thread == open.thread &&
               before.user == open.user;
    };
    std::erase_if(open_, is_replaced);
    auto const number = open.number;
    open_.insert_or_assign(number, std::move(open));
    tell(service);
}

void open_questions::remove(std::int64_t number) {
    auto const one = open_.find(number);
    if (one == open_.end()) return;
    auto const service = one->second.from.service;
    open_.erase(one);
    tell(service);
}

journal::question const* open_questions::find(chat::message const& said) const {
    if (open_.empty() || !said.thread) return nullptr;
    auto const is_it = [&](auto const& other) {
        auto const& asked = other.second;
        return asked.from.service == said.from.service && asked.from.account == said.from.account && asked.from.room == said.from.room &&
               asked.thread == *said.thread && asked.user == said.author.user;
    };
    auto const found = std::find_if(open_.begin(), open_.end(), is_it);
    return found == open_.end() ? nullptr : &found->second;
}

surroundings open_questions::at(std::string const& service) const {
    auto const* const chat = chat_of(service);
    if (chat == nullptr) return {};
    return surroundings{chat->has_threads() && open_.size() < most, chat->is_private()};
}

chat::service* open_questions::chat_of(std::string const& service) const {
    auto const found = std::find_if(chats_.begin(), chats_.end(), [&](chat::service const* chat) { return chat->name() == service; });
    return found == chats_.end() ? nullptr : *found;
}

void open_questions::tell(std::string const& service) const {
    auto* const chat = chat_of(service);
    if (chat == nullptr) return;
    std::vector<chat::awaited_answer> all;
    for (auto const& [number, asked] : open_) {
        if (asked.from.service != service) continue;
        chat::awaited_answer one;
        one.room = asked.from.room;
        one.thread = asked.thread;
        one.user = asked.user;
        all.push_back(std::move(one));
    }
    chat->expect_answers(std::move(all));
}

}  // namespace chatrixcd::chatops
