// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/matrix/client.hpp>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <chatrixcd/base/json_reader.hpp>

#include "client/runtime.hpp"
#include "state/room_table.hpp"

namespace chatrixcd::matrix {

namespace asio = boost::asio;
using detail::call;
using detail::client_path;

client::client(asio::any_io_executor executor, options how)
    : runtime_(std::make_unique<detail::runtime>(std::move(executor), std::move(how))) {}
client::~client() = default;

void client::on_message(std::function<asio::awaitable<void>(message)> handler) { runtime_->handlers().on_message = std::move(handler); }
void client::on_event(std::function<asio::awaitable<void>(matrix::room, event)> handler) {
    runtime_->handlers().on_event = std::move(handler);
}
void client::on_invite(std::function<asio::awaitable<void>(invite)> handler) { runtime_->handlers().on_invite = std::move(handler); }
void client::on_gap_lost(std::function<asio::awaitable<void>(matrix::room, std::string)> handler) {
    runtime_->handlers().on_gap_lost = std::move(handler);
}
void client::on_set_aside(std::function<asio::awaitable<void>(message, std::string)> handler) {
    runtime_->handlers().on_set_aside = std::move(handler);
}
void client::on_send_failed(std::function<asio::awaitable<void>(matrix::room, dead_letter)> handler) {
    runtime_->handlers().on_send_failed = std::move(handler);
}
void client::on_room_upgraded(std::function<asio::awaitable<void>(matrix::room, matrix::room)> handler) {
    runtime_->handlers().on_room_upgraded = std::move(handler);
}
void client::on_verification(std::function<asio::awaitable<void>(verification)> handler) {
    runtime_->handlers().on_verification = std::move(handler);
}
void client::on_newcomer(std::function<asio::awaitable<void>(matrix::room, newcomer)> handler) {
    runtime_->handlers().on_newcomer = std::move(handler);
}
void client::on_passing(std::function<asio::awaitable<void>(passing)> handler) { runtime_->handlers().on_passing = std::move(handler); }
void client::deliver_if(std::function<bool(room_id const&, event const&)> wanted) { runtime_->handlers().deliver_if = std::move(wanted); }
void client::pull_messages() { runtime_->handlers().pulled = true; }

asio::awaitable<result<void>> client::start(std::shared_ptr<token_source> tokens) { return runtime_->start(std::move(tokens)); }
asio::awaitable<result<void>> client::synced() { return runtime_->synced(); }
asio::awaitable<result<own_identity_state>> client::identity() { return runtime_->identity(); }
asio::awaitable<result<replaced_identity>> client::replace_identity(recovery_key fresh, uia::answers confirmed_by) {
    return runtime_->replace_identity(std::move(fresh), std::move(confirmed_by));
}
asio::awaitable<result<replaced_identity>> client::replace_identity(recovery_key fresh) {
    return runtime_->replace_identity(std::move(fresh), uia::answers());
}
asio::awaitable<result<key_backup_state>> client::backup() { return runtime_->backup(); }
std::optional<key_backup_state> client::known_backup() const { return runtime_->known_backup(); }
asio::awaitable<result<std::string>> client::export_keys(secret passphrase) { return runtime_->export_keys(std::move(passphrase)); }
asio::awaitable<result<imported_keys>> client::import_keys(std::string file, secret passphrase) {
    return runtime_->import_keys(std::move(file), std::move(passphrase));
}
asio::awaitable<result<verification>> client::verify(room_id in, user_id whom) { return runtime_->verify(std::move(in), std::move(whom)); }
asio::awaitable<result<verification>> client::verify_device(user_id whom, device_id device) {
    return runtime_->verify_device(std::move(whom), std::move(device));
}
asio::awaitable<result<user_identity>> client::identity_of(user_id user) { return runtime_->identity_of(std::move(user)); }
asio::awaitable<result<void>> client::renew_session(user_id user, device_id device) {
    return runtime_->renew_session(std::move(user), std::move(device));
}
asio::awaitable<result<matrix::encryption_figures>> client::encryption_figures() { return runtime_->encryption_figures(); }
asio::awaitable<result<void>> client::run() { return runtime_->run(); }
void client::request_stop() { runtime_->request_stop(); }
asio::awaitable<void> client::stop() { return runtime_->stop(); }
bool client::is_running() const noexcept { return runtime_->is_running(); }
std::optional<error> client::failure() const { return runtime_->failure(); }
asio::awaitable<result<std::int64_t>> client::keep_mark(std::string name, std::int64_t value) {
    if (auto const ready = runtime_->ready(); !ready) co_return ready.error();
    co_return co_await runtime_->copies().keep(std::move(name), value);
}
asio::awaitable<result<delivery>> client::next() { return runtime_->next(); }

user_id const& client::user() const noexcept { return runtime_->user; }
device_id const& client::device() const noexcept { return runtime_->device(); }
matrix::room client::room(room_id id) { return matrix::room(*runtime_, std::move(id)); }

asio::awaitable<std::vector<room_id>> client::rooms() {
    std::vector<room_id> found;
    if (!runtime_->ready()) co_return found;
    auto& with = runtime_->with();
    auto find = [account = with.account](base::transaction& t) { return detail::joined_rooms(t, account); };
    found = co_await with.store.read(std::move(find));
    co_return found;
}

asio::awaitable<std::vector<room_id>> client::shared_rooms(user_id with_user) {
    std::vector<room_id> found;
    if (!runtime_->ready()) co_return found;
    auto& with = runtime_->with();
    auto find = [account = with.account, with_user](base::transaction& t) { return detail::shared_rooms(t, account, with_user); };
    found = co_await with.store.read(std::move(find));
    co_return found;
}

asio::awaitable<result<room_id>> client::create_room(new_room what) {
    if (auto const ready = runtime_->ready(); !ready) co_return ready.error();
    auto request = call::post(client_path({"createRoom"})).body(what.request()).named("creating a room");
    auto const answer = co_await runtime_->api().request(std::move(request));
    if (!answer) co_return answer.error();
    co_return room_id::parse(base::find_string(*answer, "room_id").value_or(std::string()));
}

asio::awaitable<result<room_id>> client::join(std::string room_or_alias, std::vector<std::string> via) {
    if (auto const ready = runtime_->ready(); !ready) co_return ready.error();
    co_await runtime_->introduced();
    auto request = call::post(client_path({"join", room_or_alias})).again().named("joining " + room_or_alias);
    // "via" is the newer name (since v1.12); older homeservers know the other one.
    for (auto const& server : via) request = std::move(request).query("via", server).query("server_name", server);
    auto const answer = co_await runtime_->api().request(std::move(request));
    if (!answer) co_return answer.error();
    co_return room_id::parse(base::find_string(*answer, "room_id").value_or(std::string()));
}

asio::awaitable<void> client::forget_key(std::string key) {
    if (!runtime_->ready()) co_return;
    co_await runtime_->outbox().forget(std::move(key));
}

asio::awaitable<cancellation> client::cancel_send(std::string key) {
    if (!runtime_->ready()) co_return cancellation::unknown;
    co_return co_await runtime_->outbox().withdraw(std::move(key));
}

asio::awaitable<std::vector<dead_letter>> client::dead_letters(std::size_t most) {
    std::vector<dead_letter> found;
    if (!runtime_->ready()) co_return found;
    auto& with = runtime_->with();
    auto const limit = static_cast<std::int64_t>(std::min<std::size_t>(most, 10000));
    auto find = [account = with.account, limit](base::transaction& t) { return detail::find_dead_letters(t, account, limit); };
    found = co_await with.store.read(std::move(find));
    co_return found;
}

asio::awaitable<result<event_id>> client::resend(std::string key) {
    if (auto const ready = runtime_->ready(); !ready) co_return ready.error();
    co_return co_await runtime_->outbox().resend(std::move(key));
}

asio::awaitable<result<void>> client::log_out() {
    if (auto const ready = runtime_->ready(); !ready) co_return ready.error();
    co_return co_await runtime_->session().log_out();
}

}  // namespace chatrixcd::matrix
