// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/chatops/adapters/matrix.hpp>

#include <mutex>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include <chatrixcd/chatops/render.hpp>
#include <chatrixcd/matrix/fingerprint.hpp>

namespace chatrixcd::chatops {

namespace asio = boost::asio;
using base::error;
using base::error_kind;
using base::result;

namespace {

// A key that lay at the homeserver may be the homeserver's; and what came late was said, but perhaps not now.
chat::trust_level level_of(matrix::trust const& believed) {
    bool const is_theirs = believed.encrypted && !believed.device.str().empty() && believed.source == matrix::key_source::direct;
    if (!is_theirs) return chat::trust_level::server;
    if (!believed.cross_signed || believed.late) return chat::trust_level::device;
    return believed.user_verified ? chat::trust_level::verified : chat::trust_level::cross_signed;
}

// Of an encrypted room the homeserver could add to what is said in clear, add a device to somebody's, and exchange their identity, unless
// that was compared. Keys that did not come from the sender's device show no device.
bool is_doubted(matrix::trust const& believed, bool encrypted_room) {
    if (!encrypted_room && !believed.encrypted) return false;
    bool const is_another_person = believed.identity_changed && !believed.user_verified;
    return level_of(believed) == chat::trust_level::server || !believed.cross_signed || is_another_person;
}

chat::message content_of(matrix::message const& m, chat::origin from) {
    chat::message made;
    made.from = std::move(from);
    made.author.user = m.sender().str();
    made.author.device = m.trust().device.str();
    made.author.trust = level_of(m.trust());
    made.author.late = m.trust().late;
    made.text = m.text();
    if (auto const root = m.thread_root()) made.thread = root->str();
    made.sent = m.sent();
    made.received = m.received();
    made.trace = m.trace();
    made.attempt = m.attempt();
    made.restored = m.restored();
    return made;
}

// Asked on the store's thread, told on the loop.
class awaited_answers {
public:
    void set(std::vector<chat::awaited_answer> all) {
        std::set<chat::awaited_answer> now(all.begin(), all.end());
        std::lock_guard const held(guard_);
        known_ = std::move(now);
    }
    // What was said while no process of ours was there may be one, as long as nobody has told us which are waited for.
    bool may_hold(matrix::room_id const& room, matrix::event const& e) const {
        auto const relates = e.relates_to();
        if (!relates || relates->type != "m.thread") return false;
        chat::awaited_answer one;
        one.room = room.str();
        one.thread = relates->target.str();
        one.user = e.sender().str();
        std::lock_guard const held(guard_);
        return !known_ || known_->contains(one);
    }

private:
    mutable std::mutex guard_;
    std::optional<std::set<chat::awaited_answer>> known_;
};

class matrix_delivery final : public chat::delivery {
public:
    matrix_delivery(matrix::delivery handed, chat::message content) : handed_(std::move(handed)), content_(std::move(content)) {}

    chat::message const& content() const noexcept override { return content_; }
    asio::awaitable<void> acknowledge() override { return handed_.acknowledge(); }
    asio::awaitable<bool> failed(std::string reason) override { return handed_.failed(std::move(reason)); }

private:
    matrix::delivery handed_;
    chat::message content_;
};

// A card is a notice: it must not wake anybody at night.
result<matrix::outgoing> rendered(chat::outgoing const& what) {
    auto made = matrix::outgoing::html(render_plain(what.content), render_html(what.content)).key(what.key);
    if (what.notify) made = std::move(made).as_text();
    if (what.thread) {
        auto root = matrix::event_id::parse(*what.thread);
        if (!root) return root.error();
        made = std::move(made).in_thread(std::move(*root));
    }
    if (what.reply_to) {
        auto target = matrix::event_id::parse(*what.reply_to);
        if (!target) return target.error();
        made = std::move(made).reply_to(std::move(*target));
    }
    return made;
}

result<chat::message_id> as_message(result<matrix::event_id> const& sent) {
    if (!sent) return sent.error();
    return chat::message_id{sent->str()};
}

// What is off is said with what to do about it.
std::string backup_remark(std::optional<matrix::key_backup_state> const& known) {
    if (!known) return "it is not known yet whether room keys are backed up";
    if (known->problem.empty()) return "room keys are backed up";
    if (known->vouched_by == matrix::backup_voucher::nobody) return "room keys are not backed up: " + known->problem;
    return "room keys may not be backed up: " + known->problem;
}

class matrix_service final : public chat::service {
public:
    matrix_service(matrix::client& client, std::string name, std::shared_ptr<awaited_answers> awaited)
        : client_(&client), name_(std::move(name)), awaited_(std::move(awaited)) {}

    std::string name() const override { return name_; }
    std::string account() const override { return client_->user().str(); }
    bool has_threads() const override { return true; }
    asio::awaitable<result<std::vector<std::string>>> remarks() override;
    void expect_answers(std::vector<chat::awaited_answer> all) override { awaited_->set(std::move(all)); }

    asio::awaitable<result<std::unique_ptr<chat::delivery>>> next() override;
    asio::awaitable<result<chat::message_id>> send(chat::outgoing what) override;
    asio::awaitable<result<chat::message_id>> edit(chat::message_id target, chat::outgoing what) override;
    asio::awaitable<result<chat::message_id>> react(std::string room, std::string event, std::string key, std::string symbol) override;
    asio::awaitable<result<void>> redact(std::string room, std::string event, std::string key, std::string reason) override;
    asio::awaitable<result<void>> typing(std::string room, bool on) override;
    asio::awaitable<result<void>> mark_read(std::string room, std::string event) override;
    asio::awaitable<result<std::vector<std::string>>> members(std::string room) override;
    asio::awaitable<result<std::int64_t>> keep_mark(std::string mark, std::int64_t value) override {
        return client_->keep_mark(std::move(mark), value);
    }

private:
    result<matrix::room> room_of(std::string id) const;

