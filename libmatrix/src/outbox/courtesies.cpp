// SPDX-License-Identifier: Apache-2.0
#include "outbox/courtesies.hpp"

#include <boost/json/object.hpp>

#include <chatrixcd/base/timeout.hpp>

#include "state/failure.hpp"

namespace chatrixcd::matrix {

namespace asio = boost::asio;

typing_guard::typing_guard(std::shared_ptr<detail::typing_hold> hold) : hold_(std::move(hold)) {
    if (hold_) ++hold_->guards;
}

typing_guard::~typing_guard() { release(); }

typing_guard& typing_guard::operator=(typing_guard&& other) noexcept {
    if (this != &other) {
        release();
        hold_ = std::move(other.hold_);
    }
    return *this;
}

void typing_guard::release() noexcept {
    auto const hold = std::move(hold_);
    if (hold && --hold->guards == 0) hold->changed.notify_all();
}

namespace detail {

namespace {

// The homeserver hides it after this long by itself: a crash leaves nobody typing for ever.
constexpr base::duration shown_for = std::chrono::seconds(30);
constexpr base::duration shown_again = std::chrono::seconds(20);
constexpr base::duration receipts_wait = std::chrono::seconds(2);

asio::awaitable<bool> released(std::shared_ptr<typing_hold> hold) {
    while (hold->guards > 0) co_await hold->changed.wait();
    co_return true;
}

asio::awaitable<bool> notified(base::notifier& by, bool const& already) {
    while (!already) co_await by.wait();
    co_return true;
}

}  // namespace

courtesies::courtesies(services& with, api& homeserver, user_id const& me)
    : with_(&with),
      api_(&homeserver),
      me_(&me),
      closing_(with.executor),
      tasks_(with.executor, [log = with.log.named("courtesies")](std::exception_ptr e) {
          log.error("a receipt or a typing notice failed unexpectedly", {{"why", words_of(e)}});
      }) {}

typing_guard courtesies::hold_typing(room_id const& room) {
    auto& hold = typing_[room];
    bool const fresh = !hold;
    if (fresh) hold = std::make_shared<typing_hold>(with_->executor);
    auto const held = hold;
    typing_guard guard(held);
    if (fresh) tasks_.spawn(keep_typing(room, held));
    return guard;
}

// One task a room, so that "on" and "off" cannot overtake each other.
asio::awaitable<void> courtesies::keep_typing(room_id room, std::shared_ptr<typing_hold> hold) {
    while (hold->guards > 0) {
        while (hold->guards > 0) {
            co_await show(room, true);
            auto waiting = released(hold);
            co_await base::with_timeout(with_->time, std::move(waiting), shown_again);
        }
        co_await show(room, false);
    }
    typing_.erase(room);
}

asio::awaitable<void> courtesies::show(room_id room, bool on) {
    boost::json::object body;
    body["typing"] = on;
    if (on) body["timeout"] = std::int64_t{shown_for.count()};
    auto request = call::put(client_path({"rooms", room.str(), "typing", me_->str()})).body(body).named("showing that we type");
    co_await api_->once(std::move(request));
}

void courtesies::read_soon(room_id const& room, event_id up_to) {
    auto const [place, fresh] = unread_.insert_or_assign(room, std::move(up_to));
    if (fresh) tasks_.spawn(send_receipt(place->first));
}

asio::awaitable<void> courtesies::send_receipt(room_id room) {
    auto waiting = notified(closing_, closed_);
    co_await base::with_timeout(with_->time, std::move(waiting), receipts_wait);
    auto const due = unread_.extract(room);
    if (due.empty()) co_return;
    auto path = client_path({"rooms", room.str(), "receipt", "m.read", due.mapped().str()});
    auto request = call::post(std::move(path)).again().named("marking messages as read");
    co_await api_->once(std::move(request));
}

asio::awaitable<void> courtesies::finish() {
    closed_ = true;
    closing_.notify_all();
    co_await tasks_.join();
}

asio::awaitable<void> courtesies::cancel_and_join() {
    tasks_.cancel();
    co_await tasks_.join();
}

}  // namespace detail

}  // namespace chatrixcd::matrix
