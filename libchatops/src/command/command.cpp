// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/chatops/command/command.hpp>

#include <boost/assert.hpp>
#include <utility>

#include "command/argument_parser.hpp"
#include "words/in_prefix.hpp"

namespace chatrixcd::chatops {
namespace {

// The call and what it was made of stay alive until the handler has ended, whoever drops them meanwhile.
awaitable<result<view>> run_to_the_end(std::shared_ptr<detail::command_data const> /*what*/, std::unique_ptr<detail::call> with,
                                       context& asked) {
    co_return co_await with->run(asked);
}

// Required words come before optional ones, those before the rest: otherwise nobody could tell which is which.
bool in_order(std::vector<parameter_doc> const& parameters) {
    auto last = parameter_kind::required;
    for (auto const& each : parameters) {
        if (each.kind > parameter_kind::rest) continue;
        if (each.kind < last || (each.kind == last && last == parameter_kind::rest)) return false;
        last = each.kind;
    }
    return true;
}

std::string shown(parameter_doc const& parameter) {
    switch (parameter.kind) {
        case parameter_kind::required:
            return "<" + parameter.name + ">";
        case parameter_kind::optional:
            return "[" + parameter.name + "]";
        case parameter_kind::rest:
            return "[" + parameter.name + " …]";
        case parameter_kind::assignments:
            return "[" + parameter.name + " …]";
        case parameter_kind::option:
            return "[--" + parameter.name + " <" + parameter.type + ">]";
        case parameter_kind::flag:
            return "[--" + parameter.name + "]";
    }
    return {};
}

}  // namespace

std::string_view to_string(effect e) noexcept {
    switch (e) {
        case effect::read:
            return "read";
        case effect::low:
            return "low";
        case effect::high:
            return "high";
        case effect::critical:
            return "critical";
    }
    return {};
}

bound_call::bound_call(std::shared_ptr<detail::command_data const> what, std::unique_ptr<detail::call> with)
    : what_(std::move(what)), with_(std::move(with)) {}

std::string const& bound_call::name() const noexcept { return what_->name; }
chatops::effect bound_call::effect() const noexcept { return what_->effect; }
awaitable<result<view>> bound_call::run(context& asked) && { return run_to_the_end(std::move(what_), std::move(with_), asked); }

command::command(std::shared_ptr<detail::command_data const> data) : data_(std::move(data)) { BOOST_ASSERT(in_order(data_->parameters)); }

std::string const& command::name() const noexcept { return data_->name; }
std::string const& command::summary() const noexcept { return data_->summary; }
std::string const& command::group() const noexcept { return data_->group; }
std::vector<std::string> const& command::aliases() const noexcept { return data_->aliases; }
std::vector<parameter_doc> const& command::parameters() const noexcept { return data_->parameters; }
chatops::effect command::effect() const noexcept { return data_->effect; }
std::vector<std::string> const& command::examples() const noexcept { return data_->examples; }

std::string command::usage() const {
    std::string out = data_->name;
    for (auto const& parameter : data_->parameters) out += " " + shown(parameter);
    return out;
}

result<bound_call> command::parse(std::vector<token> const& words, std::string_view prefix) const {
    auto call = data_->make_call();
    detail::argument_parser parser(*data_, *call);
    if (auto problem = parser.take_all(words); problem)
        return std::move(*problem).with_hint("Usage: `" + text::in_prefix(prefix, usage()) + "`");
    return bound_call(data_, std::move(call));
}

std::vector<std::string> command::complete(std::vector<std::string> const& words) const { return detail::complete_argument(*data_, words); }

}  // namespace chatrixcd::chatops
