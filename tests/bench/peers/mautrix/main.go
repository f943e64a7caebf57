// SPDX-License-Identifier: Apache-2.0
// The echo bot on mautrix-go: joins where it is invited, answers "echo: …" to each text. In memory, without encryption; with
// MATRIX_ENCRYPTED it has a store (MATRIX_STORE) and encrypts for every device. From the environment: MATRIX_HOMESERVER, MATRIX_USER,
// MATRIX_PASSWORD.
package main

import (
	"context"
	"fmt"
	"os"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
)

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func main() {
	ctx := context.Background()
	client, err := mautrix.NewClient(os.Getenv("MATRIX_HOMESERVER"), "", "")
	must(err)
	_, err = client.Login(ctx, &mautrix.ReqLogin{
		Type:             mautrix.AuthTypePassword,
		Identifier:       mautrix.UserIdentifier{Type: mautrix.IdentifierTypeUser, User: os.Getenv("MATRIX_USER")},
		Password:         os.Getenv("MATRIX_PASSWORD"),
		StoreCredentials: true,
	})
	must(err)

	if os.Getenv("MATRIX_ENCRYPTED") != "" {
		must(encrypt(ctx, client, os.Getenv("MATRIX_STORE")))
	}

	syncer := client.Syncer.(*mautrix.DefaultSyncer)
	syncer.OnEventType(event.StateMember, func(ctx context.Context, e *event.Event) {
		if e.GetStateKey() == client.UserID.String() && e.Content.AsMember().Membership == event.MembershipInvite {
			_, err := client.JoinRoomByID(ctx, e.RoomID)
			must(err)
		}
	})
	syncer.OnEventType(event.EventMessage, func(ctx context.Context, e *event.Event) {
		content := e.Content.AsMessage()
		if e.Sender == client.UserID || content.MsgType != event.MsgText {
			return
		}
		answer := &event.MessageEventContent{MsgType: event.MsgText, Body: "echo: " + content.Body}
		answer.RelatesTo = &event.RelatesTo{InReplyTo: &event.InReplyTo{EventID: e.ID}}
		_, err := client.SendMessageEvent(ctx, e.RoomID, event.EventMessage, answer)
		must(err)
	})
	ready := false
	syncer.OnSync(func(context.Context, *mautrix.RespSync, string) bool {
		if !ready {
			ready = true
			fmt.Println("ready")
		}
		return true
	})
	must(client.SyncWithContext(ctx))
}
