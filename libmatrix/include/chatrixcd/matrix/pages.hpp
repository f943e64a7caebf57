// SPDX-License-Identifier: Apache-2.0
// A long list that the homeserver gives page by page, and that is asked for only as far as somebody reads: the memory of one page.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <chatrixcd/matrix/ids.hpp>

namespace chatrixcd::matrix {

// One page, and where the next begins; empty: nowhere.
template <class T>
struct page {
    std::vector<T> items;
    std::string next;
};

// Move-only in spirit: copies read on their own from where the original was. Must not outlive its client. The object must stay where it
// is while next() or all() runs.
template <class T>
class pages {
public:
    using source = std::function<boost::asio::awaitable<result<page<T>>>(std::string from)>;

    // `from` is empty for the first page.
    explicit pages(source fetch, std::string from = {}) : fetch_(std::move(fetch)), next_(std::move(from)) {}

    // The next page; may be empty before the end, since homeservers filter after they have cut the page. Nothing once done(). After an
    // error the same page is asked for again. A homeserver that names the page it has just given as the next one has ended the list.
    boost::asio::awaitable<result<std::vector<T>>> next() {
        std::vector<T> items;
        if (done_) co_return items;
        auto got = co_await fetch_(next_);
        if (!got) co_return got.error();
        done_ = got->next.empty() || got->next == next_;
        next_ = std::move(got->next);
        items = std::move(got->items);
        co_return items;
    }

    // All that is left, at most `most` of it. Error `too_large` if that is not all, or if the homeserver gives page after empty page.
    boost::asio::awaitable<result<std::vector<T>>> all(std::size_t most) {
        constexpr unsigned most_empty = 100;
        std::vector<T> found;
        unsigned empty = 0;
        while (!done_) {
            auto more = co_await next();
            if (!more) co_return more.error();
            empty = more->empty() ? empty + 1 : 0;
            if (empty == most_empty) co_return error(error_kind::too_large, "the homeserver's list has too many empty pages");
            for (auto& item : *more) {
                if (found.size() == most)
                    co_return error(error_kind::too_large, "the list has more than " + std::to_string(most) + " entries");
                found.push_back(std::move(item));
            }
        }
        co_return found;
    }

    bool done() const noexcept { return done_; }
    // Where the next page begins: to go on in another pages, also after a restart.
    std::string const& position() const noexcept { return next_; }

private:
    source fetch_;
    std::string next_;
    bool done_ = false;
};

}  // namespace chatrixcd::matrix
