package db

import (
	"time"

	"github.com/uptrace/bun"
)

// Device is a browser that its person chose to be remembered.
type Device struct {
	bun.BaseModel `bun:"table:devices"`

	ID           DeviceID `bun:",pk"`
	AccountID    AccountID
	TokenHash    []byte
	PreviousHash []byte `bun:",nullzero"`
	RotatedAt    time.Time
	Name         string
	CreatedAt    time.Time
	UsedAt       time.Time
	ExpiresAt    time.Time
	EndedAt      *time.Time
	EndedWhy     string
}
