// SPDX-License-Identifier: Apache-2.0
// Who asks for a command, and where: what a handler is told beside its arguments. The engine implements it, tests have their own.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

#include <chatrixcd/chatops/chat/values.hpp>

namespace chatrixcd::chatops {

// Somebody at the machine itself, who needs no account: a console, a terminal view.
struct local_operator {
    std::string name;  // "root", for the journal and for cards
    friend bool operator==(local_operator const&, local_operator const&) = default;
};

using actor = std::variant<chat::sender, local_operator>;

// As cards and logs show it: "@ann:example.org", "operator root".
std::string name_of(actor const& who);

// A value that a command lacks. The answer is a command of its own: `line` with name=answer behind it.
class open_question {
public:
    open_question() = default;
    open_question(std::string so_far, std::string missing) : line(std::move(so_far)), name(std::move(missing)) {}
    std::string line;  // without the prefix: "run demo deploy env=staging"
    std::string name;  // of the value that is asked for
};

// Lives until the handler has returned.
class context {
public:
    virtual ~context() = default;
    virtual actor const& asked_by() const noexcept = 0;
    // The room that the answer goes to; nothing for a local operator.
    virtual std::optional<std::string> room() const = 0;
    // The command's key in the journal. A local operator's: service "operator", account its name, no room, event a nonce.
    virtual chat::origin const& origin() const noexcept = 0;
    // Goes into logs, the journal, the run and its card.
    virtual std::string const& trace() const noexcept = 0;
    // What commands begin with where they were asked, to print next commands that can be copied: "!cd". Empty for a local operator.
    virtual std::string const& prefix() const noexcept = 0;
    // Keeps a question open in the thread of the command: what the handler returns is said there, and what the same person says next in
    // that thread is the answer. At most one a command. False where nobody could answer; then the handler refuses instead.
    virtual bool ask(open_question) { return false; }
    // Whether nobody else reads what was said where it was asked: then it may hold secrets.
    virtual bool is_private() const noexcept { return !room(); }
    // Whether the journal may keep the values that were typed (name=value) once the command has ended; it may unless this says no. One of
    // them can be a secret.
    virtual void keep_values(bool /*yes*/) {}
    // The name of the value that is the answer to a question, if this command is one; else empty.
    virtual std::string const& answered() const noexcept;
};

}  // namespace chatrixcd::chatops
