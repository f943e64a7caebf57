// SPDX-License-Identifier: Apache-2.0
#include "doctor/findings.hpp"

#include <chatrixcd/base/text.hpp>
#include <ostream>

namespace chatrixcd::bot {

void findings::line(char const* verdict, std::string const& what) { out_ << verdict << base::text::one_line(what) << std::endl; }

void findings::good(std::string const& what) { line("ok    ", what); }
void findings::note(std::string const& what) { line("note  ", what); }
void findings::skipped(std::string const& what) { line("-     ", what); }

void findings::bad(std::string const& what, exit_code means) {
    line("BAD   ", what);
    if (outcome_ == exit_code::success) outcome_ = means;
}

void findings::bad(std::string const& what, base::error const& why, exit_code means) { bad(what + ": " + why.describe(), means); }

}  // namespace chatrixcd::bot
