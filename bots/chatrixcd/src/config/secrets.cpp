// SPDX-License-Identifier: Apache-2.0
#include "config/secrets.hpp"

#include <chatrixcd/base/process.hpp>

namespace chatrixcd::bot {
namespace {

using boost::asio::awaitable;
constexpr std::size_t max_secret = 64U << 10U;

base::error about(std::string const& key_path, base::error const& e) {
    return base::error(base::error_kind::invalid, key_path + ": " + e.message());
}

void cut_newline(std::string& text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
}

awaitable<base::result<base::secret>> from_command(boost::asio::any_io_executor executor, std::vector<std::string> argv,
                                                   std::string key_path, environment variables) {
    base::process_spec spec;
    spec.argv = std::move(argv);
    for (char const* name : {"PATH", "HOME"}) {
        if (auto value = variables(name)) spec.environment.emplace_back(name, *value);
    }
    std::string const program = spec.argv.front();
    auto started = co_await base::spawn(executor, std::move(spec));
    if (!started) co_return about(key_path, started.error());
    std::string output;
    for (;;) {
        base::process_event event = co_await (*started)->next();
        if (auto* piece = std::get_if<base::process_output>(&event)) {
            output += piece->bytes;
            base::wipe(piece->bytes);
            if (output.size() <= max_secret) continue;
            base::wipe(output);
            co_return base::error(base::error_kind::invalid, key_path + ": " + program + " wrote over 64 KiB");
        }
        auto const ended = std::get<base::process_exit>(event);
        if (ended.signal != 0 || ended.status != 0) {
            base::wipe(output);
            co_return base::error(base::error_kind::invalid,
                                  key_path + ": " + program + " failed (exit status " + std::to_string(ended.status) + ")");
        }
        break;
    }
    cut_newline(output);
    base::secret value(output);
    base::wipe(output);
    if (value.empty()) co_return base::error(base::error_kind::invalid, key_path + ": " + program + " printed nothing");
    co_return value;
}

}  // namespace

awaitable<base::result<base::secret>> read_secret(boost::asio::any_io_executor executor, secret_source source, std::string key_path,
                                                  environment variables) {
    switch (source.from) {
        case secret_source::kind::none:
            co_return base::error(base::error_kind::invalid, key_path + " is not set");
        case secret_source::kind::inline_text:
            co_return source.text;
        case secret_source::kind::file: {
            auto value = base::secret::from_file(source.name);
            if (!value) co_return about(key_path, value.error());
            co_return value;
        }
        case secret_source::kind::environment: {
            auto value = variables(source.name);
            if (value && !value->empty()) co_return base::secret(std::move(*value));
            co_return base::error(base::error_kind::invalid, key_path + ": the environment variable " + source.name + " is not set");
        }
        case secret_source::kind::credential: {
            auto const folder = variables("CREDENTIALS_DIRECTORY");
            if (!folder) {
                co_return base::error(base::error_kind::invalid,
                                      key_path + ": there are no systemd credentials here (CREDENTIALS_DIRECTORY is not set)")
                    .with_hint("add LoadCredential=" + source.name + ":… to the unit");
            }
            auto value = base::secret::from_file(*folder + "/" + source.name);
            if (!value) co_return about(key_path, value.error());
            co_return value;
        }
        case secret_source::kind::command:
            co_return co_await from_command(executor, std::move(source.command), std::move(key_path), std::move(variables));
    }
    co_return base::error(base::error_kind::internal, key_path + ": unknown source");
}

std::vector<server_secret> secrets_of(ci_config& server) {
    std::vector<server_secret> all;
    if (server.type != "semaphore") return all;
    auto const named = [&server](std::string const& what) { return "ci " + server.name + ": " + what; };
    all.push_back({named("the token"), &server.semaphore.token});
    if (!server.semaphore.push) return all;
    auto& push = *server.semaphore.push;
    if (push.key.from != secret_source::kind::none) all.push_back({named("push.key"), &push.key});
    if (push.alert_token.from != secret_source::kind::none) all.push_back({named("push.alert_token"), &push.alert_token});
    return all;
}

awaitable<base::result<void>> read_server_secrets(boost::asio::any_io_executor executor, config& of, environment variables) {
    for (ci_config& server : of.ci) {
        for (auto const& [name, source] : secrets_of(server)) {
            auto value = co_await read_secret(executor, *source, name, variables);
            if (!value) co_return value.error();
            *source = secret_source();
            source->from = secret_source::kind::inline_text;
            source->text = std::move(*value);
        }
    }
    co_return base::result<void>();
}

std::string describe(secret_source const& source) {
    switch (source.from) {
        case secret_source::kind::none:
            return "(not set)";
        case secret_source::kind::inline_text:
            return "******";
        case secret_source::kind::file:
            return "****** (file " + source.name + ")";
        case secret_source::kind::environment:
            return "****** (variable " + source.name + ")";
        case secret_source::kind::credential:
            return "****** (credential " + source.name + ")";
        case secret_source::kind::command:
            return "****** (printed by " + source.command.front() + ")";
    }
    return {};
}

}  // namespace chatrixcd::bot
