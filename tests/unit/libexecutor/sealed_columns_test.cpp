// SPDX-License-Identifier: Apache-2.0
#include "store/sealed_columns.hpp"

#include <chatrixcd/base/files.hpp>

#include "rig.hpp"
#include "store/schema.hpp"
#include "support/blob_columns.hpp"
#include "support/files_with.hpp"

using namespace chatrixcd;

TEST_SUITE("executor::sealed_columns") {
    TEST_CASE("whatever is kept as a BLOB is sealed") {
        CHECK(test::blob_columns(executor::migrations()) == test::labels_of(executor::sealed_columns()));
    }

    TEST_CASE("the values of a run and what it prints cannot be read in any file of the store") {
        base::temporary_folder const folder("executor");
        executor::options settings;
        settings.store_folder = folder.path();
        settings.store_key = base::store_key_file{folder.path() + "/store.key"};
        {
            test::rig r(settings);
            r.open();
            r.start("a", "build", {{"what", "planted value"}});
            r.process(0).write("planted output\n");
            r.process(0).exit(0);
            r.finished(1);
            CHECK(test::files_with("planted", folder.path()).empty());
        }
        CHECK(test::files_with("planted", folder.path()).empty());
        test::rig again(settings);
        again.open();
        CHECK(again.get(1).parameters == executor::parameter_values{{"what", "planted value"}});
        CHECK(again.wait(again.server->output(1, 0, 10)).value().lines == std::vector<std::string>{"planted output"});
    }
}
