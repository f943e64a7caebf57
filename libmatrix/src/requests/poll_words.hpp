// SPDX-License-Identifier: Apache-2.0
// What polls call things, now and in the draft (MSC3381, "Unstable prefix").
#pragma once

#include <string_view>

#include <chatrixcd/matrix/polls.hpp>

namespace chatrixcd::matrix::detail {

struct poll_words {
    std::string_view start;
    std::string_view response;
    std::string_view end;
    std::string_view poll;
    std::string_view text;
    std::string_view id;
    std::string_view disclosed;
    std::string_view undisclosed;
};

inline poll_words const& words_for(poll_names names) noexcept {
    static constexpr poll_words draft{"org.matrix.msc3381.poll.start",     "org.matrix.msc3381.poll.response",
                                      "org.matrix.msc3381.poll.end",       "org.matrix.msc3381.poll.start",
                                      "org.matrix.msc1767.text",           "id",
                                      "org.matrix.msc3381.poll.disclosed", "org.matrix.msc3381.poll.undisclosed"};
    static constexpr poll_words stable{"m.poll.start", "m.poll.response", "m.poll.end",   "m.poll", "m.text",
                                       "m.id",         "m.disclosed",     "m.undisclosed"};
    return names == poll_names::draft ? draft : stable;
}

}  // namespace chatrixcd::matrix::detail
