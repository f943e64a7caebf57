// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/homeserver/server.hpp>

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <cassert>
#include <exception>
#include <memory>
#include <utility>

#include <chatrixcd/base/notifier.hpp>

#include "accounts/registration.hpp"
#include "api/endpoints.hpp"
#include "api/refusal.hpp"
#include "store/identity.hpp"
#include "store/schema.hpp"
#include "store/sealed_columns.hpp"

namespace chatrixcd::homeserver {

namespace asio = boost::asio;
namespace http = base::http;

struct server::impl {
    impl(asio::any_io_executor executor, server_options given, std::unique_ptr<base::worker_pool> own_workers,
         std::unique_ptr<base::store> opened, std::shared_ptr<domain> of)
        : options(std::move(given)),
          workers(std::move(own_workers)),
          data(std::move(opened)),
          api(executor, options, *data, std::move(of)),
          idle(executor) {
        for (auto const add :
             {add_discovery,      add_login,          add_account,       add_devices,        add_profiles,    add_presence,
              add_account_data,   add_tags,           add_push_rules,    add_rooms,          add_directory,   add_spaces,
              add_membership,     add_sending,        add_state,         add_reading,        add_finding,     add_search,
              add_user_directory, add_reports,        add_ephemeral,     add_to_device,      add_keys_upload, add_keys_query,
              add_keys_claim,     add_keys_changes,   add_cross_signing, add_key_signatures, add_key_backup,  add_room_keys,
              add_media_upload,   add_media_download, add_sync}) {
            add(api);
        }
    }

    server_options options;
    std::unique_ptr<base::worker_pool> workers;
    std::unique_ptr<base::store> data;
    service api;
    std::size_t under_way = 0;
    base::notifier idle;
};

namespace {

// Counts a request for as long as it is under way, however it ends.
class under_way {
public:
    under_way(std::size_t& count, base::notifier& idle) : count_(count), idle_(idle) { ++count_; }
    under_way(under_way const&) = delete;
    under_way& operator=(under_way const&) = delete;
    ~under_way() {
        if (--count_ == 0) idle_.notify_all();
    }

private:
    std::size_t& count_;
    base::notifier& idle_;
};

http::response failure(std::string const& text, unsigned status) {
    auto said = error_response(error(error_kind::internal, text).with_status(status));
    add_cors(said);
    return said;
}

}  // namespace

server::server(std::unique_ptr<impl> self) : impl_(std::move(self)) {}
server::~server() { assert(impl_->under_way == 0); }

asio::awaitable<result<std::unique_ptr<server>>> server::open(asio::any_io_executor executor, server_options options) {
    auto name = protocol::server_name::parse(options.server_name);
    if (!name) co_return name.error();
    if (options.password_cost < 1 || options.password_cost > 20) {
        co_return error(error_kind::invalid, "password_cost is between 1 and 20");
    }
    base::store_options where;
    where.path = options.store_path;
    where.migrations = migrations();
    where.sealed = sealed_columns();
    where.key = options.store_key;
    where.hooks = options.hooks;
    auto runner = options.make_runner ? options.make_runner() : base::make_store_thread();
    auto opened = base::store::open(std::move(where), std::move(runner));
    if (!opened) co_return opened.error();
    auto data = std::move(opened.value());

    auto fresh = protocol::signing_key::generate(*options.random_source, options.random_source->token(6));
    auto establish = [name = name.value(), fresh = std::move(fresh)](base::transaction& db) { return establish_identity(db, name, fresh); };
    auto identity = co_await data->write(std::move(establish));
    if (!identity) co_return identity.error();
    auto of = std::make_shared<domain>(std::move(name.value()), std::move(identity.value()));

    std::unique_ptr<base::worker_pool> workers;
    if (options.workers == nullptr) {
        workers = base::make_inline_workers();
        options.workers = workers.get();
    }
    auto self = std::make_unique<impl>(std::move(executor), std::move(options), std::move(workers), std::move(data), std::move(of));
    co_return std::unique_ptr<server>(new server(std::move(self)));
}

asio::awaitable<http::response> server::handle(http::request r) {
    if (impl_->api.wakeups.stopped()) co_return failure("the server is stopping", 503);
    under_way const counted(impl_->under_way, impl_->idle);
    try {
        co_return co_await impl_->api.answer_to(std::move(r));
    } catch (boost::system::system_error const& e) {
        if (e.code() == asio::error::operation_aborted) throw;
        impl_->options.log.error("a request failed", {{"what", e.what()}});
    } catch (std::exception const& e) {
        impl_->options.log.error("a request failed", {{"what", e.what()}});
    }
    co_return failure("this server has a problem of its own", 500);
}

asio::awaitable<result<registered>> server::register_user(std::string localpart, base::secret password) {
    under_way const counted(impl_->under_way, impl_->idle);
    auto user = co_await make_account(impl_->api, std::move(localpart), std::move(password));
    if (!user) co_return user.error();
    auto opened = co_await make_session(impl_->api, std::move(user.value()), device_wish());
    if (!opened) co_return opened.error();
    co_return std::move(opened.value().made);
}

asio::awaitable<void> server::stop() {
    impl_->api.wakeups.stop();
    while (impl_->under_way > 0) co_await impl_->idle.wait_to_the_end();
}

std::string const& server::server_name() const noexcept { return impl_->api.server.name.str(); }

}  // namespace chatrixcd::homeserver
