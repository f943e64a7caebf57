// SPDX-License-Identifier: Apache-2.0
#include "search/search.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <map>
#include <optional>
#include <utility>

#include <chatrixcd/base/json_reader.hpp>

#include "api/refusal.hpp"
#include "events/append.hpp"
#include "events/visibility.hpp"
#include "store/rooms.hpp"
#include "text/words.hpp"

namespace chatrixcd::homeserver {

namespace json = boost::json;

namespace {

constexpr std::size_t usual_results = 10;
constexpr std::size_t most_results = 100;
constexpr std::size_t most_looked_at = 20000;
constexpr std::size_t most_candidates = 1000;
constexpr std::int64_t batch_size = 500;

std::vector<std::string> const all_keys = {"content.body", "content.name", "content.topic"};

// The rooms that the user may search, with what they may see there.
class searchable_rooms {
public:
    searchable_rooms(step& s, std::string const& user, event_filter const& filter) {
        for (auto const& member : memberships_of(s.db, user)) {
            if (!filter.matches_room(member.room) || !member.joined_at) continue;
            if (load_current(s, member.room, "m.room.encryption", "")) continue;
            rooms_.emplace(std::piecewise_construct, std::forward_as_tuple(member.room), std::forward_as_tuple(s, member.room, user));
        }
    }
    bool empty() const noexcept { return rooms_.empty(); }
    bool shows(stored_event const& event) {
        auto const place = rooms_.find(event.room);
        return place != rooms_.end() && place->second.may_see(event);
    }
    bool has(std::string const& room) const { return rooms_.contains(room); }

private:
    std::map<std::string, visibility> rooms_;
};

// The text that a key of the search means in this event.
std::string text_of(stored_event const& event, json::object const& content, std::vector<std::string> const& keys) {
    auto const wants = [&keys](std::string_view key) { return std::ranges::find(keys, key) != keys.end(); };
    std::string_view const key = event.type == "m.room.message" ? "body" : event.type == "m.room.name" ? "name" : "topic";
    if (!wants("content." + std::string(key))) return {};
    return base::find_string(content, key).value_or("");
}

// How well the text fits: 0 unless it has every word.
double rank_of(std::string const& text, std::vector<std::string> const& words) {
    auto const there = words_of(text);
    if (there.empty()) return 0;
    std::ptrdiff_t found = 0;
    for (auto const& word : words) {
        auto const times = std::ranges::count(there, word);
        if (times == 0) return 0;
        found += times;
    }
    return static_cast<double>(found) / static_cast<double>(there.size());
}

std::optional<search_hit> look_at(step& s, stored_event& event, search_wish const& wish, searchable_rooms& rooms) {
    if (event.redacted_by || !rooms.has(event.room) || !wish.filter.matches(event.type, event.sender)) return std::nullopt;
    auto const pdu = load(s, event.id);
    if (!wish.filter.matches(event.type, event.sender, pdu.content())) return std::nullopt;
    auto const rank = rank_of(text_of(event, pdu.content(), wish.keys), wish.words);
    if (rank <= 0 || !rooms.shows(event)) return std::nullopt;
    return search_hit{std::move(event), rank};
}

}  // namespace

result<search_wish> search_wish::read(json::object const& criteria) {
    search_wish wish;
    std::string term;
    std::string order = "rank";
    base::json_reader reader(criteria, "room_events");
    reader.required("search_term", term).optional("order_by", order);
    if (auto read = reader.finish(); !read) return bad_json(read.error().message());
    if (order != "rank" && order != "recent") return invalid_param("order_by is rank or recent");
    wish.by_rank = order == "rank";
    wish.words = words_of(term);
    wish.keys = all_keys;
    if (auto const* keys = base::find_array(criteria, "keys")) {
        wish.keys.clear();
        for (auto const& key : *keys) {
            if (!key.is_string()) return bad_json("keys holds something that is no string");
            wish.keys.emplace_back(key.get_string());
        }
    }
    if (auto const* filter = base::find_object(criteria, "filter")) {
        auto read = event_filter::parse(*filter);
        if (!read) return read.error();
        wish.filter = std::move(read.value());
    }
    return wish;
}

search_results search_events(step& s, viewer const& who, search_wish const& wish) {
    search_results found;
    searchable_rooms rooms(s, who.user, wish.filter);
    if (wish.words.empty() || rooms.empty()) return found;
    auto const limit = std::min(wish.filter.limit(usual_results), most_results);
    auto before = wish.before;
    bool done = false;
    for (std::size_t looked_at = 0; looked_at < most_looked_at && !done;) {
        auto batch = events_of_types(s.db, {"m.room.message", "m.room.name", "m.room.topic"}, before, batch_size);
        done = static_cast<std::int64_t>(batch.size()) < batch_size;
        looked_at += batch.size();
        for (auto& event : batch) {
            before = event.where.stream;
            auto hit = look_at(s, event, wish, rooms);
            if (!hit) continue;
            ++found.count;
            if (found.hits.size() < (wish.by_rank ? most_candidates : limit)) {
                found.hits.push_back(std::move(*hit));
            } else if (!wish.by_rank) {
                // The first that has no place: the next page begins with it.
                found.rest = found.hits.back().event.where.stream;
                return found;
            }
        }
    }
    if (!wish.by_rank && !done) found.rest = before;
    if (!wish.by_rank) return found;
    std::ranges::stable_sort(found.hits, [](search_hit const& a, search_hit const& b) { return a.rank > b.rank; });
    if (found.hits.size() > limit) found.hits.resize(limit);
    return found;
}

}  // namespace chatrixcd::homeserver
