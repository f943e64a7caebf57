// SPDX-License-Identifier: Apache-2.0
#include "ci/words.hpp"

#include <chatrixcd/chatops/ci/json.hpp>

namespace chatrixcd::chatops::ci {
namespace {

template <class E>
struct named {
    E value;
    std::string_view word;
};

constexpr named<phase> phases[] = {
    {phase::queued, "queued"},       {phase::gated, "gated"},       {phase::running, "running"},
    {phase::canceling, "canceling"}, {phase::finished, "finished"},
};

constexpr named<outcome> outcomes[] = {
    {outcome::none, "none"},         {outcome::success, "success"},   {outcome::unstable, "unstable"}, {outcome::failure, "failure"},
    {outcome::error, "error"},       {outcome::canceled, "canceled"}, {outcome::skipped, "skipped"},   {outcome::timed_out, "timed_out"},
    {outcome::rejected, "rejected"}, {outcome::lost, "lost"},
};

constexpr named<parameter_type> types[] = {
    {parameter_type::text, "text"},     {parameter_type::integer, "integer"}, {parameter_type::boolean, "boolean"},
    {parameter_type::choice, "choice"}, {parameter_type::secret, "secret"},
};

template <class E, std::size_t N>
std::string_view word_for(named<E> const (&all)[N], E value) noexcept {
    for (auto const& each : all) {
        if (each.value == value) return each.word;
    }
    return {};
}

template <class E, std::size_t N>
std::optional<E> value_for(named<E> const (&all)[N], std::string_view word) noexcept {
    for (auto const& each : all) {
        if (each.word == word) return each.value;
    }
    return std::nullopt;
}

}  // namespace

std::string_view to_string(phase p) noexcept { return word_for(phases, p); }
std::string_view to_string(outcome o) noexcept { return word_for(outcomes, o); }
std::string_view to_string(parameter_type t) noexcept { return word_for(types, t); }
std::optional<phase> phase_from(std::string_view word) noexcept { return value_for(phases, word); }
std::optional<outcome> outcome_from(std::string_view word) noexcept { return value_for(outcomes, word); }
std::optional<parameter_type> parameter_type_from(std::string_view word) noexcept { return value_for(types, word); }

}  // namespace chatrixcd::chatops::ci
