// SPDX-License-Identifier: Apache-2.0
// What the machine adds to the library that computes: reading a room's messages, with replay table and trust, in batches of 100 in a
// database file; and giving a room's key to 1,000 devices. Prints name and figure, a line each.
#include <algorithm>
#include <ctime>
#include <iostream>
#include <vector>

#include <chatrixcd/base/files.hpp>

#include "crypto/olm/requests.hpp"
#include "crypto/pickles.hpp"
#include "support/crypto_party.hpp"

namespace {

using namespace chatrixcd::test;
namespace base = chatrixcd::base;

constexpr int batch = 100;
constexpr int rounds = 30;
constexpr int readers = 1000;
constexpr int slice = 50;

// CPU of this thread: what waits for the disk, and what else the machine does, is not in it.
class stopwatch {
public:
    double microseconds() const { return now() - since_; }

private:
    static double now() {
        timespec t{};
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
        return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_nsec) / 1e3;
    }
    double since_ = now();
};

// Whoever gets the same keys, in a store of their own.
struct pair_of_parties {
    base::temporary_folder folder{"chatrixcd-bench-"};
    party ann{"@ann:b", "ANN", 1};
    party bot{"@bot:b", "BOT", 2, folder.path() + "/matrix.db"};
    person_keys anns{ann.me, 3};
    std::unique_ptr<crypto::inbound_group> alone;
};

std::unique_ptr<pair_of_parties> introduced() {
    auto both = std::make_unique<pair_of_parties>();
    auto& [folder, ann, bot, anns, alone] = *both;
    learn(bot, ann.me, query_answer().device(anns.sign_device(ann.published())).person(anns).get());
    learn(ann, bot.me, query_answer().device(bot.published()).get());
    crypto::audience who;
    who.users = {ann.me, bot.me};
    who.unsigned_devices = true;
    for (auto const& [key, message] : share(ann, who, {&bot})) give(bot, ann.me, message);
    alone = ann.with_keys([](auto const& with, auto& own) {
        crypto::room_sender const sender(with, own, lobby);
        auto const row = with.t.first("SELECT pickle FROM sending_key", {});
        auto const group = with.olm.load_outbound_group(crypto::unsealed(with.t, crypto::sealed_in::sending_key, *row, 0)).value();
        return with.olm.make_inbound_group(group->session_key()).value();
    });
    return both;
}

void read_batches() {
    auto const both = introduced();
    double least_alone = 1e9;
    double least_whole = 1e9;
    int number = 0;
    for (int round = 0; round < rounds; ++round) {
        // Events refer to their content.
        std::vector<json::object> contents;
        contents.reserve(batch);
        std::vector<crypto::encrypted_event> events;
        for (int i = 0; i < batch; ++i) {
            auto const& content = contents.emplace_back(encrypt(both->ann, "run web deploy env=staging version=1.4.2"));
            events.push_back({lobby, "$" + std::to_string(++number), both->ann.me, base::time_point(std::chrono::hours(1)), content});
        }
        stopwatch const driver;
        for (auto const& each : events) {
            if (!both->alone->decrypt(base::find_string(each.content, "ciphertext").value()))
                throw std::runtime_error("the driver reads nothing");
        }
        least_alone = std::min(least_alone, driver.microseconds());
        stopwatch const machine;
        auto const all_read = both->bot.in([&](crypto::context const& with) {
            crypto::room_reader reader(with);
            return std::ranges::all_of(events, [&](auto const& each) {
                auto const said = reader.read(each);
                auto const* const clear = std::get_if<crypto::clear_event>(&said);
                return clear != nullptr && clear->believed.cross_signed && !clear->believed.late;
            });
        });
        least_whole = std::min(least_whole, machine.microseconds());
        if (!all_read) throw std::runtime_error("the machine does not read or believe everything");
    }
    std::cout << "read_driver_us " << least_alone / batch << "\nread_whole_us " << least_whole / batch << '\n';
}

// As many accounts as there are devices; nobody reads what they get.
struct crowd {
    std::vector<crypto::device_row> devices;
    json::object answer;  // to a claim of a key of each
    std::vector<json::object> signed_keys;
    crypto::audience who;
};

crowd gather(party& bot) {
    auto const random = base::make_seeded_random(7);
    auto const olm = crypto::make_libolm_driver(*random);
    crowd all;
    json::object users;
    query_answer published;
    for (int i = 0; i < readers; ++i) {
        auto account = olm->make_account();
        chatrixcd::matrix::user_id const user("@reader" + std::to_string(i) + ":b");
        chatrixcd::matrix::device_id const device("D" + std::to_string(i));
        learn(bot, user, query_answer().device(crypto::own_device_keys(*account, user, device)).get());
        account->make_one_time_keys(1);
        auto const key = account->unpublished_keys().at(0);
        auto one = crypto::signed_key(*account, key.key, false, user, device);
        all.signed_keys.push_back(one);
        users[user.str()] = json::object{{device.str(), json::object{{"signed_curve25519:" + key.id, std::move(one)}}}};
        all.who.users.push_back(user);
    }
    all.answer["one_time_keys"] = std::move(users);
    all.who.unsigned_devices = true;
    return all;
}

void share_with_a_crowd() {
    base::temporary_folder const folder("chatrixcd-bench-");
    party bot("@bot:b", "BOT", 2, folder.path() + "/matrix.db");
    auto const all = gather(bot);
    stopwatch const machine;
    auto const plan = bot.with_keys([&](auto const& with, auto& own) { return crypto::room_sender(with, own, lobby).prepare(all.who); });
    std::size_t size = 0;
    for (std::size_t first = 0; first < plan.to_share.size(); first += slice) {
        std::vector<crypto::device_row> const some(plan.to_share.begin() + first, plan.to_share.begin() + first + slice);
        size += bot.with_keys([&](auto const& with, auto& own) {
            auto claimed = crypto::begin_claimed(own, some, all.answer);
            crypto::room_sender sender(with, own, lobby);
            crypto::device_messages messages;
            auto const id = crypto::reserve_request(with, "m.room.encrypted", "t" + std::to_string(first));
            for (auto& each : claimed.begun) messages.add(each.with.user, each.with.device, sender.share_first(each, id));
            crypto::fill_request(with, id, std::move(messages).body());
            return claimed.begun.size();
        });
    }
    double const whole = machine.microseconds();
    if (size != readers) throw std::runtime_error("not everybody has the key");
    stopwatch const driver;
    std::string const payload(1200, 'x');
    bot.with_keys([&](auto const&, auto& own) {
        for (int i = 0; i < readers; ++i) {
            auto const& device = plan.to_share.at(static_cast<std::size_t>(i));
            crypto::device_keys keys;
            keys.user = device.user;
            keys.device = device.device;
            keys.ed25519 = device.ed25519;
            keys.curve25519 = device.curve25519;
            auto const* const user = base::find_object(*base::find_object(all.answer, "one_time_keys"), device.user.str());
            auto const* const key = base::find_object(*user, device.device.str());
            auto const checked = crypto::read_signed_key(key->begin()->value().as_object(), keys).value();
            auto session = own.keys().begin_session(device.curve25519, checked).value();
            (void)session->encrypt(payload);
            (void)session->pickle();
        }
        return 0;
    });
    double const alone = driver.microseconds();
    std::cout << "share_driver_us " << alone / readers << "\nshare_whole_us " << whole / readers << '\n';
}

}  // namespace

int main() {
    read_batches();
    share_with_a_crowd();
}
