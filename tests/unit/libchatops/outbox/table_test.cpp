// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <boost/asio/io_context.hpp>
#include <functional>

#include <chatrixcd/base/store.hpp>

#include "journal/schema.hpp"
#include "journal/sealed_columns.hpp"
#include "outbox/table.hpp"
#include "support/run_coroutine.hpp"

using namespace chatrixcd::chatops;
namespace base = chatrixcd::base;

namespace {

class outbox_store {
public:
    outbox_store() {
        base::store_options options;
        options.migrations = journal::migrations();
        options.sealed = journal::sealed_columns();
        store_ = base::store::open(std::move(options), base::make_inline_store_runner()).value();
    }
    template <class F>
    auto with(F work) {
        return chatrixcd::test::run_coroutine(loop_, store_->write(std::move(work)));
    }

private:
    boost::asio::io_context loop_;
    std::unique_ptr<base::store> store_;
};

outbox::message said(std::string key, std::string text) {
    outbox::message out;
    out.key = std::move(key);
    out.service = "chat";
    out.room = "!r";
    out.content = view::of_text(std::move(text));
    return out;
}

outbox::message edited(std::string key, std::string target, std::string text) {
    auto out = said(std::move(key), std::move(text));
    out.what = outbox::kind::edit;
    out.target = std::move(target);
    return out;
}

std::string next_key(base::transaction& in) {
    auto const next = outbox::next_of_room(in, "chat", "!r");
    return next ? next->what.key : "";
}

}  // namespace

TEST_SUITE("chatops::outbox") {
    TEST_CASE("first in, first out, and a key once") {
        outbox_store store;
        store.with([](base::transaction& in) {
            outbox::put(in, said("a", "1"));
            outbox::put(in, said("b", "2"));
            outbox::put(in, said("a", "3"));
            CHECK(next_key(in) == "a");
            CHECK(outbox::next_of_room(in, "chat", "!r")->what.content == view::of_text("1"));
            outbox::mark_sent(in, said("a", ""), "$1");
            outbox::put(in, said("a", "again"));
            CHECK(next_key(in) == "b");
            outbox::mark_sent(in, said("b", ""), "$2");
            CHECK(next_key(in).empty());
            CHECK(outbox::rooms_with_pending(in).empty());
        });
    }

    TEST_CASE("a newer edit replaces one that was not sent, and finds the message that it changes") {
        outbox_store store;
        store.with([](base::transaction& in) {
            outbox::put(in, said("card", "queued"));
            outbox::put(in, edited("card.1", "card", "running"));
            outbox::put(in, edited("card.2", "card", "done"));
            outbox::mark_sent(in, said("card", ""), "$1");
            auto const next = outbox::next_of_room(in, "chat", "!r");
            REQUIRE(next);
            CHECK(next->what.key == "card.2");
            CHECK(next->referred == "$1");
        });
    }

    TEST_CASE("an edit under way that is replaced does not count as the new one when it is sent") {
        outbox_store store;
        store.with([](base::transaction& in) {
            outbox::put(in, said("card", "queued"));
            outbox::mark_sent(in, said("card", ""), "$1");
            auto const old = edited("card.1", "card", "running");
            outbox::put(in, old);
            outbox::put(in, edited("card.2", "card", "done"));
            outbox::mark_sent(in, old, "$2");
            CHECK(next_key(in) == "card.2");
        });
    }

    TEST_CASE("what belongs to a message that was refused is told so") {
        outbox_store store;
        store.with([](base::transaction& in) {
            outbox::put(in, said("card", "queued"));
            auto reply = said("end", "over");
            reply.thread_of = "card";
            outbox::put(in, reply);
            outbox::mark_failed(in, said("card", ""));
            auto const next = outbox::next_of_room(in, "chat", "!r");
            REQUIRE(next);
            CHECK(next->what.key == "end");
            CHECK(next->referred.empty());
        });
    }

    TEST_CASE("rooms do not wait for each other") {
        outbox_store store;
        store.with([](base::transaction& in) {
            outbox::put(in, said("a", "1"));
            auto other = said("b", "2");
            other.room = "!s";
            outbox::put(in, other);
            CHECK(outbox::next_of_room(in, "chat", "!s")->what.key == "b");
            CHECK(outbox::rooms_with_pending(in).size() == 2);
        });
    }
}
