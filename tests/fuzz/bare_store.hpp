// SPDX-License-Identifier: Apache-2.0
// A client's store in memory, for answers that come from anywhere.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdlib>
#include <exception>
#include <functional>
#include <memory>

#include "crypto/context.hpp"
#include "crypto/driver/driver.hpp"
#include "inbox/table.hpp"
#include "session/account_table.hpp"
#include "state/schema.hpp"
#include "state/sealed_columns.hpp"
#include "sync/commit.hpp"

namespace chatrixcd::fuzz {

class bare_store {
public:
    bare_store() {
        base::store_options in_memory;
        in_memory.migrations = matrix::detail::migrations();
        in_memory.sealed = matrix::detail::sealed_columns();
        store_ = base::store::open(std::move(in_memory), base::make_inline_store_runner()).value();
        run([](base::transaction& t) { matrix::detail::load_account(t, matrix::detail::only_account); });
    }

    // Work that is kept; aborts if it throws.
    void kept(std::function<void(base::transaction&)> work) { run(std::move(work)); }
    // As above, but it is undone, so that one input does not see what another left.
    void undone(std::function<void(base::transaction&)> work) {
        run([&](base::transaction& t) {
            work(t);
            throw undo();
        });
    }

    // Commits, and aborts if what it left cannot be handed out.
    void take(base::transaction& t, matrix::detail::sync_batch const& batch) const {
        matrix::detail::commit_batch(t, batch, how());
        if (matrix::detail::load_position(t, matrix::detail::only_account) != batch.next_batch) std::abort();
        check_rows(t);
    }
    void take(base::transaction& t, matrix::detail::history_page const& page) const {
        matrix::detail::commit_page(t, page, gap(), 10000, how());
        check_rows(t);
    }

    // For parts of the machine.
    matrix::crypto::context context(base::transaction& t) const {
        return {t, *olm_, matrix::detail::only_account, matrix::user_id("@bot:test"), matrix::device_id("BOT"), base::time_point()};
    }

    matrix::detail::receiving how() const {
        matrix::detail::receiving made(matrix::detail::only_account, matrix::user_id("@bot:test"), "seed");
        made.deliver_first = true;
        // So much later each time that the position is stored whatever the response says.
        made.now = base::time_point(std::chrono::minutes(++taken_));
        made.filter.messages = made.filter.other_events = made.filter.invites = true;
        made.olm = olm_.get();
        made.device = matrix::device_id("BOT");
        made.filter.wanted = [](matrix::room_id const&, matrix::event const&) { return true; };
        return made;
    }
    static matrix::detail::gap_row gap() {
        matrix::detail::gap_row made;
        made.room = matrix::room_id("!a:test");
        made.position = 1;
        made.token = "t";
        return made;
    }

private:
    struct undo {};

    static void check_rows(base::transaction& t) {
        for (auto const& row : matrix::detail::take_rows(t, matrix::detail::only_account, 64)) {
            if (row.kind != matrix::detail::inbox_kind::gap_lost && !matrix::event::parse_text(row.event)) std::abort();
        }
    }

    void run(std::function<void(base::transaction&)> work) {
        auto ended = [](std::exception_ptr failure) {
            try {
                if (failure) std::rethrow_exception(failure);
            } catch (undo const&) {
            } catch (...) {
                std::abort();
            }
        };
        boost::asio::co_spawn(loop_, store_->write(std::move(work)), ended);
        loop_.restart();
        loop_.run();
    }

    boost::asio::io_context loop_{1};
    std::unique_ptr<base::store> store_;
    std::unique_ptr<base::random> random_ = base::make_seeded_random(1);
    std::unique_ptr<matrix::crypto::driver> olm_ = matrix::crypto::make_libolm_driver(*random_);
    mutable int taken_ = 0;
};

}  // namespace chatrixcd::fuzz
