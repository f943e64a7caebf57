// SPDX-License-Identifier: Apache-2.0
#include "rules.hpp"

namespace chatrixcd::homeserver::testing {

namespace detail {

bool rule_state::fits(base::http::request const& r, std::string const& whose) const {
    if (choices.empty() || (left && *left == 0)) return false;
    if (verb && *verb != r.verb) return false;
    if (!user.empty() && user != whose) return false;
    return path.fits(r.path()) && (!predicate || predicate(r));
}

bool rule_state::takes(base::random& dice) {
    if (lets_pass > 0) {
        --lets_pass;
        return false;
    }
    if (per_mille && dice.below(1000) >= *per_mille) return false;
    if (left) --*left;
    ++hits;
    return true;
}

}  // namespace detail

using rule = faults::rule;

rule rule::for_user(std::string user_id) const {
    state_->user = std::move(user_id);
    return *this;
}

rule rule::when(std::function<bool(base::http::request const&)> predicate) const {
    state_->predicate = std::move(predicate);
    return *this;
}

rule rule::after(std::size_t requests) const {
    state_->lets_pass = requests;
    return *this;
}

rule rule::times(std::size_t requests) const {
    state_->left = requests;
    return *this;
}

rule rule::chance(unsigned per_mille) const {
    state_->per_mille = per_mille;
    return *this;
}

rule rule::does(fault what) const {
    state_->choices.assign(1, std::move(what));
    return *this;
}

rule rule::does_one_of(std::vector<fault> choices) const {
    state_->choices = std::move(choices);
    return *this;
}

std::size_t rule::hits() const noexcept { return state_->hits; }

void rule::end() const { state_->choices.clear(); }

}  // namespace chatrixcd::homeserver::testing
