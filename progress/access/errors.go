package access

import (
	"context"
	"errors"
	"fmt"

	"github.com/taskherald/herald/progress"
)

func unauthorized(say string) error {
	return &progress.Error{Code: progress.Unauthorized, Say: say}
}

func refuse(c progress.Code, format string, args ...any) error {
	return &progress.Error{Code: c, Say: fmt.Sprintf(format, args...)}
}

func invalid(field, format string, args ...any) error {
	return &progress.Error{Code: progress.Invalid, Field: field, Say: fmt.Sprintf(format, args...)}
}

// trouble makes an error of the store one to show; others stay as they are.
func trouble(err error) error {
	_, said := errors.AsType[*progress.Error](err)
	if err == nil || said || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return &progress.Error{
		Code: progress.Unavailable, Err: err,
		Say: "the database cannot be used right now; nothing has changed, try again in a moment",
	}
}
