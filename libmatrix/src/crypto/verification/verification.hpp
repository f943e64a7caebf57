// SPDX-License-Identifier: Apache-2.0
// One verification with one other device: what was said, what is to be said next, and what it proved (client-server API, "Key
// verification framework", "Short Authentication String (SAS) verification", "QR codes"). Pure: time and keys are handed in, events go
// out by take_events().
//
// It lives in memory alone: a restart ends it. Whoever goes on is told (encryption/verifications.hpp).
#pragma once

#include <array>
#include <boost/json/object.hpp>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/matrix/ids.hpp>

#include "crypto/verification/methods.hpp"
#include "crypto/verification/qr_code.hpp"
#include "crypto/verification/sas_keys.hpp"
#include "crypto/verification/verified_party.hpp"

namespace chatrixcd::matrix::crypto {

// Verifications that are not done after so long are over.
inline constexpr base::duration verification_takes = std::chrono::minutes(10);

enum class verification_step : std::uint8_t {
    requested,  // one of the two has asked, the other one has not answered
    ready,      // both want to; nobody has begun
    started,    // keys are being exchanged
    comparing,  // the codes are there, to be compared by people
    scanned,    // they have scanned our QR code; our person is to say whether they show so
    confirmed,  // our person has said that the codes are the same, or scanned theirs; the other one has not confirmed it
    done,
    cancelled,
};

struct verification_event {
    std::string type;
    boost::json::object content;
};

// "7 emoji" and "3 numbers": both are of the same secret.
struct verification_codes {
    std::array<unsigned, 7> emoji{};  // places in sas_emojis()
    std::array<unsigned, 3> decimals{};
};

class verification {
public:
    // Where its events go: to a device, named by a transaction id, or into a room, named by the event of the request.
    enum class place : std::uint8_t { devices, room };

    // We ask; the request itself is the caller's to send. `device`: the one that was asked; empty: all of theirs, in a room.
    static verification ask(base::random& randomness, verified_party us, user_id whom, device_id device, place where, std::string id,
                            base::time_point now);
    // They ask. `theirs`: the content of their request.
    static verification answer(base::random& randomness, verified_party us, user_id who, place where, std::string id,
                               boost::json::object const& theirs, base::time_point now);
    // Their device begins without having asked, as clients did that know of no requests ("This behaviour is deprecated […]. However,
    // clients should handle such verifications started by other clients"). `theirs`: what it is begun with, taken once our person accepts.
    static verification answer_start(base::random& randomness, verified_party us, user_id who, std::string id, boost::json::object theirs,
                                     base::time_point now);

    std::string const& id() const noexcept { return id_; }
    place where() const noexcept { return where_; }
    user_id const& user() const noexcept { return them_.user; }
    // Empty: none of theirs has answered yet.
    device_id const& device() const noexcept { return them_.device; }
    verification_step step() const noexcept { return step_; }
    bool is_over() const noexcept { return step_ == verification_step::done || step_ == verification_step::cancelled; }
    bool was_asked_by_us() const noexcept { return asked_by_us_; }
    // Nothing: not yet, or it goes by a QR code.
    std::optional<verification_codes> codes() const;
    // The bytes of the QR code to show, the same each time. Nothing: nobody has said yes yet, it was begun already, one of the two cannot,
    // or has not the keys that it takes.
    std::optional<base::secret> qr_data();
    // Whether a QR code of theirs may be scanned, now or once both want to.
    bool may_scan() const noexcept { return abilities_.scans && theirs_.shows; }
    // Whether it goes by a QR code, of either side.
    bool goes_by_qr_code() const noexcept { return goes_by_qr_code_; }
    // Of what was cancelled: "m.user" and the like, and words for people.
    std::string const& code() const noexcept { return code_; }
    std::string const& reason() const noexcept { return reason_; }
    // Which of the keys of them() their MACs cover, or the QR code that was scanned. Once done.
    bool proves_device() const noexcept { return proves_device_; }
    bool proves_master() const noexcept { return proves_master_; }
    verified_party const& them() const noexcept { return them_; }

    // The keys by which we know them, needed before keys are exchanged; the device must be device().
    void know(std::string ed25519, std::string master);
    bool knows_them() const noexcept { return knows_them_; }
    // What we can do with QR codes: before accept(), or as the request of ours says; nothing without it.
    void enable(qr_abilities ours) noexcept { abilities_ = ours; }

    // Our person.
    void accept();
    void begin();
    // What their camera has read. Keys that are not the known ones cancel it. Errors: invalid (it is no code of this verification, which
    // goes on; or there is none to scan now), conflict (that has cancelled it).
    base::result<void> scan(std::string_view code);
    void confirm();
    void mismatch();
    void cancel(std::string code, std::string reason);
    // As cancel(), but nobody is told: another device of ours has answered.
    void leave(std::string reason);

    // An event of theirs that belongs here, and time. What is out of order, malformed or contradicts what was said cancels it.
    void take(std::string const& type, boost::json::object const& content, base::time_point now);
    void pass(base::time_point now);

    // What is to be sent, in order; empty afterwards.
    bool has_events() const noexcept { return !events_.empty(); }
    std::vector<verification_event> take_events() { return std::exchange(events_, {}); }

private:
    verification(base::random& randomness, verified_party us, user_id whom, place where, std::string id, base::time_point now);

    void say(std::string type, boost::json::object content);
    boost::json::object stamped(boost::json::object content) const;
    void take_ready(boost::json::object const& content);
    void take_start(boost::json::object const& content);
    void take_scanned(boost::json::object const& content);
    void take_accept(boost::json::object const& content);
    void take_key(boost::json::object const& content);
    void take_mac(boost::json::object const& content);
    void take_done();
    void take_cancel(boost::json::object const& content);
    std::optional<qr_keys> shown_keys() const;
    void finish_scan();
    void finish();
    bool we_win() const;
    std::string sas_info() const;
    std::string mac_info(verified_party const& from, verified_party const& to, std::string const& key) const;
    std::string commitment_of(std::string const& key) const;
    std::string mac(std::string const& info, std::string_view of) const;

    base::random* random_;
    verified_party us_;
    verified_party them_;
    place where_;
    std::string id_;
    base::time_point begun_;
    bool asked_by_us_ = false;
    std::optional<boost::json::object> unasked_start_;
    bool knows_them_ = false;
    qr_abilities abilities_;  // ours
    qr_abilities theirs_;
    verification_step step_ = verification_step::requested;
    bool we_began_ = false;
    bool is_accepted_ = false;  // m.key.verification.accept has gone or come
    std::string start_;         // the content that counts, as canonical JSON
    std::string commitment_;    // theirs, of the key that is to come
    std::string their_key_;
    std::optional<sas_keys> keys_;
    bool uses_old_mac_ = false;
    bool their_mac_is_good_ = false;
    std::optional<qr_code> shown_;  // nothing: none of ours was shown
    bool goes_by_qr_code_ = false;  // one of the two has scanned
    qr_proof qr_proof_;             // what follows from it
    bool proves_device_ = false;
    bool proves_master_ = false;
    std::string code_;
    std::string reason_;
    std::vector<verification_event> events_;
};

// Whether a request is of now: neither older than ten minutes nor from more than five in the future ("m.key.verification.request").
bool is_fresh_request(boost::json::object const& content, base::time_point now);

}  // namespace chatrixcd::matrix::crypto
