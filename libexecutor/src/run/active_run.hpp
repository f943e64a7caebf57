// SPDX-License-Identifier: Apache-2.0
// A run that has not finished, as it stands in memory.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <optional>
#include <utility>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/notifier.hpp>
#include <chatrixcd/base/process.hpp>
#include <chatrixcd/executor/run.hpp>
#include <chatrixcd/executor/server.hpp>

#include "output/buffer.hpp"
#include "run/slots.hpp"

namespace chatrixcd::executor {

// Why a run is to end before it does so by itself.
enum class ending : std::uint8_t { none, canceled, timed_out, stopped };

class active_run {
public:
    active_run(boost::asio::any_io_executor executor, slots& from, options const& settings, base::process_spec what, base::duration limit)
        : spec(std::move(what)),
          timeout(limit),
          changed(executor),
          wrote(executor),
          place(from, changed),
          output(settings.max_output, settings.max_line) {}

    // The first reason counts.
    void end(ending reason) {
        if (why != ending::none) return;
        why = reason;
        changed.notify_all();
    }

    run_id id = 0;
    base::process_spec spec;
    base::duration timeout;
    ending why = ending::none;
    bool signalled = false;  // its process was told to end
    base::notifier changed;  // `why` is set, or its turn has come
    base::notifier wrote;    // there is new output
    turn place;
    output_buffer output;
    std::optional<line_block> unsaved;  // taken out of `output`, and not yet known to be stored
};

}  // namespace chatrixcd::executor
