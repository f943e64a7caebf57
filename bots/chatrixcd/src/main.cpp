// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <exception>
#include <iostream>
#include <optional>
#include <string>
#include <variant>

#include <chatrixcd/base/error.hpp>

#include "command_line.hpp"
#include "commands/check.hpp"
#include "commands/console.hpp"
#include "commands/doctor.hpp"
#include "commands/homeserver.hpp"
#include "commands/init.hpp"
#include "commands/run.hpp"
#include "commands/verify.hpp"
#include "demo/demo.hpp"
#include "exit_code.hpp"
#include "stand_in/semaphore_double.hpp"

namespace chatrixcd::bot {
namespace {

std::optional<std::string> process_variable(std::string const& name) {
    char const* value = std::getenv(name.c_str());
    if (value == nullptr) return std::nullopt;
    return std::string(value);
}

struct dispatch {
    exit_code operator()(run_command const& asked) const { return run(asked, process_variable); }
    exit_code operator()(check_command const& asked) const { return check(asked, process_variable, std::cout); }
    exit_code operator()(init_command const& asked) const { return init(asked, process_variable); }
    exit_code operator()(doctor_command const& asked) const { return doctor(asked, process_variable, std::cout); }
    exit_code operator()(console_command const& asked) const { return console(asked, process_variable); }
    exit_code operator()(verify_command_line const& asked) const { return verify(asked, process_variable); }
    exit_code operator()(homeserver_command const& asked) const { return homeserver(asked); }
    exit_code operator()(semaphore_double_command const& asked) const { return semaphore_double(asked, process_variable); }
    exit_code operator()(demo_command const& asked) const { return demo(asked, process_variable); }
};

exit_code guarded_main(int count, char** words) {
    try {
        auto parsed = parse_command_line(count, words);
        if (auto const* ended = std::get_if<exit_code>(&parsed)) return *ended;
        return std::visit(dispatch(), std::get<parsed_command>(parsed));
    } catch (base::error_exception const& e) {
        std::cerr << "error: " << e.why().describe() << '\n';
        return exit_code_of(e.why());
    } catch (std::exception const& e) {
        std::cerr << "error: " << e.what() << '\n';
        return exit_code::failure;
    }
}

}  // namespace
}  // namespace chatrixcd::bot

int main(int count, char** words) { return static_cast<int>(chatrixcd::bot::guarded_main(count, words)); }
