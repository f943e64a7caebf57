// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/chatops/command/context.hpp>

namespace chatrixcd::chatops {

std::string name_of(actor const& who) {
    if (auto const* user = std::get_if<chat::sender>(&who)) return user->user;
    return "operator " + std::get<local_operator>(who).name;
}

std::string const& context::answered() const noexcept {
    static std::string const none;
    return none;
}

}  // namespace chatrixcd::chatops
