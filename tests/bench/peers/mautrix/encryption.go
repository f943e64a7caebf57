// SPDX-License-Identifier: Apache-2.0

//go:build cgo

package main

import (
	"context"
	"os"
	"path/filepath"

	_ "go.mau.fi/util/dbutil/litestream"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/crypto/cryptohelper"
)

// On libolm, with SQLite in a file.
func encrypt(ctx context.Context, client *mautrix.Client, folder string) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	helper, err := cryptohelper.NewCryptoHelper(client, []byte("bench"), filepath.Join(folder, "store.db"))
	if err != nil {
		return err
	}
	if err := helper.Init(ctx); err != nil {
		return err
	}
	client.Crypto = helper
	return nil
}
