// SPDX-License-Identifier: Apache-2.0
// A command as everybody but its author sees it: immutable, type-erased, cheap to copy. Made by declare<Args>() (declare.hpp).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <chatrixcd/base/error.hpp>
#include <chatrixcd/chatops/command/context.hpp>
#include <chatrixcd/chatops/command/tokens.hpp>
#include <chatrixcd/chatops/view.hpp>

namespace chatrixcd::chatops {

using base::result;
using boost::asio::awaitable;

// What a command can do to the world; the default class of its policy.
enum class effect : std::uint8_t { read, low, high, critical };
std::string_view to_string(effect e) noexcept;

enum class parameter_kind : std::uint8_t { required, optional, rest, assignments, option, flag };

// One parameter, for help and for completion.
struct parameter_doc {
    parameter_kind kind = parameter_kind::required;
    std::string name;  // without dashes
    std::string type;  // the presentation's name; empty for a flag
    std::string help;
};

namespace detail {
// Typed arguments being filled, and the handler. `assign` is called in the order of the line; `parameter` indexes command::parameters().
class call {
public:
    virtual ~call() = default;
    virtual result<void> assign(std::size_t parameter, std::string_view name, std::string_view text) = 0;
    virtual awaitable<result<view>> run(context& asked) = 0;
};

struct command_data {
    std::string name;
    std::string summary;
    std::string group = "Other";
    std::vector<std::string> aliases;
    std::vector<parameter_doc> parameters;
    std::vector<std::function<std::vector<std::string>(std::string_view)>> completions;  // one a parameter
    chatops::effect effect = chatops::effect::read;
    std::vector<std::string> examples;
    std::function<std::unique_ptr<call>()> make_call;
};
}  // namespace detail

class command;

// A command with its arguments, checked and typed. Runs once.
class bound_call {
public:
    bound_call(std::shared_ptr<detail::command_data const> what, std::unique_ptr<detail::call> with);

    std::string const& name() const noexcept;  // of the command, never an alias
    chatops::effect effect() const noexcept;
    // `asked` must outlive the returned awaitable. Handlers refuse by a value; what they throw passes through. Keeps itself alive.
    awaitable<result<view>> run(context& asked) &&;

private:
    std::shared_ptr<detail::command_data const> what_;
    std::unique_ptr<detail::call> with_;
};

class command {
public:
    explicit command(std::shared_ptr<detail::command_data const> data);

    std::string const& name() const noexcept;
    std::string const& summary() const noexcept;
    std::string const& group() const noexcept;  // heading in help: "Run", "Look", "Other"
    std::vector<std::string> const& aliases() const noexcept;
    std::vector<parameter_doc> const& parameters() const noexcept;
    chatops::effect effect() const noexcept;
    std::vector<std::string> const& examples() const noexcept;  // whole lines without the prefix

    // "lock <target> <reason> [--for <duration>] [--steal]"
    std::string usage() const;
    // The words after the command's name. Errors: `invalid`, one sentence; the hint is the usage, with `prefix` before it.
    result<bound_call> parse(std::vector<token> const& words, std::string_view prefix = {}) const;
    // What the word begun at the end of `words` could become: option names and values of few choices. `words` is not empty; its last
    // element may be.
    std::vector<std::string> complete(std::vector<std::string> const& words) const;

private:
    std::shared_ptr<detail::command_data const> data_;
};

}  // namespace chatrixcd::chatops
