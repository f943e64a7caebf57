// SPDX-License-Identifier: Apache-2.0
#include "encrypted/party.hpp"

#include <charconv>
#include <stdexcept>

namespace chatrixcd::test {

namespace asio = boost::asio;
using base::error;
using base::error_kind;

// Its way to the homeserver, which is watched, and cut when its process dies.
class party::own_line final : public base::http::transport {
public:
    own_line(base::http::transport& to, wire_watch& watch, std::string name, death& end)
        : to_(to), watch_(watch), name_(std::move(name)), end_(end) {}

    asio::awaitable<base::result<base::http::response>> send(base::http::request r) override {
        auto const fate = end_.next_request();
        if (fate == death::fate::never_leaves) co_return error(error_kind::unavailable, "the process has died");
        watch_.see(r);
        r.headers.set("X-Party", name_);
        auto answer = co_await to_.send(std::move(r));
        if (fate == death::fate::answer_is_lost || end_.dead()) co_return error(error_kind::timeout_unknown, "the process has died");
        co_return answer;
    }

private:
    base::http::transport& to_;
    wire_watch& watch_;
    std::string name_;
    death& end_;
};

party::party(world& of, wire_watch& watch, std::string name, party_settings settings, std::string room)
    : w_(of), watch_(watch), name_(std::move(name)), settings_(std::move(settings)), room_(std::move(room)) {}

party::~party() {
    if (client_) end();
}

std::unique_ptr<matrix::client> party::make_client() {
    auto hooks = end_->hooks();
    auto const may_not = hooks.before_commit;
    auto const is_lost = hooks.after_commit;
    hooks.before_commit = [this, may_not] {
        may_not();
        before_commit();
    };
    hooks.after_commit = [this, is_lost] {
        is_lost();
        after_commit();
    };
    auto made = w_.make_client(name_, [&](matrix::options& o) {
        matrix::sync_filter shown;
        shown.timeline_limit(settings_.timeline_limit);
        o.encryption(true).transport(*line_).filter(shown).store_hooks(hooks);
        if (settings_.recovery) {
            o.recovery(*settings_.recovery);
        } else {
            o.unsigned_devices([](matrix::room_id const&) { return true; });
        }
        o.unreadable_matters([](matrix::room_id const&, matrix::user_id const&) { return true; });
    });
    made->on_message([this](matrix::message m) { return hear(std::move(m)); });
    made->on_gap_lost([this](matrix::room, std::string reason) { return hear_of_loss(std::move(reason)); });
    return made;
}

bool party::begin(std::optional<death::place> where, unsigned number) {
    constexpr unsigned never = 0;
    is_ending_ = false;
    is_doomed_ = where.has_value();
    failing_commit_ = 0;
    end_ = std::make_unique<death>(where.value_or(death::place::before_commit), where ? number : never);
    line_ = std::make_unique<own_line>(*w_.network, watch_, name_, *end_);
    speaking_ = std::make_unique<base::task_group>(w_.loop.get_executor(), nullptr);
    client_ = make_client();
    auto const started = w_.run(client_->start(matrix::login::password(matrix::user_id(user()), base::secret(password))));
    if (!started || end_->dead()) {
        end();
        return false;
    }
    note_device();
    for (std::size_t i = 0; i < said_.size(); ++i) {
        if (said_[i].event.empty()) speaking_->spawn(speak(i));
    }
    return true;
}

void party::end() {
    note_device();
    is_ending_ = true;
    w_.stop(*client_);
    w_.run(speaking_->join());
    if (end_->dead()) {
        ++upsets_;
        ++deaths_;
    }
    if (auto const failed = client_->failure(); failed && !end_->dead()) complaints_.push_back(name_ + " failed: " + failed->describe());
    client_.reset();
    end_->come_back(said_.size() + upsets_);
}

void party::synced() {
    if (is_up()) static_cast<void>(w_.run(client_->synced()));
}

void party::note_device() {
    if (client_ && !client_->device().str().empty()) devices_.insert(client_->device().str());
}

void party::stumble(unsigned number, bool kept) {
    failing_commit_ = number;
    is_kept_ = kept;
}

void party::before_commit() {
    if (is_kept_ || failing_commit_ == 0 || --failing_commit_ > 0) return;
    ++upsets_;
    throw std::runtime_error("the disk is full");
}

void party::after_commit() {
    if (!is_kept_ || failing_commit_ == 0 || --failing_commit_ > 0) return;
    ++upsets_;
    throw std::runtime_error("the answer is lost");
}

void party::say(std::string text) {
    said_line line;
    line.text = std::move(text);
    said_.push_back(std::move(line));
    if (is_up()) speaking_->spawn(speak(said_.size() - 1));
}

// The same key sends once, over failures and restarts.
asio::awaitable<void> party::speak(std::size_t number) {
    auto const room = client_->room(matrix::room_id(room_));
    for (bool is_settled = false; !is_settled;) {
        try {
            auto words = matrix::outgoing::text(said_[number].text).key("key-" + name_ + "-" + std::to_string(number));
            auto const sent = co_await room.send(std::move(words));
            is_settled = true;
            bool const is_gone = is_ending_ || end_->dead();
            if (sent) said_[number].event = sent->str();
            if (!sent && !is_gone) complaints_.push_back(name_ + " may not say " + said_[number].text + ": " + sent.error().describe());
        } catch (base::store_error const&) {
            is_settled = is_ending_ || end_->dead();
        }
        co_await w_.time.sleep(std::chrono::seconds(1));
    }
}

asio::awaitable<void> party::hear(matrix::message m) {
    if (end_->dead()) co_return;
    heard_line line;
    line.text = m.text();
    line.event = m.id().str();
    line.sender = m.sender().str();
    line.believed = m.trust();
    line.upsets = upsets_;
    heard_.push_back(std::move(line));
}

// "3 messages of @ann:test cannot be read: …"
asio::awaitable<void> party::hear_of_loss(std::string reason) {
    if (end_->dead()) co_return;
    std::size_t number = 0;
    auto const read = std::from_chars(reason.data(), reason.data() + reason.size(), number);
    if (read.ec != std::errc() || !contains(reason, "cannot be read")) complaints_.push_back(name_ + " has lost messages: " + reason);
    lost_ += number;
}

}  // namespace chatrixcd::test
