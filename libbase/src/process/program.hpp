// SPDX-License-Identifier: Apache-2.0
// A process_spec in the form that exec wants, checked.
#pragma once

#include <string>
#include <vector>

#include <chatrixcd/base/error.hpp>
#include <chatrixcd/base/process.hpp>

namespace chatrixcd::base::supervisor {

class program {
public:
    // Errors: invalid (no argv, a NUL, a name with '='), not_found and forbidden (argv[0] in the PATH of the environment).
    static result<program> prepare(process_spec spec);

    // Point into this object; they last until it is changed or destroyed.
    char const* path() const noexcept { return path_.c_str(); }
    char const* folder() const noexcept { return folder_.empty() ? nullptr : folder_.c_str(); }
    std::vector<char*> argv();
    std::vector<char*> environment();

private:
    std::string path_;
    std::string folder_;
    std::vector<std::string> argv_;
    std::vector<std::string> environment_;
};

}  // namespace chatrixcd::base::supervisor
