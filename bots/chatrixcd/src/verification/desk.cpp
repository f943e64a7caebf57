// SPDX-License-Identifier: Apache-2.0
#include "verification/desk.hpp"

#include <algorithm>
#include <utility>

#include <chatrixcd/matrix/room.hpp>

#include "verification/shown_codes.hpp"

namespace chatrixcd::bot {

namespace {

using boost::asio::awaitable;

constexpr std::size_t most_devices = 3;  // as many as a client takes on with one person
constexpr std::size_t most_over = 5;
constexpr unsigned first_number = 1000;
constexpr unsigned numbers = 9000;

}  // namespace

struct verification_desk::entry {
    entry(matrix::verification of, unsigned which, unsigned together) : handle(std::move(of)), group(together) {
        seen.number = which;
        seen.user = handle.user().str();
        seen.device = handle.device().str();
        seen.asked_by_us = handle.was_asked_by_us();
    }
    matrix::verification handle;
    unsigned group;  // the number of the first that was asked together with it
    verification_case seen;
};

verification_desk::verification_desk(surroundings const& around, matrix::client& client, options how)
    : client_(client),
      entropy_(*around.entropy),
      how_(std::move(how)),
      log_(around.log.named("verification")),
      changed_(around.executor),
      tasks_(around.executor, [this](std::exception_ptr) { log_.error("whoever looks after a verification has failed"); }) {
    client_.on_verification([this](matrix::verification asked) { return take(std::move(asked)); });
}

awaitable<void> verification_desk::take(matrix::verification asked) {
    auto const user = asked.user().str();
    if (std::ranges::find(how_.people, user) == how_.people.end()) {
        log_.warning("a verification was declined: nobody here waits for that person", {{"user", user}, {"device", asked.device().str()}});
        asked.cancel("this bot verifies its admins alone");
        co_return;
    }
    co_await look_after(add(std::move(asked), 0));
}

unsigned verification_desk::fresh_number() {
    for (;;) {
        auto const number = first_number + static_cast<unsigned>(entropy_.below(numbers));
        if (entry_of(number) == nullptr) return number;
    }
}

verification_desk::entry* verification_desk::entry_of(unsigned number) const {
    auto const found = std::ranges::find_if(entries_, [&](shared_entry const& each) { return each->seen.number == number; });
    return found == entries_.end() ? nullptr : found->get();
}

// Of what is over the oldest make room.
verification_desk::shared_entry verification_desk::add(matrix::verification what, unsigned group) {
    auto const is_over = [](shared_entry const& each) { return each->seen.is_over(); };
    while (std::ranges::count_if(entries_, is_over) > static_cast<std::ptrdiff_t>(most_over)) {
        entries_.erase(std::ranges::find_if(entries_, is_over));
    }
    auto const number = fresh_number();
    auto made = std::make_shared<entry>(std::move(what), number, group == 0 ? number : group);
    entries_.push_back(made);
    changed_.notify_all();
    return made;
}

void verification_desk::show_codes(entry const& of) {
    auto const& seen = of.seen;
    auto const decides = how_.command_prefix + " verify yes " + std::to_string(seen.number);
    std::string next = "a verified admin decides: " + decides;
    if (how_.command_prefix.empty()) next = "asked at the terminal";
    if (seen.is_agreed) next = "nothing: they are known already, and it is they who compare";
    log_.info("codes to compare with what their client shows", {{"number", std::int64_t{seen.number}},
                                                                {"user", seen.user},
                                                                {"device", seen.device},
                                                                {"emoji", shown_emoji(*seen.codes)},
                                                                {"numbers", shown_numbers(*seen.codes)},
                                                                {"next", next}});
}

void verification_desk::end_others(entry const& chosen) {
    for (auto const& each : entries_) {
        bool const is_other = each.get() != &chosen && each->group == chosen.group && !each->seen.is_over();
        if (is_other) each->handle.cancel("another device has answered");
    }
}

awaitable<void> verification_desk::look_after(shared_entry of) {
    auto codes = co_await of->handle.codes();
    if (!codes) co_return end(*of, verification_phase::failed, codes.error().message());
    of->seen.device = of->handle.device().str();
    of->seen.codes = *codes;
    end_others(*of);
    of->seen.is_agreed = how_.agrees_with_known && co_await is_known(of->handle);
    of->seen.phase = of->seen.is_agreed ? verification_phase::confirmed : verification_phase::comparing;
    show_codes(*of);
    changed_.notify_all();
    if (of->seen.is_agreed) {
        auto const agreed = co_await of->handle.agree();
        if (agreed) co_return end(*of, verification_phase::verified, "agreed to; they were known already");
        co_return end(*of, verification_phase::failed, agreed.error().message());
    }
    auto const ended = co_await of->handle.ended();
    // Whoever has confirmed waits for more than the end.
    if (!ended && of->seen.phase != verification_phase::confirmed) end(*of, verification_phase::failed, ended.error().message());
}

awaitable<void> verification_desk::conclude(shared_entry of) {
    auto const proof = co_await of->handle.confirm();
    if (!proof) co_return end(*of, verification_phase::failed, proof.error().message());
    if (proof->identity) co_return end(*of, verification_phase::verified, "their identity is verified");
    end(*of, verification_phase::failed,
        "the codes were the same, but their account has no identity that could be kept: they set encryption up in their client first");
}

void verification_desk::end(entry& of, verification_phase how, std::string outcome) {
    of.seen.phase = how;
    of.seen.outcome = std::move(outcome);
    auto const& seen = of.seen;
    log_.info(how == verification_phase::verified ? "a verification went well" : "a verification came to nothing",
              {{"number", std::int64_t{seen.number}}, {"user", seen.user}, {"device", seen.device}, {"how", seen.outcome}});
    changed_.notify_all();
}

// Their identity, or the very device.
awaitable<bool> verification_desk::is_known(matrix::verification with) {
    auto const identity = co_await client_.identity_of(with.user());
    if (!identity) co_return false;
    auto const is_it = [&](matrix::known_device const& each) { return each.id == with.device() && each.is_trusted; };
    co_return identity->is_verified || std::ranges::any_of(identity->devices, is_it);
}

// The smallest one: it is nobody else's business.
awaitable<std::optional<matrix::room_id>> verification_desk::room_with(matrix::user_id whom, std::optional<matrix::room_id> preferred) {
    std::optional<matrix::room_id> best;
    std::size_t fewest = 0;
    auto const rooms = co_await client_.shared_rooms(whom);
    for (auto const& room : rooms) {
        auto const info = co_await client_.room(room).info();
        if (!info || !info->is_encrypted()) continue;
        if (room == preferred) co_return room;
        if (best && info->joined_members >= fewest) continue;
        best = room;
        fewest = info->joined_members;
    }
    co_return best;
}

// Those first that their owner vouches for.
awaitable<base::result<std::vector<matrix::device_id>>> verification_desk::devices_of(matrix::user_id whom) {
    auto identity = co_await client_.identity_of(whom);
    if (!identity) co_return identity.error();
    auto& devices = identity->devices;
    std::ranges::stable_partition(devices, [](matrix::known_device const& each) { return each.is_cross_signed; });
    std::vector<matrix::device_id> ids;
    for (auto const& each : devices) {
        bool const is_us = whom == client_.user() && each.id == client_.device();
        if (!is_us && ids.size() < most_devices) ids.push_back(each.id);
    }
    if (ids.empty()) {
        co_return base::error(base::error_kind::not_found, whom.str() + " has no device that could be asked")
            .with_hint("Encryption is set up in their client first.");
    }
    co_return ids;
}

awaitable<base::result<std::vector<unsigned>>> verification_desk::ask(matrix::user_id whom, std::optional<matrix::device_id> device,
                                                                      std::optional<matrix::room_id> preferred) {
    std::vector<matrix::verification> begun;
    std::vector<matrix::device_id> devices;
    if (device) {
        devices.push_back(*device);
    } else if (auto const room = co_await room_with(whom, std::move(preferred))) {
        auto const asked = co_await client_.verify(*room, whom);
        if (!asked) co_return asked.error();
        begun.push_back(*asked);
    } else {
        auto const found = co_await devices_of(whom);
        if (!found) co_return found.error();
        devices = *found;
    }
    for (auto const& each : devices) {
        auto const asked = co_await client_.verify_device(whom, each);
        if (!asked && begun.empty()) co_return asked.error();
        if (asked) begun.push_back(*asked);
    }
    std::vector<unsigned> all;
    for (auto& each : begun) {
        auto made = add(std::move(each), all.empty() ? 0 : all.front());
        all.push_back(made->seen.number);
        tasks_.spawn(look_after(std::move(made)));
    }
    co_return all;
}

base::result<void> verification_desk::decide(unsigned number, bool same) {
    auto const found = std::ranges::find_if(entries_, [&](shared_entry const& each) { return each->seen.number == number; });
    if (found == entries_.end() || (*found)->seen.is_over()) {
        return base::error(base::error_kind::not_found, "no verification " + std::to_string(number) + " goes on");
    }
    auto& seen = (*found)->seen;
    if (seen.phase == verification_phase::waiting) {
        return base::error(base::error_kind::conflict, "there is nothing to compare yet: " + seen.user + " has not answered");
    }
    if (seen.phase == verification_phase::confirmed) {
        return base::error(base::error_kind::conflict, "it was decided already; " + seen.user + " has not said yes yet");
    }
    if (!same) {
        (*found)->handle.mismatch();
        return {};
    }
    seen.phase = verification_phase::confirmed;
    changed_.notify_all();
    tasks_.spawn(conclude(*found));
    return {};
}

std::vector<verification_case> verification_desk::all() const {
    std::vector<verification_case> seen;
    seen.reserve(entries_.size());
    for (auto const& each : entries_) seen.push_back(each->seen);
    return seen;
}

std::optional<verification_case> verification_desk::find(unsigned number) const {
    auto const* const found = entry_of(number);
    if (found == nullptr) return std::nullopt;
    return found->seen;
}

awaitable<void> verification_desk::stop() {
    tasks_.cancel();
    co_await tasks_.join();
}

}  // namespace chatrixcd::bot
