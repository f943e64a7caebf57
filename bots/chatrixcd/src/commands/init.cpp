// SPDX-License-Identifier: Apache-2.0
#include "commands/init.hpp"

#include <chatrixcd/base/files.hpp>
#include <filesystem>
#include <iostream>
#include <utility>

#include "init/interview.hpp"
#include "init/written.hpp"

namespace chatrixcd::bot {

namespace {

void show_recovery_key(config const& made) {
    if (made.matrix.recovery_key.from == secret_source::kind::none) return;
    std::cout << "\nThe bot's recovery key, shown this once:\n\n  " << made.matrix.recovery_key.text.reveal()
              << "\n\nKeep it apart from this machine: with it"
              << (made.matrix.password.from == secret_source::kind::none ? ", and a new access token," : "")
              << " the bot stays the one that others have verified, though its store and this file be lost.\n";
}

}  // namespace

exit_code init(init_command const& asked, environment variables) {
    std::error_code unreadable;
    if (std::filesystem::exists(asked.file, unreadable)) {
        std::cerr << "error: " << asked.file << " is there already; name another file with -c, or remove it\n";
        return exit_code::usage;
    }
    // Before the first question: nobody wants to answer six of them for nothing. It does not stay: whoever gives up begins anew.
    if (auto const possible = base::write_file(asked.file, "# `chatrixcd init` was not finished.\n"); !possible) {
        std::cerr << "error: " << possible.error().describe() << '\n';
        return exit_code::store;
    }
    std::filesystem::remove(asked.file, unreadable);
    questions conversation(std::cin, std::cout);
    std::cout << "A bot for your room in at most six answers. Nothing is changed at your CI server.\n";
    auto const made = interview(conversation, std::move(variables)).hold();
    if (!made) {
        std::cerr << "\nerror: the answers ended before the last question; nothing was written\n";
        return exit_code::usage;
    }
    if (auto const kept = base::write_file(asked.file, written(*made)); !kept) {
        std::cerr << "error: " << kept.error().describe() << '\n';
        return exit_code::store;
    }
    std::cout << "\nWritten to " << asked.file << ", which nobody else can read.\n";
    show_recovery_key(*made);
    std::cout << "\nWhat the bot keeps lies in " << made->matrix.store_path
              << ", sealed with the key that its first start puts there (store.key).\n";
    std::cout << "\nNow start the bot:\n  chatrixcd run -c " << asked.file
              << "\naccept the invitation to the room ChatrixCD in your Matrix client, and type there:\n  !cd projects\n";
    return exit_code::success;
}

}  // namespace chatrixcd::bot
