// SPDX-License-Identifier: Apache-2.0
#include "commands/run_number.hpp"

#include <utility>

#include "runs/table.hpp"
#include "words/in_prefix.hpp"
#include "words/quoted.hpp"

namespace chatrixcd::chatops {

base::result<commands::run_number> presentation<commands::run_number>::parse(std::string_view text) {
    auto digits = text;
    if (digits.starts_with('#')) digits.remove_prefix(1);
    auto const number = presentation<std::int64_t>::parse(digits);
    if (!number || *number < 1) {
        return base::error(base::error_kind::invalid, text::quoted(text) + " is no run: write its number, like `3` or `#3`.");
    }
    return commands::run_number{*number, text.starts_with('#')};
}

namespace commands {

namespace {

base::error several_called(std::string const& id, std::vector<runs::record> const& all) {
    std::string numbers;
    for (auto const& run : all) numbers += (numbers.empty() ? "" : " or ") + ("`#" + std::to_string(run.number) + "`");
    return {base::error_kind::conflict, "More than one run is number " + id + " at its CI: write " + numbers + "."};
}

base::error no_such_run(std::optional<std::int64_t> number, std::string const& prefix) {
    if (number) return {base::error_kind::not_found, "There is no run #" + std::to_string(*number) + " in this room."};
    return base::error(base::error_kind::not_found, "Nothing has been run in this room yet.")
        .with_hint("`" + text::in_prefix(prefix, "help run") + "` says how to run something.");
}

}  // namespace

boost::asio::awaitable<result<runs::record>> meant_run(services const& with, context const& asked, std::optional<run_number> number) {
    auto const room = asked.room();
    auto look = [number, room, service = asked.origin().service](base::transaction& in) {
        std::vector<runs::record> meant;
        std::optional<std::int64_t> wanted;
        if (number) {
            wanted = number->value;
        } else if (room) {
            wanted = runs::last_of_room(in, service, *room);
        } else {
            auto const newest = runs::newest_runs(in, 1);
            if (!newest.empty()) wanted = newest.front().number;
        }
        if (!wanted) return meant;
        auto found = runs::load(in, *wanted);
        bool const foreign = found && room && (found->from.room != *room || found->from.service != service);
        if (found && !foreign) meant.push_back(std::move(*found));
        if (!found && number && !number->is_ours) {
            meant = runs::runs_called(in, std::to_string(number->value), service, room.value_or(""));
        }
        return meant;
    };
    auto found = co_await with.store.write(std::move(look));
    if (found.size() > 1) co_return several_called(std::to_string(number->value), found);
    if (found.empty()) {
        std::optional<std::int64_t> asked_for;
        if (number) asked_for = number->value;
        co_return no_such_run(asked_for, asked.prefix());
    }
    co_return std::move(found.front());
}

}  // namespace commands

}  // namespace chatrixcd::chatops
