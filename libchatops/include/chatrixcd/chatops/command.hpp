// SPDX-License-Identifier: Apache-2.0
// Commands: declared once, from which come the parser, the typed arguments, help, usage errors, did-you-mean and completion.
//
//     command lock_command() {
//         return declare<lock_args>("lock", "Keep others from running anything on a target")
//             .arg("target", &lock_args::target, "environment or job")
//             .option("for", &lock_args::expires, "when it opens by itself")
//             .flag("steal", &lock_args::steal, "take over somebody else's lock")
//             .effect(effect::high)
//             .example("lock prod --for 2h")
//             .does(lock);                       // awaitable<result<view>> lock(context&, lock_args)
//     }
//
// A command_set holds them; `command_set::parse(line)` gives a bound_call, `bound_call::run(context&)` runs it. Parsing is pure.
#pragma once

#include <chatrixcd/chatops/command/command.hpp>
#include <chatrixcd/chatops/command/command_set.hpp>
#include <chatrixcd/chatops/command/context.hpp>
#include <chatrixcd/chatops/command/declare.hpp>
#include <chatrixcd/chatops/command/presentation.hpp>
#include <chatrixcd/chatops/command/refusal.hpp>
#include <chatrixcd/chatops/command/run_target.hpp>
#include <chatrixcd/chatops/command/tokens.hpp>
