// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <utility>

#include <chatrixcd/base/timeout.hpp>

#include "commands/services.hpp"
#include "engine/guarded.hpp"
#include "runs/words.hpp"

namespace chatrixcd::chatops::commands {

namespace {

struct no_args {};

// What the server can besides starting runs.
std::string abilities_of(ci::server& of) {
    std::pair<bool, char const*> const all[] = {
        {of.log_facet() != nullptr, "logs"},
        {of.control_facet() != nullptr, "stop"},
        {of.gate_facet() != nullptr, "approve and reject"},
        {of.schedule_facet() != nullptr, "schedules"},
        {of.event_facet() != nullptr, "news"},
    };
    std::string words;
    for (auto const& [can, what] : all) {
        if (can) words += (words.empty() ? "" : ", ") + std::string(what);
    }
    return words.empty() ? "nothing but runs" : words;
}

boost::asio::awaitable<line> described(named_server of) {
    line words;
    words.push_back(strong(of.name));
    auto const info = co_await guarded(of.server->info(), base::error_kind::internal);
    if (!info) {
        words.emplace_back(": does not answer (" + info.error().message() + ")");
        co_return words;
    }
    words.emplace_back(": " + info->kind + (info->version.empty() ? "" : " " + info->version));
    if (!info->url.empty()) words.emplace_back(" at " + info->url);
    words.emplace_back(info->keyed_start_native ? "; refuses to start anything twice by itself"
                                                : "; cannot refuse a second start by itself");
    words.emplace_back("; has " + abilities_of(*of.server));
    auto const remarks = co_await guarded(of.server->remarks(), base::error_kind::internal);
    if (!remarks) co_return words;
    for (auto const& remark : *remarks) words.emplace_back("; " + remark);
    co_return words;
}

// What a chat says of our account; nothing if there is nothing to say, or it takes too long to find out.
boost::asio::awaitable<line> described(services const& with, chat::service& of) {
    constexpr base::duration patience = std::chrono::seconds(5);
    line words;
    auto const remarks = co_await base::with_timeout(with.time, guarded(of.remarks(), base::error_kind::internal), patience);
    if (!remarks || (*remarks && (*remarks)->empty())) co_return words;
    words.push_back(strong(of.name()));
    words.emplace_back(": " + of.account());
    if (!*remarks) {
        words.emplace_back("; " + remarks->error().message());
        co_return words;
    }
    for (auto const& remark : **remarks) words.emplace_back("; " + remark);
    co_return words;
}

boost::asio::awaitable<result<view>> info(services const& with, context& asked, no_args) {
    std::vector<line> items;
    for (auto* const one : with.chats) {
        auto item = co_await described(with, *one);
        if (!item.empty()) items.push_back(std::move(item));
    }
    for (auto const& one : with.ci.servers(asked)) {
        auto item = co_await described(one);
        items.push_back(std::move(item));
    }
    std::size_t open = 0;
    auto const now = with.shown.snapshot();
    for (auto const& run : now.runs) open += run.open ? 1 : 0;
    view out;
    out.add(heading{"ChatrixCD"});
    out.add(paragraph{
        line{span("Up for " + runs::duration_words(with.time.now() - with.since) + "; open runs: " + std::to_string(open) + ".")}});
    if (!items.empty()) out.add(bullet_list{std::move(items)});
    auto const prefix = asked.prefix().empty() ? "" : asked.prefix() + " ";
    out.add(paragraph{line_of("`" + prefix + "help` lists what I can do.")});
    co_return out;
}

}  // namespace

command info_command(services const& with) {
    return declare<no_args>("info", "Show what I am connected to").example("info").does([&with](context& asked, no_args none) {
        return info(with, asked, none);
    });
}

}  // namespace chatrixcd::chatops::commands
