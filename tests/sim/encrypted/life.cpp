// SPDX-License-Identifier: Apache-2.0
#include "encrypted/life.hpp"

#include <algorithm>
#include <array>
#include <boost/json/object.hpp>
#include <map>
#include <set>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/base/random.hpp>
#include <chatrixcd/homeserver/testing/key_lies.hpp>

#include "support/requests.hpp"

namespace chatrixcd::test {

namespace testing = homeserver::testing;
namespace lies = testing::lies;
using namespace std::chrono_literals;

namespace {

// In every text, and nowhere else.
constexpr char const* word = "mystery";

std::string wish_for(life_plan const& plan) {
    return R"({"preset":"private_chat","invite":["@bot:test"],"initial_state":[{"type":"m.room.encryption","state_key":"","content":)"
           R"({"algorithm":"m.megolm.v1.aes-sha2","rotation_period_msgs":)" +
           std::to_string(plan.rotation) + "}}]}";
}

}  // namespace

encrypted_life::encrypted_life(life_plan plan)
    : plan_(std::move(plan)),
      w_(plan_.seed),
      watch_(word),
      ann_(w_.add("ann")),
      bot_(w_.add("bot")),
      room_(make_room_as(w_, ann_, wish_for(plan_))) {
    // Nothing is instant: else a server that lies at once and without end would stop virtual time.
    w_.network->hosts.latency(1ms);
    bot_.join(room_);
    std::map<std::string, matrix::recovery_key> recovery;
    auto const dice = base::make_seeded_random(~plan_.seed);
    auto const add = [&](char const* name, char const* localpart) {
        party_settings settings;
        settings.localpart = localpart;
        settings.timeline_limit = plan_.timeline_limit;
        if (plan_.is_strict) settings.recovery = recovery.try_emplace(localpart, matrix::recovery_key::make(*dice)).first->second;
        parties_.push_back(std::make_unique<party>(w_, watch_, name, std::move(settings), room_));
        may_lose_.push_back(false);
    };
    add("ann", "ann");
    add("bot", "bot");
    if (plan_.has_second) add("ann-2", "ann");
    if (plan_.has_carol) {
        carol_.emplace(w_.add("carol"));
        ann_.invite(room_, carol_->id());
        carol_->join(room_);
        is_carol_in_ = true;
        add("carol", "carol");
    }
}

encrypted_life::~encrypted_life() { w_.network->calm(); }

std::vector<std::string> encrypted_life::play() {
    for (auto& each : parties_) {
        if (!each->begin()) complain(each->name() + " could not begin");
        each->synced();
    }
    w_.pass(10s);
    for (auto const& each : plan_.steps) {
        perform(each);
        w_.pass(std::chrono::milliseconds(each.choice * 100));
        for (auto& one : parties_) one->note_device();
    }
    settle();
    last_words();
    judge();
    return complaints_;
}

void encrypted_life::perform(step const& one) {
    auto const who = one.who % parties_.size();
    auto& party = *parties_[who];
    switch (one.what) {
        case deed::say:
            say(who);
            break;
        case deed::wait:
            w_.pass(std::chrono::seconds(one.number));
            break;
        case deed::stop:
            if (party.is_up()) party.end();
            break;
        case deed::start:
        case deed::start_doomed:
            start(one, who);
            break;
        case deed::stumble:
            party.stumble(one.number, one.choice % 2 != 0);
            break;
        case deed::storm:
            if (storm_) storm_->end();
            storm_ = w_.network->rules.on_everything().chance(one.number).does_one_of(testing::bad_weather());
            break;
        case deed::calm:
            if (storm_) storm_->end();
            break;
        case deed::leave:
            if (is_carol_in_) ann_.kick(room_, carol_->id());
            is_carol_in_ = false;
            break;
        case deed::join:
            if (!carol_ || is_carol_in_) break;
            ann_.invite(room_, carol_->id());
            carol_->join(room_);
            is_carol_in_ = true;
            break;
        default:
            lie(one, who);
            break;
    }
}

void encrypted_life::start(step const& one, std::size_t who) {
    static constexpr std::array places{death::place::before_commit, death::place::after_commit, death::place::before_request,
                                       death::place::after_request, death::place::power};
    auto& party = *parties_[who];
    if (party.is_up() && one.what == deed::start) return;
    if (party.is_up() || party.is_doomed()) party.end();
    if (one.what == deed::start) {
        static_cast<void>(party.begin());
        return;
    }
    auto const place = places.at(one.choice % places.size());
    static_cast<void>(party.begin(place, place == death::place::power ? one.number * 4 : one.number));
}

testing::faults::rule encrypted_life::about(std::size_t who, std::string const& path) {
    auto const is_its = [name = parties_[who]->name()](base::http::request const& r) { return r.headers.get("X-Party") == name; };
    return w_.network->rules.on(path).when(is_its);
}

void encrypted_life::lie(step const& one, std::size_t who) {
    bool const other = one.choice % 2 != 0;
    auto const on_sync = [&](char const* what, lies::rewrite how) {
        about(who, "/sync").times(one.number).does(fault::lie(what, std::move(how)));
    };
    switch (one.what) {
        case deed::stale_syncs:
            about(who, "/sync")
                .times(one.number)
                .does(other ? fault::stale(1 + one.choice % 3) : fault::stale_position(1 + one.choice % 3));
            break;
        case deed::repeat_events:
            on_sync("events again", lies::repeat_events());
            break;
        case deed::shuffle_devices:
            on_sync("messages to devices again or reversed", other ? lies::replay_device_messages() : lies::reverse_device_messages());
            break;
        case deed::lose_devices:
            may_lose_[who] = true;
            on_sync("messages to devices lost or late", other ? lies::drop_device_messages() : lies::delay_device_messages());
            break;
        case deed::claim_counts: {
            // Once, and keys are made beside those that are there. Of more than the library keeps the oldest would be forgotten, which the
            // homeserver gives out first: whoever begins sessions with those is helped by one new session an hour.
            static constexpr std::array<std::int64_t, 3> too_few{0, 1, -7};
            bool const is_first = were_counts_false_.insert(who).second;
            auto const count = is_first && other ? too_few.at(one.choice % too_few.size()) : 100;
            about(who, "/sync")
                .times(is_first ? 1 : one.number)
                .does(fault::lie("a wrong number of keys", lies::claim_key_count("signed_curve25519", count)));
            break;
        }
        case deed::add_device: {
            auto const* const keys =
                other ? "{}" : R"({"user_id":"@bot:test","device_id":"GHOST","algorithms":[],"keys":{},"signatures":{}})";
            about(who, "/keys/query").times(one.number).does(fault::lie("one device more", lies::add_device("@bot:test", "GHOST", keys)));
            break;
        }
        case deed::hide_keys:
            for (std::size_t i = 0; i < parties_.size(); ++i) may_lose_[i] = may_lose_[i] || i != who;
            about(who, "/keys/claim").times(one.number).does(fault::lie("no keys", [](boost::json::object& answer) {
                answer["one_time_keys"] = boost::json::object();
            }));
            break;
        case deed::forget_token:
            log_in_again(one, who, /*same_device=*/true);
            break;
        case deed::forget_device:
            may_lose_[who] = true;
            log_in_again(one, who, /*same_device=*/false);
            break;
        default:
            break;
    }
}

// In fair weather, but for answers to the login that are lost. What is still on its way from the old device would be said again by the new
// one, which cannot know of it; and a login that arrives after the one that was sent in its place ends that one's token.
void encrypted_life::log_in_again(step const& one, std::size_t who, bool same_device) {
    if (!parties_[who]->is_up()) return;
    if (storm_) storm_->end();
    w_.pass(1min);
    auto const refused = about(who, "/sync").once().does(fault::unknown_token(same_device));
    auto const lost = about(who, "/login").times(one.choice % 3).does(fault::drop_after());
    w_.pass(2min);
    refused.end();
    lost.end();
}

// Who comes and goes only listens: what is refused to be said while away would have to be counted.
void encrypted_life::say(std::size_t who) {
    auto& party = *parties_[who];
    if (party.user() == "@carol:test") return;
    party.say(std::string(word) + " " + std::to_string(++texts_) + " of " + party.name());
}

// The trouble is over, and everybody gets as long as a patient person would wait; a session is begun anew once an hour at most.
void encrypted_life::settle() {
    w_.network->calm();
    storm_.reset();
    w_.pass(1min);
    for (auto& each : parties_) {
        each->stumble(0, false);
        if (each->is_doomed()) each->end();
        if (!each->is_up() && !each->begin()) complain(each->name() + " cannot begin any more");
    }
    if (carol_ && !is_carol_in_) {
        ann_.invite(room_, carol_->id());
        carol_->join(room_);
        is_carol_in_ = true;
    }
    bool const lost_any = std::ranges::any_of(may_lose_, [](bool each) { return each; });
    w_.pass(lost_any ? base::duration(75min) : base::duration(5min));
}

// More than one session has: whatever was lost, the last is read by all.
void encrypted_life::last_words() {
    auto const rounds = plan_.rotation > 8 ? 2U : plan_.rotation + 2;
    for (unsigned round = 0; round < rounds; ++round) {
        for (std::size_t i = 0; i < parties_.size(); ++i) say(i);
        for (auto& one : parties_) one->note_device();
        w_.pass(20s);
    }
    w_.pass(15min);
}

std::vector<encrypted_life::place_in_room> encrypted_life::what_was_said() {
    std::vector<place_in_room> said;
    std::set<std::string> members;
    for (auto const& event : ann_.history(room_)) {
        auto const type = base::find_string(event, "type").value_or("");
        if (type == "m.room.member") {
            auto const user = base::find_string(event, "state_key").value_or("");
            auto const* content = base::find_object(event, "content");
            if (content != nullptr && base::find_string(*content, "membership") == "join") {
                members.insert(user);
            } else {
                members.erase(user);
            }
        }
        if (type == "m.room.message") complain("the room shows a message in clear");
        if (type != "m.room.encrypted") continue;
        place_in_room place;
        place.event = base::find_string(event, "event_id").value_or("");
        place.sender = base::find_string(event, "sender").value_or("");
        place.members.assign(members.begin(), members.end());
        said.push_back(std::move(place));
    }
    return said;
}

said_line const* encrypted_life::find_line(std::string const& text, party const** by) const {
    for (auto const& each : parties_) {
        auto const found = std::ranges::find(each->said(), text, &said_line::text);
        if (found == each->said().end()) continue;
        *by = each.get();
        return &*found;
    }
    return nullptr;
}

void encrypted_life::judge() {
    auto const said = what_was_said();
    std::size_t lines = 0;
    std::set<std::string> events;
    for (auto const& each : parties_) {
        for (auto const& line : each->said()) {
            ++lines;
            if (line.event.empty()) complain("never sent: " + line.text);
            if (!line.event.empty() && !events.insert(line.event).second) complain("two messages are one event: " + line.text);
        }
    }
    if (said.size() != lines) complain(std::to_string(lines) + " were to be said, and the room has " + std::to_string(said.size()));
    for (std::size_t i = 0; i < parties_.size(); ++i) {
        auto const& each = *parties_[i];
        judge_hearing(each, said, may_lose_[i] || each.user() == "@carol:test");
        for (auto const& line : each.heard()) judge_line(each, line);
        for (auto const& what : each.complaints()) complain(what);
    }
    for (auto const& what : watch_.complaints()) complain(what);
    for (auto const& line : w_.log_lines) {
        if (contains(line, "says nothing in encrypted rooms any more") || contains(line, "unexpectedly")) complain(line);
    }
}

// Whatever was said to it, it has read or was told of.
void encrypted_life::judge_hearing(party const& who, std::vector<place_in_room> const& said, bool may_lose) {
    std::map<std::string, heard_line const*> heard;
    for (auto const& line : who.heard()) {
        auto const [known, is_new] = heard.emplace(line.event, &line);
        if (is_new) continue;
        // Only a process that has died, or whose disk has failed, may ask again.
        if (known->second->upsets == line.upsets) complain(who.name() + " heard twice: " + line.text);
        known->second = &line;
    }
    std::size_t missed = 0;
    std::string which;
    place_in_room const* last = nullptr;
    for (auto const& each : said) {
        bool const is_for_it = each.sender != who.user() && std::ranges::find(each.members, who.user()) != each.members.end();
        if (!is_for_it) {
            if (heard.contains(each.event)) complain(who.name() + " heard what was not for it: " + each.event);
            continue;
        }
        last = &each;
        if (heard.contains(each.event)) continue;
        ++missed;
        which += " " + each.event;
    }
    if (missed > who.lost()) {
        complain(who.name() + " was not told of " + std::to_string(missed - who.lost()) + " of the messages that it did not read:" + which);
    }
    if (!may_lose && missed > 0) complain(who.name() + " did not read what nothing kept from it:" + which);
    if (last != nullptr && !heard.contains(last->event)) complain(who.name() + " did not read what was said in the end");
}

void encrypted_life::judge_line(party const& who, heard_line const& line) {
    party const* by = nullptr;
    auto const* const meant = find_line(line.text, &by);
    if (meant == nullptr) return complain(who.name() + " heard what nobody said: " + line.text);
    if (line.sender != by->user()) complain(who.name() + " heard under another sender: " + line.text);
    if (line.event != meant->event) complain(who.name() + " heard in another event: " + line.text);
    if (!line.believed.encrypted) complain(who.name() + " heard in clear: " + line.text);
    if (line.believed.identity_changed) complain(who.name() + " heard from another identity: " + line.text);
    // A key that was passed on or restored vouches for no device.
    if (line.believed.source != matrix::key_source::direct) {
        if (!plan_.is_strict) complain(who.name() + " has a key from elsewhere, where there is no elsewhere: " + line.text);
        bool const is_believed = !line.believed.device.str().empty() || line.believed.cross_signed;
        if (is_believed) complain(who.name() + " believes a key that its sender did not give: " + line.text);
        bool const is_restored = line.believed.source == matrix::key_source::backup;
        if (is_restored && !line.believed.late) complain(who.name() + " takes a restored key for new: " + line.text);
        return;
    }
    if (!by->devices().contains(line.believed.device.str())) {
        complain(who.name() + " heard from the device '" + line.believed.device.str() + "': " + line.text);
    }
    // A device that is new may speak before its owner's identity vouches for it.
    if (plan_.is_strict && by->devices().size() == 1 && !line.believed.cross_signed) {
        complain(who.name() + " heard from a device that nobody vouches for: " + line.text);
    }
}

life_figures encrypted_life::figures() const {
    life_figures made;
    made.messages = texts_;
    made.faults = w_.network->rules.injected();
    made.sealed = watch_.sealed();
    for (auto const& each : parties_) {
        made.deaths += each->deaths();
        made.lost += each->lost();
        made.vouched +=
            static_cast<std::size_t>(std::ranges::count_if(each->heard(), [](auto const& line) { return line.believed.cross_signed; }));
    }
    return made;
}

std::string encrypted_life::story() const {
    auto text = w_.network->rules.story();
    for (auto const& line : w_.log_lines) text += line.substr(0, 400) + "\n";
    return text;
}

}  // namespace chatrixcd::test
