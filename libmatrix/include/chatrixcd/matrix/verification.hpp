// SPDX-License-Identifier: Apache-2.0
// Two devices whose people compare a few emoji or numbers, or of which one scans a QR code that the other one shows, and then know that
// nobody stands between them (client-server API, "Short Authentication String (SAS) verification", "QR codes"). A handle: cheap to copy,
// must not outlive its client, used on the client's executor.
//
// QR codes are offered by clients with options::qr_codes(). Whoever shows one: qr_data(), scanned(), and confirm() or mismatch(). Whoever
// scans one: qr_data(), which says yes to their request also where nothing is to be shown, and scan(). Either may begin to compare codes
// instead, by codes(), as long as nothing was scanned.
//
// A verification lives ten minutes at most, and in memory alone: a restart ends it, and whoever takes part is told.
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

// What it has proved.
struct verified {
    bool device = false;    // the device is theirs; always, if people have compared codes
    bool identity = false;  // another user's identity is theirs, which stands for all devices that it signs
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
    // cancelled, with the reason), unavailable (the client stopped), invalid (a QR code was scanned instead).
    boost::asio::awaitable<result<verification_codes>> codes() const;
    // Says yes to their request, or waits for their yes to ours, and gives the bytes of the QR code to show, as one segment in byte mode
    // ("QR code format"); the same ones each time. Whoever has them can say that they have seen the code: they belong on the screen alone.
    // Errors as codes(), and invalid: one of the two cannot do it or has not the identity that it takes, or it was begun otherwise.
    boost::asio::awaitable<result<secret>> qr_data() const;
    // Waits until the other device says that it has scanned our code. Then our person looks whether it shows so, which is what proves who
    // it is: confirm() or mismatch(). Errors as codes(), and invalid: it was begun otherwise, or our scan() of theirs has proved it.
    boost::asio::awaitable<result<void>> scanned() const;
    // Takes the bytes of the QR code that our camera has read off the other device, and waits until their person has seen that. A code with
    // other keys than are known here cancels it. Errors as codes(), and invalid: it is no code of this verification, which goes on, or
    // there is none to scan now (qr_data() has not returned yet, or they show none).
    boost::asio::awaitable<result<verified>> scan(secret code) const;
    // Our person says that theirs are the same, and it waits until theirs has said so, too; or that the other device shows that it has
    // scanned our code. Nothing is trusted before. Errors as codes(), and invalid: there are no codes yet, nor was ours scanned.
    boost::asio::awaitable<result<verified>> confirm() const;
    // As confirm(), but nobody has compared anything on our side: for the sake of the other side alone, and nothing of what it proves is
    // kept. What their person compares with has to reach them on another way than this one.
    boost::asio::awaitable<result<verified>> agree() const;
    // Waits until it is over. Errors: conflict (it was cancelled, with the reason), unavailable (the client stopped).
    boost::asio::awaitable<result<void>> ended() const;
    // Our person says that they are not, or that it does not.
    void mismatch() const;
    void cancel(std::string reason) const;

private:
    std::shared_ptr<detail::verification_entry> entry_;
};

}  // namespace chatrixcd::matrix
