package access

import (
	"context"
	"slices"

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
	for _, p := range c.present(people) {
		out = append(out, callerOf(p, Scopes(allRights)).Actor)
	}
	return out, nil
}

// present are those of the tables who are not disabled, and Admin while its token is
// configured.
func (c *core) present(people []Person) []Person {
	if c.admin != nil {
		i := slices.IndexFunc(people, func(p Person) bool { return p.Name == Admin })
		if i < 0 {
			i = len(people)
			people = append(people, Person{})
		}
		people[i] = vouched(people[i])
	}
	return slices.DeleteFunc(people, disabled)
}