    matrix::client* client_;
    std::string name_;
    std::shared_ptr<awaited_answers> awaited_;
};

result<matrix::room> matrix_service::room_of(std::string id) const {
    auto parsed = matrix::room_id::parse(std::move(id));
    if (!parsed) return parsed.error();
    return client_->room(std::move(*parsed));
}

asio::awaitable<result<std::vector<std::string>>> matrix_service::remarks() {
    std::vector<std::string> all;
    all.push_back("device " + client_->device().str());
    auto const own = co_await client_->identity();
    if (!own && own.error().kind() == error_kind::invalid) {
        all.emplace_back("no encryption");
        co_return all;
    }
    if (!own && own.error().kind() == error_kind::conflict) {
        all.push_back("encryption has stopped: " + own.error().message());
        co_return all;
    }
    if (!own) co_return own.error();
    all.push_back("fingerprint " + matrix::shown_fingerprint(own->fingerprint));
    all.emplace_back(own->is_cross_signed ? "cross-signed" : "not cross-signed");
    if (!own->problem.empty()) all.push_back(own->problem);
    all.push_back(backup_remark(client_->known_backup()));
    co_return all;
}

asio::awaitable<result<std::unique_ptr<chat::delivery>>> matrix_service::next() {
    auto handed = co_await client_->next();
    if (!handed) co_return handed.error();
    auto const& m = handed->message();
    chat::origin from;
    from.service = name_;
    from.account = account();
    from.room = m.room().id().str();
    from.event = m.id().str();
    auto content = content_of(m, std::move(from));
    // A room that we are not in any more has no commands that could be answered; it may have been encrypted.
    std::optional<error> failure;
    try {
        auto const room = co_await m.room().info();
        content.author.doubted = is_doubted(m.trust(), !room || room->is_encrypted());
    } catch (base::store_error const& e) {
        failure = error(error_kind::environment, e.what());
    }
    if (failure) {
        (void)co_await handed->failed(failure->message());
        co_return *failure;
    }
    std::unique_ptr<chat::delivery> made = std::make_unique<matrix_delivery>(std::move(*handed), std::move(content));
    co_return made;
}

asio::awaitable<result<chat::message_id>> matrix_service::send(chat::outgoing what) {
    auto const room = room_of(what.room);
    if (!room) co_return room.error();
    auto made = rendered(what);
    if (!made) co_return made.error();
    auto const sent = co_await room->send(std::move(*made));
    co_return as_message(sent);
}

asio::awaitable<result<chat::message_id>> matrix_service::edit(chat::message_id target, chat::outgoing what) {
    auto const room = room_of(what.room);
    if (!room) co_return room.error();
    auto made = rendered(what);
    if (!made) co_return made.error();
    auto edited = matrix::event_id::parse(std::move(target.value));
    if (!edited) co_return edited.error();
    auto const sent = co_await room->edit(std::move(*edited), std::move(*made));
    co_return as_message(sent);
}

asio::awaitable<result<chat::message_id>> matrix_service::react(std::string room, std::string event, std::string key, std::string symbol) {
    auto const where = room_of(std::move(room));
    if (!where) co_return where.error();
    auto target = matrix::event_id::parse(std::move(event));
    if (!target) co_return target.error();
    auto const sent = co_await where->react(std::move(*target), std::move(symbol), std::move(key));
    co_return as_message(sent);
}

asio::awaitable<result<void>> matrix_service::redact(std::string room, std::string event, std::string key, std::string reason) {
    auto const where = room_of(std::move(room));
    if (!where) co_return where.error();
    auto target = matrix::event_id::parse(std::move(event));
    if (!target) co_return target.error();
    auto const sent = co_await where->redact(std::move(*target), std::move(reason), std::move(key));
    if (!sent) co_return sent.error();
    co_return result<void>();
}

asio::awaitable<result<void>> matrix_service::typing(std::string room, bool on) {
    auto const where = room_of(std::move(room));
    if (!where) co_return where.error();
    co_return co_await where->typing(on);
}

asio::awaitable<result<void>> matrix_service::mark_read(std::string room, std::string event) {
    auto const where = room_of(std::move(room));
    if (!where) co_return where.error();
    auto up_to = matrix::event_id::parse(std::move(event));
    if (!up_to) co_return up_to.error();
    co_return co_await where->mark_read(std::move(*up_to));
}

asio::awaitable<result<std::vector<std::string>>> matrix_service::members(std::string room) {
    auto const where = room_of(std::move(room));
    if (!where) co_return where.error();
    auto const joined = co_await where->members();
    if (!joined) co_return joined.error();
    std::vector<std::string> users;
    users.reserve(joined->size());
    for (auto const& member : *joined) users.push_back(member.user.str());
    co_return users;
}

}  // namespace

std::unique_ptr<chat::service> make_matrix_service(matrix::client& client, matrix_service_options how) {
    client.pull_messages();
    auto awaited = std::make_shared<awaited_answers>();
    if (how.accept) {
        client.deliver_if([accept = std::move(how.accept), awaited](matrix::room_id const& room, matrix::event const& e) {
            return matrix::is_text_message(e) && (accept(room.str(), matrix::message_text(e)) || awaited->may_hold(room, e));
        });
    }
    return std::make_unique<matrix_service>(client, std::move(how.name), std::move(awaited));
}

}  // namespace chatrixcd::chatops
