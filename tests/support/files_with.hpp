// SPDX-License-Identifier: Apache-2.0
// Which files of a folder hold a text as it is: for tests that nothing is left in the clear.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace chatrixcd::test {

inline std::string content_of(std::filesystem::path const& file) {
    std::ifstream in(file, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
}

// Their names, those in folders below included. A key file is none of them: it is what is kept apart.
inline std::vector<std::string> files_with(std::string const& text, std::string const& folder) {
    std::vector<std::string> found;
    for (auto const& entry : std::filesystem::recursive_directory_iterator(folder)) {
        auto const& path = entry.path();
        if (!entry.is_regular_file() || path.filename() == "store.key") continue;
        if (content_of(path).find(text) != std::string::npos) found.push_back(path.filename().string());
    }
    return found;
}

}  // namespace chatrixcd::test
