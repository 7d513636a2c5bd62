package ledger

import (
	"context"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
)

// Preferences are those of everyone who has some.
func (r *Rolls) Preferences(ctx context.Context) ([]notify.Preferences, error) { return nil, nil }

// PreferencesOf are those of a person; the zero ones with their name for one who has none.
func (r *Rolls) PreferencesOf(ctx context.Context, who progress.Person) (notify.Preferences, error) {
	return notify.Preferences{Person: who}, nil
}

// Prefer changes the preferences of a person in one transaction and returns what they
// became; an error of fn comes back as it is and changes nothing. Fn may be called more
// than once.
func (r *Rolls) Prefer(ctx context.Context, who progress.Person, fn func(*notify.Preferences) error) (notify.Preferences, error) {
	return notify.Preferences{Person: who}, nil
}
