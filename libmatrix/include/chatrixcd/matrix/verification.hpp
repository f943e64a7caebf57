// SPDX-License-Identifier: Apache-2.0
// Two devices whose people compare a few emoji or numbers, and then know that nobody stands between them (client-server API, "Short
// Authentication String (SAS) verification"). A handle: cheap to copy, must not outlive its client, used on the client's executor.
//
// A verification lives ten minutes at most, and in memory alone: a restart ends it.
#pragma once

#include <array>
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <chatrixcd/matrix/ids.hpp>

namespace chatrixcd::matrix {

namespace detail {
class verification_entry;
}

struct verification_emoji {
    std::string_view symbol;
    std::string_view name;
};

// What both people see; either will do.
struct verification_codes {
    std::array<verification_emoji, 7> emoji;
    std::array<unsigned, 3> numbers{};
};

// What it has proved. The device is theirs in any case.
struct verified {
    bool identity = false;  // and so is the identity, which stands for all devices that it signs
};

class verification {
public:
    explicit verification(std::shared_ptr<detail::verification_entry> of) : entry_(std::move(of)) {}

    user_id const& user() const noexcept;
    // Empty until one of theirs has answered.
    device_id const& device() const noexcept;
    // The room in which it is talked about; nothing: between devices.
    std::optional<room_id> const& room() const noexcept;
    bool was_asked_by_us() const noexcept;

    // Says yes to their request, or waits for their yes to ours, and gives what our person is to compare. Errors: conflict (it was
    // cancelled, with the reason), unavailable (the client stopped).
    boost::asio::awaitable<result<verification_codes>> codes() const;
    // Our person says that theirs are the same; waits until theirs has said so, too. Nothing is trusted before. Errors as codes(), and
    // invalid: there are no codes yet.
    boost::asio::awaitable<result<verified>> confirm() const;
    // As confirm(), but nobody has compared anything on our side: for the sake of the other side alone, and nothing of what it proves is
    // kept. What their person compares with has to reach them on another way than this one.
    boost::asio::awaitable<result<verified>> agree() const;
    // Waits until it is over. Errors: conflict (it was cancelled, with the reason), unavailable (the client stopped).
    boost::asio::awaitable<result<void>> ended() const;
    // Our person says that they are not.
    void mismatch() const;
    void cancel(std::string reason) const;

private:
    std::shared_ptr<detail::verification_entry> entry_;
};

}  // namespace chatrixcd::matrix
