package code

import (
	"context"

	"oneid/db"
)

// Number is the number, in E.164, that a code of this holder goes to.
// db.ErrNotFound for anyone else's.
func (r *Rules) Number(ctx context.Context, id db.CodeID, h Holder) (string, error) {
	c, err := r.owned(ctx, id, h)
	if err != nil {
		return "", err
	}
	return r.number(ctx, c)
}
