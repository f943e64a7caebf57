// SPDX-License-Identifier: Apache-2.0
#include "engine/board.hpp"

#include <algorithm>

namespace chatrixcd::chatops {

void board::put(run_summary run) {
    auto const number = run.number;
    if (!run.room.empty()) {
        saw_room(run.service, run.room);
        auto const place = rooms_.find({run.service, run.room});
        if (place != rooms_.end()) place->second.last_run = std::max(place->second.last_run.value_or(0), number);
    }
    run.revision = ++revision_;
    runs_.insert_or_assign(number, std::move(run));
    forget_old();
    changed_.notify_all();
}

void board::saw_room(std::string const& service, std::string const& room) {
    if (rooms_.size() >= kept_rooms && !rooms_.contains({service, room})) return;
    auto& known = rooms_[{service, room}];
    known.service = service;
    known.room = room;
}

void board::forget_old() {
    auto const ended = static_cast<std::size_t>(std::count_if(runs_.begin(), runs_.end(), [](auto const& r) { return !r.second.open; }));
    if (ended <= kept_runs) return;
    auto const oldest = std::find_if(runs_.begin(), runs_.end(), [](auto const& r) { return !r.second.open; });
    runs_.erase(oldest);
}

void board::add_server(std::string name, base::time_point now) {
    server_health known;
    known.name = std::move(name);
    known.since = now;
    known.revision = ++revision_;
    servers_.push_back(std::move(known));
}

server_health* board::server_named(std::string const& name) {
    auto const place = std::find_if(servers_.begin(), servers_.end(), [&](auto const& s) { return s.name == name; });
    return place == servers_.end() ? nullptr : &*place;
}

bool board::answered(std::string const& server, base::time_point now) {
    auto* const known = server_named(server);
    if (!known || known->reachable) return false;
    known->reachable = true;
    known->problem.clear();
    known->since = now;
    known->revision = ++revision_;
    changed_.notify_all();
    return true;
}

bool board::silent(std::string const& server, std::string problem, base::time_point now) {
    auto* const known = server_named(server);
    if (!known || !known->reachable) return false;
    known->reachable = false;
    known->problem = std::move(problem);
    known->since = now;
    known->revision = ++revision_;
    changed_.notify_all();
    return true;
}

std::optional<base::time_point> board::silent_since(std::string const& server) const {
    for (auto const& known : servers_) {
        if (known.name == server && !known.reachable) return known.since;
    }
    return std::nullopt;
}

engine_snapshot board::snapshot() const {
    engine_snapshot now;
    now.revision = revision_;
    for (auto place = runs_.rbegin(); place != runs_.rend(); ++place) now.runs.push_back(place->second);
    for (auto const& [where, room] : rooms_) now.rooms.push_back(room);
    now.servers = servers_;
    return now;
}

boost::asio::awaitable<engine_changes> board::changes(std::shared_ptr<board> self, std::uint64_t since) {
    if (since > self->revision_) since = 0;
    while (self->revision_ <= since && !self->closed_) co_await self->changed_.wait();
    engine_changes news;
    news.revision = self->revision_;
    for (auto const& [number, run] : self->runs_) {
        if (run.revision > since) news.runs.push_back(run);
    }
    for (auto const& server : self->servers_) {
        if (server.revision > since) news.servers.push_back(server);
    }
    co_return news;
}

void board::close() {
    closed_ = true;
    changed_.notify_all();
}

}  // namespace chatrixcd::chatops
