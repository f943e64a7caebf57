// SPDX-License-Identifier: Apache-2.0
#include "crypto/driver/driver.hpp"
#include "crypto/driver/libolm_account.hpp"
#include "crypto/driver/libolm_group.hpp"
#include "crypto/driver/libolm_session.hpp"

namespace chatrixcd::matrix::crypto {

using base::error;
using base::error_kind;

namespace {

class libolm_driver final : public driver {
public:
    explicit libolm_driver(base::random& randomness) : randomness_(randomness) {}

    std::unique_ptr<account> make_account() override {
        account_object object;
        auto random = random_bytes(randomness_, sure(olm_create_account_random_length(object.get())));
        sure(olm_create_account(object.get(), random.data(), random.size()));
        return std::make_unique<libolm_account>(std::move(object), randomness_);
    }
    std::unique_ptr<outbound_group> make_outbound_group() override { return std::make_unique<libolm_outbound>(new_outbound(randomness_)); }
    result<std::unique_ptr<inbound_group>> make_inbound_group(base::secret const& session_key) override {
        return made<inbound_group, libolm_inbound>(inbound_from_key(session_key));
    }
    result<std::unique_ptr<inbound_group>> import_inbound_group(base::secret const& exported) override {
        return made<inbound_group, libolm_inbound>(inbound_from_export(exported));
    }

    result<std::unique_ptr<account>> load_account(base::secret const& pickle) override {
        account_object object;
        if (!unpickle<OlmAccount, olm_unpickle_account>(object.get(), pickle)) {
            return error(error_kind::environment, "the stored keys of this device are damaged");
        }
        return std::make_unique<libolm_account>(std::move(object), randomness_);
    }
    result<std::unique_ptr<olm_session>> load_session(base::secret const& pickle) override {
        session_object object;
        if (!unpickle<OlmSession, olm_unpickle_session>(object.get(), pickle)) {
            return error(error_kind::environment, "a stored Olm session is damaged");
        }
        return std::make_unique<libolm_session>(std::move(object), randomness_);
    }
    result<std::unique_ptr<outbound_group>> load_outbound_group(base::secret const& pickle) override {
        return made<outbound_group, libolm_outbound>(outbound_from_pickle(pickle));
    }
    result<std::unique_ptr<inbound_group>> load_inbound_group(base::secret const& pickle) override {
        return made<inbound_group, libolm_inbound>(inbound_from_pickle(pickle));
    }

private:
    template <class Interface, class Made, class Object>
    static result<std::unique_ptr<Interface>> made(result<Object> object) {
        if (!object) return object.error();
        return std::make_unique<Made>(std::move(*object));
    }

    base::random& randomness_;
};

}  // namespace

std::unique_ptr<driver> make_libolm_driver(base::random& randomness) { return std::make_unique<libolm_driver>(randomness); }

}  // namespace chatrixcd::matrix::crypto
