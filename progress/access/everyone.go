package access

import (
	"context"

	"github.com/taskherald/herald/progress"
)

// Everyone is all who are not disabled, with what each may do and see whatever they call
// with; who calls without a credential is not among them. The error is Unavailable when
// the database cannot be asked, or that of ctx.
func (c *core) Everyone(ctx context.Context) ([]progress.Actor, error) {
	people, err := c.keep.People(ctx)
	if err != nil {
		return nil, trouble(err)
	}
	var out []progress.Actor
	for i := range people {
		who, err := c.people.admit(ctx, key{id: string(people[i].Name)}, c.now())
		switch {
		case err == nil:
			out = append(out, who.Actor)
		case progress.CodeOf(err) != progress.Unauthorized:
			return nil, err
		}
	}
	return out, nil
}
