// SPDX-License-Identifier: Apache-2.0
#include "program_run.hpp"

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <boost/json/object.hpp>
#include <utility>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/base/process.hpp>
#include <chatrixcd/base/text.hpp>

namespace chatrixcd::semaphore::testing {

using boost::asio::awaitable;

namespace {

// A program that never ends a line.
constexpr std::size_t longest_line = 1U << 20U;

// As Semaphore does it for shell scripts.
void add_variables(std::vector<std::string>& argv, std::string const& environment) {
    auto const variables = base::parse_json_object(environment);
    if (!variables) return;
    for (auto const& variable : *variables) {
        if (auto const* text = variable.value().if_string()) argv.push_back(std::string(variable.key()) + "=" + text->c_str());
    }
}

class line_splitter {
public:
    template <class Take>
    void add(std::string_view bytes, Take take) {
        rest_ += bytes;
        for (auto end = rest_.find('\n'); end != std::string::npos || rest_.size() > longest_line; end = rest_.find('\n')) {
            auto const length = std::min(end, longest_line);
            take(base::text::valid_utf8(rest_.substr(0, length)));
            rest_.erase(0, end == length ? length + 1 : length);
        }
    }
    template <class Take>
    void finish(Take take) {
        if (!rest_.empty()) take(base::text::valid_utf8(rest_));
    }

private:
    std::string rest_;
};

base::process_spec spec_of(simulated_task const& task, program_environment variables) {
    base::process_spec spec;
    spec.argv = task.program();
    add_variables(spec.argv, task.environment);
    spec.environment = std::move(variables);
    return spec;
}

}  // namespace

awaitable<void> run_program(simulated_task& task, base::clock& time, flavour const& as, program_environment variables) {
    auto started = co_await base::spawn(co_await boost::asio::this_coro::executor, spec_of(task, std::move(variables)));
    if (!started) {
        task.print(time.now(), "Failed to run task: " + started.error().describe());
        task.end_program(/*successfully=*/false, time.now(), as);
        co_return;
    }
    task.on_stop([program = started->get()](bool force) {
        if (force) {
            program->kill();
        } else {
            program->terminate();
        }
    });
    // Cancelled, it goes before the task does.
    struct until_the_end {
        simulated_task& task;
        ~until_the_end() { task.on_stop(nullptr); }
    } const stoppable{task};
    auto const print = [&](std::string line) { task.print(time.now(), std::move(line)); };
    line_splitter lines;
    for (;;) {
        auto const event = co_await (*started)->next();
        if (auto const* piece = std::get_if<base::process_output>(&event)) {
            lines.add(piece->bytes, print);
            continue;
        }
        lines.finish(print);
        auto const ended = std::get<base::process_exit>(event);
        task.end_program(ended.signal == 0 && ended.status == 0, time.now(), as);
        co_return;
    }
}

}  // namespace chatrixcd::semaphore::testing
