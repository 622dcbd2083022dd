package credentials

import (
	"context"
	"errors"
	"fmt"
	"unicode/utf8"

	"oneid/app/internal/device"
	"oneid/app/internal/notice"
	"oneid/app/internal/outbox"
	"oneid/db"
	"oneid/views/form"
	"oneid/views/i18n"
)

// Devices names and forgets the devices on which a person skips the second
// check.
type Devices struct {
	DB      *db.DB
	Book    *device.Book
	Notices *notice.Teller
}

// deviceForm is a device's name as it was typed.
type deviceForm struct {
	Name string `form:"name"`
}

// Check notes a name that says nothing or too much.
func (f *deviceForm) Check(errs *form.Errors) {
	switch {
	case device.Name(f.Name) == "":
		errs.Add("name", i18n.M("credentials.devices.name_missing"))
	case utf8.RuneCountInString(f.Name) > device.MostName:
		errs.Add("name", i18n.M("credentials.devices.name_long", "Max", device.MostName))
	}
}

// Find returns one of an account's recognised devices, else db.ErrNotFound.
func (r *Devices) Find(ctx context.Context, account db.AccountID, id db.DeviceID) (db.Device, error) {
	all, err := r.Book.List(ctx, r.DB, account)
	if err != nil {
		return db.Device{}, err
	}
	for _, d := range all {
		if d.ID == id {
			return d, nil
		}
	}
	return db.Device{}, fmt.Errorf("device %s: %w", id, db.ErrNotFound)
}

// Forget ends one device and returns its name; empty when it was gone already.
func (r *Devices) Forget(ctx context.Context, account db.AccountID, id db.DeviceID) (string, error) {
	d, err := r.Find(ctx, account, id)
	if err == nil {
		err = db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
			if err := r.Book.Forget(ctx, tx, account, id); err != nil {
				return err
			}
			return r.Notices.Tell(ctx, tx, account, outbox.DeviceForgotten{Item: d.Name})
		})
	}
	if errors.Is(err, db.ErrNotFound) {
		return "", nil
	}
	return d.Name, err
}

// ForgetAll ends them all.
func (r *Devices) ForgetAll(ctx context.Context, account db.AccountID) error {
	return db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
		n, err := r.Book.EndAllOf(ctx, tx, account, device.EndedForgotten)
		if err != nil || n == 0 {
			return err
		}
		return r.Notices.Tell(ctx, tx, account, outbox.DevicesForgotten{})
	})
}

// Rename gives a device another name, and returns it as it is kept.
func (r *Devices) Rename(ctx context.Context, account db.AccountID, id db.DeviceID, typed string) (string, error) {
	d, err := r.Find(ctx, account, id)
	if err != nil {
		return "", err
	}
	name := device.Name(typed)
	if name == d.Name {
		return name, nil
	}
	return name, db.InTx(ctx, r.DB, func(ctx context.Context, tx db.Tx) error {
		if err := r.Book.Rename(ctx, tx, account, id, name); err != nil {
			return err
		}
		return r.Notices.Tell(ctx, tx, account, outbox.DeviceRenamed{Before: d.Name, Item: name})
	})
}
