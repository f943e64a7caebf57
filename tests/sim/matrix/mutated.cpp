// SPDX-License-Identifier: Apache-2.0
// Answers of a homeserver, changed at random a few thousand times: no such answer throws, stops the client, or makes more rows than it
// has events. A failing case is named by its number.
#include <doctest/doctest.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <chatrixcd/base/json_reader.hpp>

#include "fuzz/bare_store.hpp"
#include "matrix/hostile_rig.hpp"
#include "state/room_table.hpp"

namespace chatrixcd::test {

namespace json = boost::json;
using namespace matrix::detail;
using namespace std::chrono_literals;

namespace {

class mutator {
public:
    explicit mutator(std::uint64_t seed) : dice_(base::make_seeded_random(seed)) {}

    std::string mutate(std::string text) {
        auto whole = base::parse_json(text);
        if (whole) {
            for (auto n = 1 + below(4); n > 0; --n) change(pick(*whole));
            text = json::serialize(*whole);
        }
        // Sometimes the text itself, which is then mostly no JSON any more.
        if (below(8) == 0 && !text.empty()) text[below(text.size())] = static_cast<char>(below(256));
        if (below(16) == 0) text.resize(below(text.size() + 1));
        return text;
    }

private:
    std::size_t below(std::size_t bound) { return static_cast<std::size_t>(dice_->below(bound)); }

    // A node somewhere in the tree.
    json::value& pick(json::value& from) {
        auto* here = &from;
        for (;;) {
            if (auto* object = here->if_object(); object != nullptr && !object->empty() && below(7) != 0) {
                here = &(object->begin() + static_cast<std::ptrdiff_t>(below(object->size())))->value();
            } else if (auto* array = here->if_array(); array != nullptr && !array->empty() && below(7) != 0) {
                here = &(*array)[below(array->size())];
            } else {
                return *here;
            }
        }
    }

    void change(json::value& node) {
        switch (below(12)) {
            case 0:
                node = nullptr;
                break;
            case 1:
                node = json::array(below(5), node);
                break;
            case 2:
                node = json::object{{"membership", node}, {"", node}, {"events", node}};
                break;
            case 3:
                node = std::int64_t{1} << below(63);
                break;
            case 4:
                node = -1e300;
                break;
            case 5:
                node = std::uint64_t{0} - 1;
                break;
            case 6:
                node = std::string(below(2) == 0 ? 0 : below(100000), 'x');
                break;
            case 7:
                node = std::string("\0\x01\xEF\xBF\xBF!@#$:", 9);
                break;
            case 8:
                remove_from(node);
                break;
            case 9:
                repeat_in(node);
                break;
            case 10:
                node = below(2) == 0;
                break;
            default:
                deepen(node);
                break;
        }
    }
    void remove_from(json::value& node) {
        if (auto* object = node.if_object(); object != nullptr && !object->empty()) {
            object->erase(object->begin() + static_cast<std::ptrdiff_t>(below(object->size())));
        } else if (auto* array = node.if_array(); array != nullptr && !array->empty()) {
            array->erase(array->begin() + static_cast<std::ptrdiff_t>(below(array->size())));
        }
    }
    void repeat_in(json::value& node) {
        auto* array = node.if_array();
        if (array == nullptr || array->empty()) return;
        json::value const again = (*array)[below(array->size())];
        for (auto n = below(50); n > 0; --n) array->push_back(again);
    }
    void deepen(json::value& node) {
        for (auto n = below(200); n > 0; --n) {
            json::value around = json::array();
            around.get_array().push_back(std::move(node));
            node = std::move(around);
        }
    }

    std::unique_ptr<base::random> dice_;
};

// What a homeserver said in a small life: two rooms, state, messages, edits, a gap.
void record(strings& syncs, strings& pages) {
    echo_rig r;
    r.w.network->observer = [&](base::http::request const& q, base::http::response const& said) {
        if (contains(q.path(), "/sync")) syncs.push_back(said.body);
        if (contains(q.path(), "/messages")) pages.push_back(said.body);
    };
    r.open();
    r.ann.make_room({r.account.id()});
    r.commands(5);
    r.w.pass(1min);
    r.close();
    r.commands(60);
    r.open();
    r.w.pass(1min);
    r.ann.kick(r.room, r.account.id());
    r.w.pass(1min);
}

}  // namespace

TEST_SUITE("matrix::mutated answers") {
    TEST_CASE("3,000 mutated syncs and pages are read and committed, or refused; the true ones still work after them") {
        strings syncs;
        strings pages;
        record(syncs, pages);
        REQUIRE(syncs.size() > 5);
        REQUIRE_FALSE(pages.empty());
        fuzz::bare_store store;
        std::size_t taken = 0;
        for (std::uint64_t n = 0; n < 3000; ++n) {
            CAPTURE(n);
            mutator m(n);
            bool const is_page = n % 4 == 3;
            auto const& from = is_page ? pages : syncs;
            auto const answer = m.mutate(from[n % from.size()]);
            std::size_t events = 0;
            std::int64_t rows = 0;
            auto const count = [](base::transaction& t) { return t.first("SELECT count(*) FROM inbox")->integer(0); };
            if (auto const page = parse_page(answer); page && is_page) {
                events = page->events.size() + 1;
                store.kept([&](base::transaction& t) {
                    rows -= count(t);
                    store.take(t, *page);
                    rows += count(t);
                });
            } else if (auto const batch = parse_sync(answer); batch && !is_page) {
                for (auto const& room : batch->rooms) events += room.timeline.size() + room.state.size();
                store.kept([&](base::transaction& t) {
                    rows -= count(t);
                    store.take(t, *batch);
                    rows += count(t);
                });
            } else {
                continue;
            }
            CHECK(rows <= static_cast<std::int64_t>(events));
            ++taken;
        }
        CHECK(taken > 1000);
        store.kept([](base::transaction& t) {
            for (auto const& room : joined_rooms(t, only_account)) static_cast<void>(find_state(t, only_account, room, "m.room.name", ""));
        });
        for (auto const& text : syncs) {
            auto const batch = parse_sync(text).value();
            CHECK(batch.skipped == 0);
            store.kept([&](base::transaction& t) { store.take(t, batch); });
        }
    }

    TEST_CASE("a client under mutated answers for hours neither ends nor spins, and serves again when they are over") {
        for (std::uint64_t seed = 1; seed <= 4; ++seed) {
            CAPTURE(seed);
            echo_rig r(seed);
            r.open();
            auto m = std::make_shared<mutator>(seed);
            // Every tenth answer stays true, so that the client gets somewhere.
            std::size_t n = 0;
            r.faults()
                .on("/sync")
                .when([&](base::http::request const&) { return ++n % 10 != 0; })
                .does(fault::rewrite("mutated", [m](std::string& body) { body = m->mutate(body); }));
            for (int i = 0; i < 6; ++i) {
                r.command();
                r.w.pass(10min);
            }
            CHECK(r.faults().requests() < 5000);
            CHECK_FALSE(r.bot->failure());
            r.w.network->calm();
            // A position that was mutated is given up first, and what is said until then may be lost.
            r.w.pass(20min);
            r.command();
            r.w.pass(2min);
            INFO("log: ", r.log_text());
            CHECK(r.heard.back() == r.said.back());
        }
    }
}

}  // namespace chatrixcd::test
