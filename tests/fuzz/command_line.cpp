// SPDX-License-Identifier: Apache-2.0
// Whatever is a command line has few words, each short and on one line, and marks that fit them.
#include <cstdint>
#include <cstdlib>

#include <chatrixcd/chatops/command/tokens.hpp>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace chatrixcd::chatops;
    auto const words = tokenize(std::string_view(reinterpret_cast<char const*>(data), size));
    if (!words) return words.error().message().empty() ? (std::abort(), 0) : 0;
    if (words->size() > max_command_tokens) std::abort();
    for (auto const& word : *words) {
        if (word.text.size() > max_command_bytes || word.text.find_first_of("\r\n") != std::string::npos) std::abort();
        if (word.equals && (*word.equals >= word.text.size() || word.text[*word.equals] != '=')) std::abort();
        if (word.dashed && word.text.front() != '-') std::abort();
    }
    return 0;
}
