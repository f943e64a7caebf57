// SPDX-License-Identifier: Apache-2.0

//go:build !cgo

package main

import (
	"context"
	"errors"

	"maunium.net/go/mautrix"
)

func encrypt(context.Context, *mautrix.Client, string) error {
	return errors.New("built without cgo, which libolm and SQLite need")
}
