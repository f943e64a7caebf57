// SPDX-License-Identifier: Apache-2.0
#include "encrypted/plan.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include <chatrixcd/base/random.hpp>

namespace chatrixcd::test {

namespace {

struct frequency {
    deed what;
    unsigned weight;
    unsigned most;  // of `number`
    char const* name;
};

// The honest ones first.
constexpr std::array<frequency, 19> deeds{{
    {deed::say, 30, 1, "say"},
    {deed::wait, 14, 120, "wait"},
    {deed::stop, 4, 1, "stop"},
    {deed::start, 8, 1, "start"},
    {deed::start_doomed, 8, 90, "start_doomed"},
    {deed::stumble, 8, 20, "stumble"},
    {deed::storm, 5, 450, "storm"},
    {deed::calm, 3, 1, "calm"},
    {deed::stale_syncs, 3, 4, "stale_syncs"},
    {deed::repeat_events, 3, 4, "repeat_events"},
    {deed::shuffle_devices, 4, 6, "shuffle_devices"},
    {deed::add_device, 2, 4, "add_device"},
    {deed::forget_token, 2, 1, "forget_token"},
    {deed::leave, 3, 1, "leave"},
    {deed::join, 4, 1, "join"},
    {deed::lose_devices, 4, 3, "lose_devices"},
    {deed::claim_counts, 3, 4, "claim_counts"},
    {deed::hide_keys, 3, 3, "hide_keys"},
    {deed::forget_device, 2, 1, "forget_device"},
}};
constexpr std::size_t honest = 15;

char const* name_of(deed what) {
    auto const* const found = std::ranges::find(deeds, what, &frequency::what);
    return found == deeds.end() ? "?" : found->name;
}

}  // namespace

life_plan draw_plan(std::uint64_t seed, roughness how) {
    auto const dice = base::make_seeded_random(seed);
    auto const below = [&](std::uint64_t bound) { return static_cast<unsigned>(dice->below(bound)); };
    life_plan plan;
    plan.seed = seed;
    plan.has_carol = below(3) == 0;
    plan.has_second = below(3) == 0;
    plan.rotation = how == roughness::weather && below(3) == 0 ? 100 : 1 + below(8);
    plan.timeline_limit = below(2) == 0 ? 50 : 1 + below(6);
    auto const parties = 2U + (plan.has_carol ? 1U : 0U) + (plan.has_second ? 1U : 0U);
    auto const kinds = how == roughness::weather ? honest : deeds.size();
    unsigned total = 0;
    for (std::size_t i = 0; i < kinds; ++i) total += deeds.at(i).weight;
    for (auto n = 10 + below(50); n > 0; --n) {
        auto at = below(total);
        std::size_t kind = 0;
        while (at >= deeds.at(kind).weight) at -= deeds.at(kind++).weight;
        step made;
        made.what = deeds.at(kind).what;
        made.who = below(parties);
        made.number = 1 + below(deeds.at(kind).most);
        made.choice = below(60);
        plan.steps.push_back(made);
    }
    // Drawn last, so that the steps of a seed are the same whether or not it is strict.
    plan.is_strict = below(2) == 0;
    return plan;
}

std::string to_text(life_plan const& plan) {
    auto text = "seed " + std::to_string(plan.seed) + (plan.has_carol ? ", carol" : "") + (plan.has_second ? ", a second device" : "") +
                (plan.is_strict ? ", strict" : "") + ", sessions of " + std::to_string(plan.rotation) + ", timelines of " +
                std::to_string(plan.timeline_limit) + "\n";
    for (auto const& each : plan.steps) {
        text += std::string("  ") + name_of(each.what) + " who=" + std::to_string(each.who) + " number=" + std::to_string(each.number) +
                " choice=" + std::to_string(each.choice) + "\n";
    }
    return text;
}

life_plan shrink(life_plan plan, std::function<bool(life_plan const&)> const& breaks, unsigned most_tries) {
    for (auto piece = std::max<std::size_t>(plan.steps.size() / 2, 1); most_tries > 0;) {
        bool got_shorter = false;
        for (std::size_t first = 0; first < plan.steps.size() && most_tries > 0;) {
            auto shorter = plan;
            auto const last = std::min(first + piece, plan.steps.size());
            shorter.steps.erase(shorter.steps.begin() + static_cast<std::ptrdiff_t>(first),
                                shorter.steps.begin() + static_cast<std::ptrdiff_t>(last));
            --most_tries;
            if (breaks(shorter)) {
                plan = std::move(shorter);
                got_shorter = true;
            } else {
                first = last;
            }
        }
        if (piece == 1 && !got_shorter) break;
        piece = std::max<std::size_t>(piece / 2, 1);
    }
    return plan;
}

}  // namespace chatrixcd::test
