// SPDX-License-Identifier: Apache-2.0
#include "init/interview.hpp"

#include <algorithm>
#include <utility>

#include <chatrixcd/matrix/account.hpp>
#include <chatrixcd/matrix/devices.hpp>
#include <chatrixcd/matrix/new_room.hpp>
#include <chatrixcd/matrix/recovery_key.hpp>
#include <chatrixcd/matrix/room.hpp>

#include "account_visit.hpp"
#include "config/semaphore_entry.hpp"
#include "init/project_choice.hpp"
#include "matrix_login.hpp"
#include "semaphore_server.hpp"

namespace chatrixcd::bot {

namespace {

using boost::asio::awaitable;

bool is_refusal(base::error const& why) {
    return why.kind() == base::error_kind::unauthorized || why.kind() == base::error_kind::forbidden;
}

// Words between blanks and commas.
std::vector<std::string> words_of(std::string const& text) {
    constexpr char const* separators = " ,\t";
    std::vector<std::string> words;
    for (std::size_t at = 0; (at = text.find_first_not_of(separators, at)) != std::string::npos;) {
        auto const end = std::min(text.find_first_of(separators, at), text.size());
        words.push_back(text.substr(at, end - at));
        at = end;
    }
    return words;
}

secret_source inline_secret(std::string text) {
    secret_source source;
    source.from = secret_source::kind::inline_text;
    source.text = base::secret(std::move(text));
    return source;
}

awaitable<base::result<void>> visit_account(surroundings around, matrix_config settings, environment variables) {
    auto const tokens = co_await make_tokens(around.executor, settings, std::move(variables));
    if (!tokens) co_return tokens.error();
    account_visit visit(around, settings);
    auto begun = co_await visit.begin(*tokens);
    (void)co_await visit.end();
    co_return begun;
}

// A room, who is invited, and who could not be, with why.
class opened_room {
public:
    std::string id;
    bool is_encrypted = false;
    std::vector<std::string> invited;
    std::vector<std::string> not_vouched_for;
    std::vector<std::string> not_invited;
};

// A homeserver that answers otherwise has no encryption that we could set up.
bool may_answer_later(base::error const& e) {
    return e.kind() == base::error_kind::unavailable || e.kind() == base::error_kind::timeout_unknown ||
           e.kind() == base::error_kind::rate_limited;
}

// Whether encryption is set up for the account already, or for the device whose token we were given.
awaitable<base::result<bool>> has_encryption(matrix::client& account) {
    auto const keys = co_await account.devices().published_keys(account.user());
    if (!keys && may_answer_later(keys.error())) co_return keys.error();
    if (!keys || keys->master_key || keys->has(account.device())) co_return true;
    auto const storage = co_await account.account().data("m.secret_storage.default_key");
    if (!storage && may_answer_later(storage.error())) co_return storage.error();
    co_return !storage || (*storage && !(*storage)->empty());
}

// Without an identity nobody vouches for somebody's devices, and the bot gives them no keys.
awaitable<bool> is_vouched_for(matrix::client& account, matrix::user_id who) {
    auto const keys = co_await account.devices().published_keys(std::move(who));
    co_return keys && keys->master_key;
}

// One at a time: somebody who does not exist would keep the whole room from being made.
awaitable<base::result<opened_room>> open_room(account_visit& visit, std::shared_ptr<matrix::token_source> tokens,
                                               std::vector<std::string> people) {
    auto const begun = co_await visit.begin(std::move(tokens));
    if (!begun) co_return begun.error();
    auto const is_set_up = co_await has_encryption(visit.account());
    if (!is_set_up) co_return is_set_up.error();
    auto wish = matrix::new_room().name("ChatrixCD").topic("CI jobs, run and watched: !cd help");
    if (!*is_set_up) wish = std::move(wish).encrypted();
    auto const made = co_await visit.account().create_room(std::move(wish));
    if (!made) co_return made.error();
    opened_room room;
    room.id = made->str();
    room.is_encrypted = !*is_set_up;
    for (auto const& person : people) {
        auto const invited = co_await visit.account().room(*made).invite(matrix::user_id(person));
        if (invited) room.invited.push_back(person);
        bool const can_read = !room.is_encrypted || co_await is_vouched_for(visit.account(), matrix::user_id(person));
        if (invited && !can_read) room.not_vouched_for.push_back(person);
        if (!invited) room.not_invited.push_back(person + " could not be invited: " + invited.error().describe());
    }
    co_return room;
}

awaitable<base::result<opened_room>> make_room_of(surroundings around, config settings, environment variables) {
    auto const tokens = co_await make_tokens(around.executor, settings.matrix, std::move(variables));
    if (!tokens) co_return tokens.error();
    account_visit visit(around, settings.matrix);
    auto made = co_await open_room(visit, *tokens, settings.bot.admin_users);
    (void)co_await visit.end();
    co_return made;
}

awaitable<base::result<std::vector<semaphore::project>>> list_projects(surroundings around, ci_config wanted) {
    auto const server = semaphore_server::make(around, wanted);
    if (!server) co_return server.error();
    auto const us = co_await (*server)->client().whoami();
    if (!us) co_return us.error();
    co_return co_await (*server)->client().projects();
}

template <class T>
awaitable<void> keep(awaitable<base::result<T>> work, std::optional<base::result<T>>& into) {
    into.emplace(co_await std::move(work));
}

// Does one thing out there, to its end.
template <class Work>
auto done(config const& settings, environment const& variables, Work work) {
    outside world(settings, variables, nullptr, base::log_level::error);
    std::optional<typename decltype(work(world.around()))::value_type> outcome;
    world.run(keep(work(world.around()), outcome));
    return std::move(*outcome);
}

constexpr char const* why_in_clear =
    "It is not encrypted: encryption is already set up for this account, or for the device of this access token. If you have the "
    "account's recovery key, give it to the bot as matrix.recovery_key, with matrix.encryption: on, and a password or a new token.";
constexpr char const* why_unreadable =
    " cannot read what the bot says until encryption is set up in their client and their session is verified.";

std::string list_of(std::vector<std::string> const& names) {
    std::string list;
    for (auto const& name : names) list += (list.empty() ? "" : ", ") + name;
    return list;
}

}  // namespace

std::optional<config> interview::hold() {
    bool const is_whole = ask_account() && ask_people() && ask_semaphore() && make_room();
    if (!is_whole) return std::nullopt;
    return std::move(made_);
}

bool interview::ask_account() {
    for (;;) {
        auto const said =
            with_.ask("The bot's own Matrix account, like @bot:example.org. (It has to be there: register it with any client.)");
        if (!said) return false;
        auto const user = matrix::user_id::parse(*said);
        if (!user) {
            with_.say("That is no Matrix id: " + user.error().message());
            continue;
        }
        made_.matrix.user_id = *said;
        made_.matrix.homeserver = said->substr(said->find(':') + 1);
        return ask_login();
    }
}

// What is no password may be a token.
base::result<void> interview::try_login() {
    auto const visit = [this](surroundings around) { return visit_account(std::move(around), made_.matrix, variables_); };
    auto tried = done(made_, variables_, visit);
    bool const is_refused = !tried && is_refusal(tried.error());
    if (!is_refused) return tried;
    std::swap(made_.matrix.password, made_.matrix.access_token);
    if (done(made_, variables_, visit)) return {};
    std::swap(made_.matrix.password, made_.matrix.access_token);
    return tried;
}

bool interview::ask_password() {
    for (;;) {
        auto const said = with_.ask_secret("Its password, or an access token of it");
        if (!said) return false;
        if (said->empty()) continue;
        made_.matrix.password = inline_secret(*said);
        made_.matrix.access_token = secret_source();
        return true;
    }
}

bool interview::ask_login() {
    if (!ask_password()) return false;
    for (;;) {
        auto const tried = try_login();
        if (tried) {
            bool const is_password = made_.matrix.password.from != secret_source::kind::none;
            with_.say(is_password ? "Logged in as " + made_.matrix.user_id + ", and out again."
                                  : "The token is that of " + made_.matrix.user_id + ".");
            return true;
        }
        with_.say("That did not work: " + tried.error().describe());
        if (is_refusal(tried.error())) {
            if (!ask_password()) return false;
            continue;
        }
        auto const address = with_.ask("The homeserver's address, if it is another one", made_.matrix.homeserver);
        if (!address) return false;
        made_.matrix.homeserver = *address;
    }
}

bool interview::ask_people() {
    for (;;) {
        auto const said = with_.ask("Who may command it? Matrix ids, with blanks between them: @you:example.org");
        if (!said) return false;
        auto const people = words_of(*said);
        auto const wrong = std::find_if(people.begin(), people.end(), [](auto const& word) { return !matrix::user_id::parse(word); });
        if (wrong != people.end()) {
            with_.say("`" + *wrong + "` is no Matrix id");
        } else if (!people.empty()) {
            made_.bot.admin_users = people;
            return true;
        }
    }
}

bool interview::ask_semaphore() {
    server_.name = "semaphore";
    server_.type = "semaphore";
    for (;;) {
        auto const said = with_.ask("The address of your Semaphore UI, as in the browser: https://ci.example.org");
        if (!said) return false;
        if (auto const wrong = wrong_url(*said)) {
            with_.say(*wrong);
            continue;
        }
        server_.semaphore.url = *said;
        if (is_unprotected(*said)) with_.say("Take care: the token goes over the network in the clear.");
        return ask_token();
    }
}

base::result<std::vector<semaphore::project>> interview::visible_projects() {
    return done(made_, variables_, [this](surroundings around) { return list_projects(std::move(around), server_); });
}

bool interview::ask_token() {
    for (;;) {
        auto const said = with_.ask_secret("An API token of the Semaphore user that the bot shall be (User settings, API Tokens)");
        if (!said) return false;
        if (said->empty()) continue;
        server_.semaphore.token = inline_secret(*said);
        auto const seen = visible_projects();
        if (!seen) {
            with_.say("That did not work: " + seen.error().describe());
            bool const is_refused = seen.error().kind() == base::error_kind::unauthorized;
            if (!is_refused) return ask_semaphore();
        } else if (seen->empty()) {
            with_.say(
                "The token works, but its user is a member of no project. Add it to one in Semaphore (as a task runner), and give it "
                "again.");
        } else {
            with_.say("The token works. Its user sees: " + shown_projects(*seen));
            return ask_projects();
        }
    }
}

bool interview::ask_projects() {
    for (;;) {
        auto const seen = visible_projects();
        if (!seen) return ask_token();
        auto const said = with_.ask("Which of these projects may the bot use? Names, with commas between them; empty: all");
        if (!said) return false;
        auto chosen = chosen_projects(*seen, *said);
        if (!chosen) {
            with_.say("That does not work: " + chosen.error().describe());
            continue;
        }
        server_.semaphore.projects = std::move(*chosen);
        made_.semaphore = server_.semaphore;
        return true;
    }
}

// The bot's first start makes its identity, and puts it where this key finds it again.
void interview::prepare_encryption() {
    auto const randomness = base::make_system_random();
    made_.matrix.recovery_key = inline_secret(matrix::recovery_key::make(*randomness).text().reveal());
}

bool interview::make_room() {
    for (;;) {
        auto const made =
            done(made_, variables_, [this](surroundings around) { return make_room_of(std::move(around), made_, variables_); });
        if (made) {
            made_.bot.allowed_rooms = {made->id};
            with_.say(made->is_encrypted ? "Made the room ChatrixCD, which is end-to-end encrypted." : "Made the room ChatrixCD.");
            if (made->is_encrypted) prepare_encryption();
            if (!made->is_encrypted) {
                made_.matrix.encryption = "off";
                with_.say(why_in_clear);
            }
            if (!made->invited.empty()) with_.say("Invited: " + list_of(made->invited));
            if (!made->not_vouched_for.empty()) with_.say(list_of(made->not_vouched_for) + why_unreadable);
            for (auto const& line : made->not_invited) with_.say(line);
            return true;
        }
        with_.say("The room could not be made: " + made.error().describe());
        auto const again = with_.ask("Enter tries again; Control-C gives up");
        if (!again) return false;
    }
}

}  // namespace chatrixcd::bot
