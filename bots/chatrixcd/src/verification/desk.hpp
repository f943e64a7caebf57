// SPDX-License-Identifier: Apache-2.0
// The verifications that go on between the bot and people: who asked whom, what there is to compare, and how each ended.
//
// The desk says yes to nothing by itself, but to whom the bot knows already (options::agrees_with_known): from those it has nothing to
// learn, and keeps nothing. Who else may decide is the business of whoever calls decide().
//
// Each has a number of four digits. It is drawn, so that a word that somebody has held back decides nothing that begins later.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <chatrixcd/base/log.hpp>
#include <chatrixcd/base/notifier.hpp>
#include <chatrixcd/base/random.hpp>
#include <chatrixcd/base/task_group.hpp>
#include <chatrixcd/matrix/client.hpp>

#include "wiring.hpp"

namespace chatrixcd::bot {

enum class verification_phase : std::uint8_t {
    waiting,    // for the other side
    comparing,  // the codes are there
    confirmed,  // our side has said yes
    verified,   // and theirs
    failed,
};

// A value.
class verification_case {
public:
    verification_case() = default;
    bool is_over() const noexcept { return phase == verification_phase::verified || phase == verification_phase::failed; }

    unsigned number = 0;  // 1000 to 9999
    std::string user;
    std::string device;  // empty: none of theirs has answered
    bool asked_by_us = false;
    verification_phase phase = verification_phase::waiting;
    std::optional<matrix::verification_codes> codes;
    bool is_agreed = false;  // without anybody's comparing on our side
    std::string outcome;     // once it is over
};

class verification_desk {
public:
    class options {
    public:
        options() = default;
        std::vector<std::string> people;  // whose requests are answered; others' are declined
        bool agrees_with_known = false;
        std::string command_prefix;  // for the log; empty: nobody decides by a command
    };

    // Made before client.start(): it takes the client's verifications. All must outlive stop().
    verification_desk(surroundings const& around, matrix::client& client, options how);

    // Asks somebody: that device, or in a room that is encrypted and shared, `preferred` if it is one, else up to three of their devices,
    // of which the first that answers counts. Returns the numbers. Errors: not_found (they have no device), and those of
    // matrix::client::verify().
    boost::asio::awaitable<base::result<std::vector<unsigned>>> ask(matrix::user_id whom, std::optional<matrix::device_id> device,
                                                                    std::optional<matrix::room_id> preferred);
    // Somebody of ours has compared: `same`, or not. Errors: not_found (no such number goes on), conflict (there is nothing to compare yet,
    // or it was decided).
    base::result<void> decide(unsigned number, bool same);

    // Those that go on, and the last few that are over; in the order in which they began.
    std::vector<verification_case> all() const;
    // Nothing: there is none, or it was forgotten.
    std::optional<verification_case> find(unsigned number) const;
    // Waits until one of them changes.
    boost::asio::awaitable<void> changed() { return changed_.wait(); }

    // Nobody is waited for any more; once the client has stopped.
    boost::asio::awaitable<void> stop();

private:
    struct entry;
    using shared_entry = std::shared_ptr<entry>;

    boost::asio::awaitable<void> take(matrix::verification asked);
    boost::asio::awaitable<std::optional<matrix::room_id>> room_with(matrix::user_id whom, std::optional<matrix::room_id> preferred);
    boost::asio::awaitable<base::result<std::vector<matrix::device_id>>> devices_of(matrix::user_id whom);
    shared_entry add(matrix::verification what, unsigned group);
    boost::asio::awaitable<void> look_after(shared_entry of);
    boost::asio::awaitable<void> conclude(shared_entry of);
    boost::asio::awaitable<bool> is_known(matrix::verification with);
    void show_codes(entry const& of);
    void end_others(entry const& chosen);
    void end(entry& of, verification_phase how, std::string outcome);
    unsigned fresh_number();
    entry* entry_of(unsigned number) const;

    matrix::client& client_;
    base::random& entropy_;
    options how_;
    base::logger log_;
    std::deque<shared_entry> entries_;
    base::notifier changed_;
    base::task_group tasks_;
};

}  // namespace chatrixcd::bot
